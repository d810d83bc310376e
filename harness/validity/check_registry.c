/* SPDX-License-Identifier: MIT */
/* What the replay registry's account says. A registry that is not ours says nothing. */
#include "harness/validity/check.h"

#include <inttypes.h>
#include <string.h>

enum pb_check_verdict pb_check_metadata_fetched(const struct pb_facts *f,
                                                char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    return f->registry.requests_metadata
               ? PB_CHECK_PASSED
               : PB_CHECK_FAIL(reason, "no metadata was fetched: not cold");
}

enum pb_check_verdict pb_check_tarballs_fetched(const struct pb_facts *f,
                                                char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    return f->registry.requests_tarball ? PB_CHECK_PASSED
                                        : PB_CHECK_FAIL(reason, "no tarball was fetched: not cold");
}

enum pb_check_verdict pb_check_no_tarball_fetched(const struct pb_facts *f,
                                                  char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    if (f->registry.requests_tarball == 0) return PB_CHECK_PASSED;
    return PB_CHECK_FAIL(reason, "%" PRIu64 " tarballs were fetched, none expected",
                         f->registry.requests_tarball);
}

enum pb_check_verdict pb_check_every_tarball_once(const struct pb_facts *f,
                                                  char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    if (f->registry.tarballs_repeated == 0) return PB_CHECK_PASSED;
    return PB_CHECK_FAIL(reason, "%" PRIu64 " tarballs were fetched again",
                         f->registry.tarballs_repeated);
}

/* Distinct ones: what was fetched twice counts once. */
enum pb_check_verdict pb_check_packages_from_registry(const struct pb_facts *f,
                                                      char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    size_t needed = pb_inventory_downloads(&f->inventory);
    uint64_t fetched = f->registry.requests_tarball - f->registry.tarballs_repeated;
    if (fetched >= needed) return PB_CHECK_PASSED;
    return PB_CHECK_FAIL(reason,
                         "the tree has %zu packages but only %" PRIu64
                         " tarballs came from the registry: the others came from elsewhere",
                         needed, fetched);
}

static bool is_tolerated(const struct pb_manager *manager, const char *path)
{
    for (const char *const *p = manager->tolerated_misses; p && *p; p++) {
        size_t n = strlen(*p);
        if (strncmp(path, *p, n) == 0 && (path[n] == '\0' || path[n] == '/')) return true;
    }
    return false;
}

enum pb_check_verdict pb_check_no_registry_miss(const struct pb_facts *f,
                                                char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->registry_counted) return PB_CHECK_UNKNOWN;
    const struct pb_registry_stats *s = &f->registry;
    size_t unknown = 0;
    const char *first = NULL;
    for (size_t i = 0; i < s->n_miss_paths; i++) {
        if (is_tolerated(f->arm->manager, s->miss_paths[i])) continue;
        if (unknown++ == 0) first = s->miss_paths[i];
    }
    if (!first) return PB_CHECK_PASSED;
    snprintf(reason, PB_CHECK_REASON_BYTES,
             "the snapshot lacks %zu%s requested paths (record it with this arm), first %.150s",
             unknown, s->n_miss_paths == PB_MISS_PATHS_MAX ? " or more" : "", first);
    return PB_CHECK_FAILED;
}

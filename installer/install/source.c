/* SPDX-License-Identifier: MIT */
#include "installer/install/install_internal.h"

#include "installer/git/git_repo.h"
#include "installer/install/script_leave.h"
#include "installer/manifest/spec_path.h"
#include "installer/registry/registry.h"

/* "<name>/-/<last part of the name>-<version>.tgz": where registries keep their tarballs. */
static const char *registry_path(struct install *in, const struct pl_lock_entry *e)
{
    ptrdiff_t slash = pb_str_rfind(e->name, '/');
    struct pb_str base = pb_str_skip(e->name, (size_t)(slash + 1));
    return pb_arena_printf(&in->arena, PB_FMT "/-/" PB_FMT "-" PB_FMT ".tgz", PB_ARG(e->name),
                           PB_ARG(base), PB_ARG(e->manifest.version));
}

/*
 * A lock that was made with another registry is installed from the configured one, as long as the
 * integrity vouches for the content; where the registry has it not, the lock's own URL is asked.
 * Only without a replace-registry-host of the user's: that decides alone.
 */
static void prefer_configured_registry(struct install *in, const struct pl_lock_entry *e,
                                       struct pl_source *out)
{
    struct pb_err ignored = PB_ERR_INIT;
    const char *mode = pl_config_get(in->set->config, "replace-registry-host");
    if (e->integrity.n == 0 || (mode && strcmp(mode, "npmjs") != 0)) return;
    const char *path = registry_path(in, e);
    const char *registry = pl_config_registry(in->set->config, e->name, &ignored);
    if (!registry || pb_str_starts(out->url, registry) || !pb_str_ends(out->url, path)) return;
    out->other_url = out->url;
    out->url = pb_str(pb_arena_printf(&in->arena, "%s%s", registry, path));
}

static int registry_source(struct install *in, const struct pl_lock_entry *e, struct pl_source *out,
                           struct pb_err *err)
{
    struct pl_config *config = in->set->config;
    if (e->resolved.n > 0) {
        if (pl_registry_tarball_url(config, &in->arena, e->name, e->resolved, &out->url, err) != 0)
            return -1;
        prefer_configured_registry(in, e, out);
        return 0;
    }
    const char *registry = pl_config_registry(config, e->name, err);
    if (!registry) return -1;
    out->url = pb_str(pb_arena_printf(&in->arena, "%s%s", registry, registry_path(in, e)));
    return 0;
}

bool pl_is_packed_folder(const struct pl_lock_entry *e)
{
    return !e->link && pb_str_starts(e->resolved, "file:") && !pl_spec_is_tarball_name(e->resolved);
}

int pl_source_of_entry(struct install *in, const struct pl_lock_entry *e, struct pl_source *out,
                       struct pb_err *err)
{
    *out = (struct pl_source){
        .label = pb_str(pb_arena_printf(&in->arena, PB_FMT "@" PB_FMT, PB_ARG(e->name),
                                        PB_ARG(e->manifest.version))),
        .integrity = e->integrity,
        .has_scripts = e->manifest.has_install_script,
        .is_private = pl_may_run_scripts(in, e),
        .bin = &e->manifest.bin,
    };
    if (pb_str_starts(e->resolved, "file:")) {
        out->file = pb_str_skip(e->resolved, strlen("file:"));
        out->is_folder = pl_is_packed_folder(e);
        return 0;
    }
    bool is_http = pb_str_starts(e->resolved, "http://") || pb_str_starts(e->resolved, "https://");
    if (e->resolved.n == 0 || is_http) return registry_source(in, e, out, err);
    struct pl_git_source ignored;
    if (!pl_git_source_of_resolved(&in->arena, e->resolved, &ignored))
        return pb_err_set(err, PB_E_UNSUPPORTED,
                          "get " PB_FMT ": " PB_FMT ": neither a URL, a file nor a git commit",
                          PB_ARG(out->label), PB_ARG(e->resolved));
    out->git = e->resolved;
    out->git_key = pl_git_store_key(&in->arena, in->git_prepare, e->resolved);
    out->integrity = (struct pb_str){"", 0}; /* what git packs has none (npm RFC 525) */
    return 0;
}

/* An estimate for the order and the memory of downloads: text packs to about a quarter. */
#define PACKED_SHARE 4

static struct pb_str integrity_of(struct install *in, const struct pl_manifest *m)
{
    uint8_t sha1[PB_DIGEST_MAX];
    char text[PL_SRI_TEXT_MAX];
    size_t n;
    if (m->integrity.n > 0) return m->integrity;
    if (!pb_unhex(m->shasum, sha1, sizeof sha1, &n) || n != pb_digest_size(PB_SHA1))
        return (struct pb_str){"", 0};
    pl_sri_format(PB_SHA1, sha1, text);
    return pb_arena_str(&in->arena, pb_str(text));
}

bool pl_source_of_pick(struct install *in, const struct pl_manifest *m, struct pl_source *out)
{
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_str url;
    const struct pl_lock_entry as_entry = {
        .name = m->name, .resolved = m->tarball, .manifest.version = m->version};
    if (!pb_str_starts(m->tarball, "http") || !pl_platform_matches(m)) return false;
    if (pl_registry_tarball_url(in->set->config, &in->arena, m->name, m->tarball, &url, &ignored) !=
        0)
        return false;
    *out = (struct pl_source){
        .label = pb_str(
            pb_arena_printf(&in->arena, PB_FMT "@" PB_FMT, PB_ARG(m->name), PB_ARG(m->version))),
        .integrity = integrity_of(in, m),
        .url = url,
        .expected_bytes = m->unpacked_bytes / PACKED_SHARE,
        .has_scripts = m->has_install_script,
        .is_private = pl_may_run_scripts(in, &as_entry),
        .bin = &m->bin,
    };
    return out->integrity.n > 0; /* what cannot be checked is not fetched on speculation */
}

/* SPDX-License-Identifier: MIT */
#include "harness/validity/check.h"
#include "harness/validity/dependencies.h"

#include "base/fs.h"
#include "base/json.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE_JSON_MAX_BYTES (16u << 20)

/* Fills the reason with the first missing one; returns how many are missing. */
static size_t count_missing(const char *project, const struct pb_dependencies *declared,
                            char *reason)
{
    size_t missing = 0;
    for (size_t i = 0; i < declared->n; i++) {
        const struct pb_dependency *d = &declared->items[i];
        if (pb_dependency_in_place(project, d)) continue;
        if (missing++ == 0)
            snprintf(reason, PB_CHECK_REASON_BYTES, "%.100s of %.100s is not in node_modules",
                     d->name, *d->from ? d->from : "the project");
    }
    return missing;
}

static enum pb_check_verdict compare_trees(const struct pb_facts *f, char *reason)
{
    if (!f->expected_tree || strcmp(f->expected_tree, f->inventory.digest) == 0)
        return PB_CHECK_PASSED;
    snprintf(reason, PB_CHECK_REASON_BYTES,
             "the tree (%zu packages) differs from the one of earlier samples of this cell",
             f->inventory.package_count);
    return PB_CHECK_FAILED;
}

enum pb_check_verdict pb_check_tree_complete(const struct pb_facts *f,
                                             char reason[PB_CHECK_REASON_BYTES])
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_dependencies declared;
    enum pb_check_verdict verdict = PB_CHECK_FAILED;
    if (pb_dependencies_read(&arena, f->ws->project, &declared, &err) != 0)
        snprintf(reason, PB_CHECK_REASON_BYTES, "%.250s", err.msg);
    else if (count_missing(f->ws->project, &declared, reason) == 0)
        verdict = compare_trees(f, reason);
    if (verdict == PB_CHECK_PASSED && declared.n && f->inventory.package_count == 0) {
        snprintf(reason, PB_CHECK_REASON_BYTES, "no package below node_modules");
        verdict = PB_CHECK_FAILED;
    }
    free(declared.items);
    pb_arena_release(&arena);
    return verdict;
}

/* "name@range" without the range; the "@" of a scope stays. */
static void package_name(const char *package, char name[256])
{
    const char *at = strchr(package[0] == '@' ? package + 1 : package, '@');
    snprintf(name, 256, "%.*s", at ? (int)(at - package) : 255, package);
}

enum pb_check_verdict pb_check_package_added(const struct pb_facts *f,
                                             char reason[PB_CHECK_REASON_BYTES])
{
    static const char *const kinds[] = {"dependencies", "devDependencies", "optionalDependencies"};
    char path[PATH_MAX], name[256];
    struct pb_json doc;
    package_name(f->package, name);
    snprintf(path, sizeof path, "%s/package.json", f->ws->project);
    bool readable = pb_json_load(&doc, AT_FDCWD, path, PACKAGE_JSON_MAX_BYTES, NULL) == 0;
    bool declared = false;
    for (size_t i = 0; readable && i < sizeof kinds / sizeof *kinds; i++)
        declared |= pb_json_get(pb_json_get(doc.root, kinds[i]), name) != NULL;
    pb_json_free(&doc);
    const struct pb_dependency dependency = {"", name};
    bool placed = pb_dependency_in_place(f->ws->project, &dependency);
    if (declared && placed) return PB_CHECK_PASSED;
    snprintf(reason, PB_CHECK_REASON_BYTES, "%.200s is not in %s", name,
             declared ? "node_modules" : "package.json");
    return PB_CHECK_FAILED;
}

/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock_path.h"

#include <criterion/criterion.h>

static const struct {
    const char *path, *package; /* of which it is a folder; "": of none */
} folders[] = {
    {"", ""},
    {"packages/a", ""},
    {"node_modules/a", ""},
    {"node_modules/@s/a", ""},
    {"node_modules/a/lib", "node_modules/a"},
    {"node_modules/a/lib/b", "node_modules/a"},
    {"node_modules/@s/a/lib", "node_modules/@s/a"},
    {"node_modules/a/node_modules/b", ""},
    {"node_modules/a/node_modules/b/c", "node_modules/a/node_modules/b"},
    {"packages/a/node_modules/b/c", "packages/a/node_modules/b"},
    {"node_modules/.plumb/a@1-0/node_modules/a", ""},
    {"../outside", ""},
};

Test(lock_path, folders_that_packages_bring)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct pb_str package = pl_lock_path_package(pb_str(folders[i].path));
        cr_expect(pb_str_is(package, folders[i].package), "%s: " PB_FMT, folders[i].path,
                  PB_ARG(package));
    }
}

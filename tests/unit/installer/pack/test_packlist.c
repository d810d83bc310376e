/* SPDX-License-Identifier: MIT */
/* Which files of a folder are packed. Expectations are what `npm pack` 11 lists. */
#include "installer/pack/packlist.h"

#include "base/fs.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>

static struct pb_arena arena;

/* Files as "path" or "path=content", separated by spaces; '|' in a content is a line break. */
static int make_tree(const char *files, char **dir)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "packlist-", dir, &err), 0, "%s", err.msg);
    int fd = pb_open_dir(AT_FDCWD, *dir, &err);
    struct pb_str rest = pb_str(files);
    for (struct pb_str word; pb_str_split(&rest, ' ', &word);) {
        ptrdiff_t eq = pb_str_find(word, '=');
        char *path = pb_arena_cstr(&arena, eq < 0 ? word : pb_strn(word.p, (size_t)eq));
        char *text =
            pb_arena_cstr(&arena, eq < 0 ? PB_LIT("x") : pb_str_skip(word, (size_t)eq + 1));
        for (char *p = text; (p = strchr(p, '|')) != NULL;)
            *p = '\n';
        char *slash = strrchr(path, '/');
        if (slash) {
            *slash = '\0';
            cr_assert_eq(pb_mkdir_p(fd, path, &err), 0, "%s", err.msg);
            *slash = '/';
        }
        cr_assert_eq(pb_write_file(fd, path, pb_str(text), 0644, &err), 0, "%s", err.msg);
    }
    return fd;
}

static int by_text(const void *a, const void *b)
{
    return pb_str_cmp(*(const struct pb_str *)a, *(const struct pb_str *)b);
}

static void expect(const char *files, const char *packed)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_strs list;
    char *dir;
    PB_AUTO_FD int fd = make_tree(files, &dir);
    cr_assert_eq(pl_packlist(&arena, fd, &list, &err), 0, "%s", err.msg);
    qsort(list.items, list.n, sizeof *list.items, by_text);
    char *all = pb_arena_printf(&arena, "%s", "");
    for (size_t i = 0; i < list.n; i++)
        all = pb_arena_printf(&arena, "%s%s" PB_FMT, all, i ? " " : "", PB_ARG(list.items[i]));
    cr_expect_str_eq(all, packed, "of %s: %s", files, all);
    cr_assert_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
    pb_arena_release(&arena);
}

#define PKG(members) "package.json={" members "}"

Test(packlist, takes_all_but_what_never_belongs)
{
    expect(PKG("\"name\":\"p\"") " a.js lib/b.js .git/config node_modules/x/y package-lock.json "
                                 "lib/package-lock.json .npmrc lib/.npmrc x.orig .a.swp .DS_Store",
           "a.js lib/b.js lib/package-lock.json package.json");
}

Test(packlist, takes_only_files_and_what_is_always_in)
{
    expect(PKG("\"files\":[\"lib\",\"!lib/*.map\",\"extra.txt\"],\"main\":\"m.js\",\"bin\":{\"c\":"
               "\"./c.js\"}") " lib/a.js lib/a.map lib/d/e.js extra.txt other.txt m.js c.js "
                              "test/t.js README.md LICENSE readme.md~",
           "LICENSE README.md c.js extra.txt lib/a.js lib/d/e.js m.js package.json");
}

Test(packlist, prefers_npmignore_to_gitignore)
{
    expect(PKG("\"name\":\"p\"") " .gitignore=a.js .npmignore=b.js a.js b.js", "a.js package.json");
}

Test(packlist, heeds_the_ignore_files_of_folders)
{
    expect(PKG("\"name\":\"p\"") " .gitignore=*.map|!lib/a.map|/only-here lib/a.map lib/b.map "
                                 "only-here lib/only-here lib/sub/.gitignore=secret lib/sub/secret "
                                 "lib/sub/open",
           "lib/a.map lib/only-here lib/sub/open package.json");
}

Test(packlist, leaves_out_a_folder_with_all_below_it)
{
    expect(PKG("\"name\":\"p\"") " .npmignore=test/|docs test/a docs/b/c lib/docs/d src/e",
           "package.json src/e");
}

Test(packlist, takes_patterns_of_files)
{
    expect(PKG("\"files\":[\"dist/**/*.js\",\"/top.txt\",\"types/*\"]") " dist/a.js dist/b/c.js "
                                                                        "dist/b/c.ts top.txt "
                                                                        "sub/top.txt types/t.d.ts "
                                                                        "types/deep/u.d.ts",
           "dist/a.js dist/b/c.js package.json top.txt types/deep/u.d.ts types/t.d.ts");
}

/* SPDX-License-Identifier: MIT */
/* What an archive becomes on disk. */
#include "tar_builder.h"
#include "unpacking.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static mode_t mode_of(int dirfd, const char *path)
{
    struct stat st;
    cr_assert_eq(fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
    return st.st_mode & 07777;
}

Test(untar, writes_files_and_the_folders_they_need)
{
    (void)umask(022);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add(&tar, "package/", '5', "");
    tar_add(&tar, "package/empty-folder", '5', "");
    tar_add_file(&tar, "package/package.json", "{}");
    tar_add_file(&tar, "package/lib/deep/er/a.js", "a");
    tar_add_file(&tar, "package/lib-x/b", "bb");
    tar_add_file(&tar, "package/lib/z", "");
    tar_add_header(&tar, &(struct tar_header){.name = "package/cli", .mode = 0744});
    tar_add_file(&tar, "beside-the-top-folder", "x");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.in, ".",
                "cli\nlib-x/\nlib-x/b\nlib/\nlib/deep/\nlib/deep/er/\nlib/deep/er/a.js\n"
                "lib/z\npackage.json\n");
    expect_text(u.in, "lib/deep/er/a.js", "a");
    cr_assert_eq(mode_of(u.in, "package.json"), 0644);
    cr_assert_eq(mode_of(u.in, "cli"), 0744); /* as npm: no more than the archive allows */

    static const char *const files[] = {"cli", "lib-x/b", "lib/deep/er/a.js", "lib/z",
                                        "package.json"};
    static const char *const dirs[] = {"lib-x", "lib", "lib/deep", "lib/deep/er"};
    cr_assert_eq(u.package.file_count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_assert_str_eq(u.package.files[i].path.p, files[i]);
    cr_assert_eq(u.package.dir_count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_str_eq(u.package.dirs[i].p, dirs[i]);
    cr_assert_eq(u.package.files[0].mode, 0744);
    cr_assert_eq(u.package.files[1].bytes, 2);
    cr_assert_eq(u.package.bytes, 5);
    unpacked_done(&u);
}

Test(untar, many_files_go_into_boxes)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    for (unsigned i = 0; i < 130; i++) {
        char path[32], text[32];
        (void)snprintf(path, sizeof path, "p/%03u", i);
        (void)snprintf(text, sizeof text, "text %u", i == 65 ? 3 : i); /* one is there already */
        tar_add_file(&tar, path, text);
    }
    tar_end(&tar);
    struct pl_same_files *same = pl_same_files_new(AT_FDCWD);
    struct unpacked u = unpack_with(&tar, &(struct pl_untar_options){.same = same});
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    cr_assert_eq(u.package.file_count, 130);
    cr_assert_eq(u.made_count, 129);
    cr_assert_eq(u.package.files[65].number, u.package.files[3].number);
    expect_text(u.in, "065", "text 3");
    expect_text(u.in, "129", "text 129");
    unpacked_done(&u);
    pl_same_files_free(same);
}

/* A later file of a name wins; what it replaces goes, unless another file is the same. */
Test(untar, replaced_files_do_not_stay)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "one");
    tar_add_file(&tar, "p/b", "two");
    tar_add_file(&tar, "p/c", "two");
    tar_add_file(&tar, "p/a", "three");
    tar_add_file(&tar, "p/b", "four");
    tar_end(&tar);
    struct pl_same_files *same = pl_same_files_new(AT_FDCWD);
    struct unpacked u = unpack_with(&tar, &(struct pl_untar_options){.same = same});
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    expect_text(u.in, "a", "three");
    expect_text(u.in, "b", "four");
    expect_text(u.in, "c", "two");
    cr_assert_eq(u.made_count, 3);
    cr_assert_eq(count_files(u.packed, "."), 3);
    unpacked_done(&u);
    pl_same_files_free(same);
}

Test(untar, modes_follow_the_umask)
{
    (void)umask(077);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_header(&tar, &(struct tar_header){.name = "p/d/set-uid", .mode = 06777});
    tar_add_header(&tar, &(struct tar_header){.name = "p/unreadable", .mode = 0});
    tar_add_header(&tar, &(struct tar_header){.name = "p/none", .mode = 01});
    memcpy(tar.p + 2 * 512 + 100, "0000000", 8);
    tar_fix_checksum(tar.p + 1024);
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    cr_assert_eq(mode_of(u.in, "d/set-uid"), 0700);
    cr_assert_eq(mode_of(u.in, "unreadable"), 0600);
    cr_assert_eq(mode_of(u.in, "none"), 0600);
    cr_assert_eq(u.package.files[0].mode, 0755, "the list holds the mode before the umask");
    unpacked_done(&u);
}

Test(untar, bins_become_executable_and_lose_the_cr_of_their_first_line)
{
    (void)umask(022);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/bin/cli.js", "#!/usr/bin/env node\r\nline\r\n");
    tar_add_file(&tar, "p/other.js", "#!/usr/bin/env node\r\n");
    tar_add_file(&tar, "p/plain", "no shebang\r\n");
    tar_end(&tar);
    struct pl_dep items[] = {{PB_LIT("cli"), PB_LIT("./bin/cli.js")},
                             {PB_LIT("plain"), PB_LIT("plain")},
                             {PB_LIT("gone"), PB_LIT("gone.js")},
                             {PB_LIT("bad"), PB_LIT("../../x")}};
    struct pl_deps bin = {items, 4};
    struct unpacked u = unpack_with(&tar, &(struct pl_untar_options){.bin = &bin});
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    expect_text(u.in, "bin/cli.js", "#!/usr/bin/env node\nline\r\n");
    expect_text(u.in, "other.js", "#!/usr/bin/env node\r\n");
    expect_text(u.in, "plain", "no shebang\r\n");
    cr_assert_eq(mode_of(u.in, "bin/cli.js"), 0755);
    cr_assert_eq(mode_of(u.in, "plain"), 0755);
    cr_assert_eq(mode_of(u.in, "other.js"), 0644);
    cr_assert_eq(u.package.files[0].bytes, 26);
    cr_assert_eq(u.package.bytes, 26 + 21 + 12);
    unpacked_done(&u);
}

Test(untar, the_later_of_two_entries_wins)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "first, and longer");
    tar_add_file(&tar, "p/b", "b");
    tar_add_file(&tar, "p/./a", "second");
    tar_add_file(&tar, "q//a", "third");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.in, ".", "a\nb\n");
    cr_assert_eq(count_files(u.packed, "."), 2, "what was replaced is kept");
    expect_text(u.in, "a", "third");
    cr_assert_eq(u.package.file_count, 2);
    cr_assert_eq(u.package.bytes, 6);
    unpacked_done(&u);
}

Test(untar, gitignore_becomes_npmignore_unless_there_is_one)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/.gitignore", "1");
    tar_add_file(&tar, "p/a/.npmignore", "2");
    tar_add_file(&tar, "p/a/.gitignore", "3");
    tar_add_file(&tar, "p/b/.gitignore", "4");
    tar_add_file(&tar, "p/b/.npmignore", "5");
    tar_add_file(&tar, "p/c/x.gitignore", "6");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    expect_tree(u.in, ".", ".npmignore\na/\na/.npmignore\nb/\nb/.npmignore\nc/\nc/x.gitignore\n");
    expect_text(u.in, ".npmignore", "1");
    expect_text(u.in, "a/.npmignore", "2");
    expect_text(u.in, "b/.npmignore", "5");
    unpacked_done(&u);
}

Test(untar, names_that_differ_only_in_case_or_form_stay_apart)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/README", "1");
    tar_add_file(&tar, "p/readme", "2");
    tar_add_file(&tar, "p/\xc3\xa9", "composed");
    tar_add_file(&tar, "p/e\xcc\x81", "decomposed");
    tar_add_file(&tar, "p/\xef\xac\x81", "ligature");
    tar_add_file(&tar, "p/fi", "letters");
    tar_end(&tar);
    struct unpacked u = unpack(&tar);
    cr_assert_eq(u.package.file_count, 6);
    expect_text(u.in, "readme", "2");
    expect_text(u.in, "\xc3\xa9", "composed");
    unpacked_done(&u);
}

/* SPDX-License-Identifier: MIT */
/* Verify and prune. */
#include "installer/store/store.h"

#include "base/fs.h"
#include "sample_package.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

Test(store_check, verify_finds_what_changed_and_repairs)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct pb_err err = PB_ERR_INIT;
    struct pl_store_check check;
    for (unsigned i = 1; i <= 5; i++)
        (void)sample_add(store, i);
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0, "%s", err.msg);
    cr_assert_eq(check.packages, 5);
    cr_assert_eq(check.files, 25);
    cr_assert_eq(check.bytes, 5 * 46);
    cr_assert_eq(check.damaged, 0);

    for (unsigned i = 1; i <= 3; i++) { /* gone, cut, changed without changing the size */
        int folder = pl_store_dirfd(store);
        const char *victim = sample_stored(sample_find(store, i), "package.json");
        cr_assert_eq(unlinkat(folder, victim, 0), 0);
        if (i > 1) write_text(folder, victim, i == 2 ? "" : "x");
    }
    const char *empty = sample_stored(sample_find(store, 4), "empty.js");
    cr_assert_eq(unlinkat(pl_store_dirfd(store), empty, 0), 0);
    cr_assert_eq(symlinkat("/dev/null", pl_store_dirfd(store), empty), 0);
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0);
    cr_assert_eq(check.damaged, 4);
    cr_assert_not_null(sample_find(store, 1));
    cr_assert_eq(pl_store_verify(store, true, &check, &err), 0);
    cr_assert_eq(check.damaged, 4);
    for (unsigned i = 1; i <= 4; i++) {
        cr_assert_null(sample_find(store, i));
        expect_sample(store, sample_add(store, i), i);
    }
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0);
    cr_assert_eq(check.packages, 5);
    cr_assert_eq(check.damaged, 0);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

Test(store_check, damage_to_a_shared_file_is_damage_to_all_that_name_it)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    struct pb_err err = PB_ERR_INIT;
    struct pl_store_check check;
    for (unsigned i = 1; i <= 3; i++)
        (void)sample_add(store, i);
    write_text(pl_store_dirfd(store), sample_stored(sample_find(store, 2), "lib/a.js"), "changed");
    cr_assert_eq(pl_store_verify(store, true, &check, &err), 0, "%s", err.msg);
    cr_assert_eq(check.damaged, 3);
    for (unsigned i = 1; i <= 3; i++)
        expect_sample(store, sample_add(store, i), i);
    cr_assert_eq(pl_store_verify(store, false, &check, &err), 0, "%s", err.msg);
    cr_assert_eq(check.damaged, 0);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

static struct pl_store_check prune(struct pl_store *store)
{
    struct pl_store_check removed;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_store_prune(store, &removed, &err), 0, "%s", err.msg);
    return removed;
}

Test(store_check, prune_removes_what_nobody_names)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    for (unsigned i = 1; i <= 3; i++)
        (void)sample_add(store, i);
    pl_store_forget(store, sample_find(store, 2)->key);
    pl_store_close(store);
    cr_assert_eq(mkdirat(dir.fd, "store/v4/files/new-1", 0777), 0); /* of one that died */
    cr_assert_eq(mkdirat(dir.fd, "store/v4/files/12345678", 0777), 0);
    cr_assert_eq(mkdirat(dir.fd, "store/v4/files/12345678/00", 0777), 0);
    write_text(dir.fd, "store/v4/files/12345678/00/00", "12345");
    write_text(dir.fd, "store/v4/files/12345678/00/0", "no name of ours");
    write_text(dir.fd, "store/v4/files/stray", "1");

    store = sample_store(dir.path);
    struct pl_store_check removed = prune(store);
    cr_assert_eq(removed.packages, 3, "%d", (int)removed.packages);
    /* Of the second package its own package.json and empty file, the others are shared. */
    cr_assert_eq(removed.files, 2 + 3, "%d", (int)removed.files);
    cr_assert_eq(removed.bytes, 1 + 5 + 15 + 1);
    for (unsigned i = 1; i <= 3; i++)
        if (i != 2) expect_sample(store, sample_find(store, i), i);
    removed = prune(store);
    cr_assert_eq(removed.packages, 0);
    cr_assert_eq(removed.files, 0);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

/* What a process has unpacked and not named yet, or may name again as a part of another package. */
Test(store_check, prune_leaves_what_processes_at_work_have_made)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *other = sample_store(dir.path), *store = sample_store(dir.path);
    (void)sample_add(other, 1);
    pl_store_forget(store, sample_find(store, 1)->key);
    cr_assert_eq(prune(store).files, 0);
    (void)sample_add(other, 2); /* shares what the first one had */
    expect_sample(store, sample_find(store, 2), 2);
    pl_store_close(other);
    cr_assert_eq(prune(store).files, 2);
    expect_sample(store, sample_find(store, 2), 2);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

/* As after a crash before the record was written. */
Test(store_check, files_without_record_are_in_nobodys_way)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_store *store = sample_store(dir.path);
    (void)sample_add(store, 1);
    pl_store_close(store);
    cr_assert_eq(unlinkat(dir.fd, "store/v4/index", 0), 0);
    store = sample_store(dir.path);
    cr_assert_null(sample_find(store, 1));
    expect_sample(store, sample_add(store, 1), 1);
    struct pl_store_check removed;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_store_prune(store, &removed, &err), 0, "%s", err.msg);
    cr_assert_eq(removed.files, SAMPLE_FILES);
    expect_sample(store, sample_find(store, 1), 1);
    pl_store_close(store);
    temp_dir_remove(&dir);
}

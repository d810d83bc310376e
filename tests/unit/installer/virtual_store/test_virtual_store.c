/* SPDX-License-Identifier: MIT */
#include "installer/virtual_store/virtual_store.h"

#include "base/fs.h"
#include "installer/virtual_store/virtual_store_internal.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *root; /* of each test: the store, and projects */
static struct pl_virtual_store *store;
static struct pb_err err;

static void set_up(void)
{
    err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "virtual-store-", &root, &err), 0, "%s", err.msg);
    store = pl_virtual_store_open(root, &err);
    cr_assert_not_null(store, "%s", err.msg);
}
static void tear_down(void)
{
    pl_virtual_store_close(store);
    cr_assert_eq(pb_remove_tree(AT_FDCWD, root, &err), 0, "%s", err.msg);
    free(root);
}
TestSuite(virtual_store, .init = set_up, .fini = tear_down);

static void write_at(const char *path, const char *text)
{
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    cr_assert_eq(pb_mkdir_p(pl_virtual_store_dirfd(store), folder, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_write_file(pl_virtual_store_dirfd(store), path, pb_str(text), 0666, &err), 0,
                 "%s", err.msg);
}

/* An entry of package "x", with a link to another entry. */
static void make(const char *key, const char *text, const char *dep_key)
{
    char staged[PL_STAGED_KEY_MAX], path[PATH_MAX], target[PATH_MAX];
    pl_virtual_store_staged(store, key, staged);
    (void)snprintf(path, sizeof path, "%s/node_modules/x/file", staged);
    write_at(path, text);
    if (dep_key) {
        (void)snprintf(path, sizeof path, "%s/node_modules/dep", staged);
        (void)snprintf(target, sizeof target, "../../%s/node_modules/x", dep_key);
        cr_assert_eq(symlinkat(target, pl_virtual_store_dirfd(store), path), 0);
    }
    cr_assert_eq(pl_virtual_store_publish(store, key, PB_LIT("x"), &err), 0, "%s", err.msg);
}

static bool has_text(const char *key, const char *text)
{
    char path[PATH_MAX];
    PB_AUTO_BUF struct pb_buf found = PB_BUF_INIT(4096);
    (void)snprintf(path, sizeof path, "%s/node_modules/x/file", key);
    return pb_read_file(pl_virtual_store_dirfd(store), path, &found, NULL) == 0 &&
           pb_str_is(pb_buf_str(&found), text);
}

static enum pl_entry_state look(const char *key)
{
    return pl_virtual_store_look(store, key, PB_LIT("x"));
}

Test(virtual_store, an_entry_is_good_until_its_folders_change)
{
    cr_expect_eq(look("k"), PL_ENTRY_MISSING);
    make("k", "1", NULL);
    cr_expect_eq(look("k"), PL_ENTRY_GOOD);
    write_at("k/node_modules/x/more", "");
    cr_expect_eq(look("k"), PL_ENTRY_MISSING);
    make("k", "2", NULL);
    cr_expect_eq(look("k"), PL_ENTRY_GOOD);
    cr_expect(has_text("k", "2"));
    write_at("k/node_modules/stranger/file", "");
    cr_expect_eq(look("k"), PL_ENTRY_MISSING);
}

Test(virtual_store, who_comes_second_throws_his_own_away)
{
    make("k", "first", NULL);
    make("k", "second", NULL);
    cr_expect(has_text("k", "first"));
    char staged[PL_STAGED_KEY_MAX];
    pl_virtual_store_staged(store, "k", staged);
    cr_expect_not(pb_exists(pl_virtual_store_dirfd(store), staged));
}

Test(virtual_store, after_a_restart_an_entry_must_be_proven)
{
    make("k", "1", NULL);
    store->boot_ns = (store->boot_ns + 1) % 1000000000;
    cr_expect_eq(look("k"), PL_ENTRY_UNPROVEN);
    pl_virtual_store_prove(store, "k", PB_LIT("x"));
    cr_expect_eq(look("k"), PL_ENTRY_GOOD);
    store->boot_ns = (store->boot_ns + 1) % 1000000000;
    make("k", "2", NULL); /* who could not prove it makes it anew */
    cr_expect_eq(look("k"), PL_ENTRY_GOOD);
    cr_expect(has_text("k", "2"));
}

Test(virtual_store, distrust_reaches_every_entry)
{
    make("k", "1", NULL);
    make("l", "1", NULL);
    cr_assert_eq(pl_virtual_store_distrust(root, &err), 0, "%s", err.msg);
    cr_expect_eq(look("k"), PL_ENTRY_MISSING);
    cr_expect_eq(look("l"), PL_ENTRY_MISSING);
}

Test(virtual_store, prune_keeps_what_a_project_leads_to)
{
    char project[PATH_MAX], link[PATH_MAX + 32];
    struct pl_virtual_store_pruned pruned;
    struct pb_str links[] = {PB_LIT_INIT("node_modules/x"), PB_LIT_INIT("node_modules/gone")};
    make("deep", "1", NULL);
    make("used", "1", "deep");
    make("unused", "1", "deep");
    make(".new-left", "1", NULL);
    (void)snprintf(project, sizeof project, "%s/project", root);
    (void)snprintf(link, sizeof link, "%s/node_modules", project);
    cr_assert_eq(pb_mkdir_p(AT_FDCWD, link, &err), 0, "%s", err.msg);
    (void)snprintf(link, sizeof link, "%s/node_modules/x", project);
    cr_assert_eq(symlink("../../links/v1/used/node_modules/x", link), 0);
    cr_assert_eq(
        pl_virtual_store_register(store, project, &(struct pl_strs){.items = links, .n = 2}, &err),
        0, "%s", err.msg);
    pl_virtual_store_close(store); /* prune waits for nobody to use it */
    cr_assert_eq(pl_virtual_store_prune(root, &pruned, &err), 0, "%s", err.msg);
    store = pl_virtual_store_open(root, &err);
    cr_expect_eq(pruned.entries, 2);
    cr_expect_eq(pruned.files, 2);
    cr_expect_eq(pruned.projects, 0);
    cr_expect_eq(look("used"), PL_ENTRY_GOOD);
    cr_expect_eq(look("deep"), PL_ENTRY_GOOD);
    cr_expect_eq(look("unused"), PL_ENTRY_MISSING);
    pl_virtual_store_close(store);
    cr_assert_eq(unlink(link), 0);
    cr_assert_eq(pl_virtual_store_prune(root, &pruned, &err), 0, "%s", err.msg);
    cr_expect_eq(pruned.entries, 2);
    cr_expect_eq(pruned.projects, 1);
    store = pl_virtual_store_open(root, &err);
}

Test(virtual_store, a_store_without_entries_is_left_alone)
{
    char path[PATH_MAX];
    struct pl_virtual_store_pruned pruned;
    (void)snprintf(path, sizeof path, "%s/nothing", root);
    cr_assert_eq(pl_virtual_store_prune(path, &pruned, &err), 0, "%s", err.msg);
    cr_expect_not(pb_exists(AT_FDCWD, path));
}

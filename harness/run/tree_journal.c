/* SPDX-License-Identifier: MIT */
#include "harness/run/context.h"

void pb_run_know_tree(struct pb_run *run, const char *digest)
{
    const char *kept = pb_arena_cstr(&run->arena, pb_str(digest));
    pb_map_put(&run->known_trees, pb_str(kept), (void *)run);
}

int pb_run_note_tree(struct pb_run *run, const struct pb_inventory *inventory, struct pb_err *err)
{
    struct pb_journal_tree tree = {.digest = inventory->digest};
    if (inventory->package_count == 0 || pb_map_has(&run->known_trees, pb_str(inventory->digest)))
        return 0;
    struct pb_arena arena = PB_ARENA_INIT;
    tree.packages = pb_inventory_set(&arena, inventory, &tree.package_count);
    int rc = pb_journal_write_tree(run->journal, &tree, err);
    if (rc == 0) pb_run_know_tree(run, inventory->digest);
    pb_arena_release(&arena);
    return rc;
}

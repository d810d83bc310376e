/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "installer/store/tar_stream.h"
#include "installer/store/tar_tree.h"
#include "installer/store/untar.h"

static int parse(struct pb_arena *arena, struct pb_str text, struct pl_manifest *out,
                 struct pb_err *err)
{
    struct pb_json doc;
    if (pb_json_parse(&doc, text, "package.json", err) != 0) return -1;
    int rc = pl_manifest_from_json(arena, doc.root, out, err);
    pb_json_free(&doc);
    return rc;
}

/* The last package.json is the one that counts. */
struct search {
    struct pb_arena *arena;
    struct pb_str text; /* p == NULL: none yet */
};

static int look_at(void *user, struct pl_tar_reader *reader, const struct pl_tar_entry *entry,
                   struct pb_str path, struct pb_err *err)
{
    (void)reader;
    struct search *search = user;
    if (!pb_str_is(path, "package.json")) return 0;
    if (entry->bytes > PL_TAR_PIECE_MAX)
        return pb_err_set(err, PB_E_LIMIT, "archive: its package.json is larger than %zu bytes",
                          PL_TAR_PIECE_MAX);
    search->text = pb_arena_str(search->arena, entry->data);
    return 0;
}

static int find_and_parse(struct pl_inflater *inflater, struct pb_arena *arena,
                          const struct pl_packed *packed, struct pl_manifest *out,
                          struct pb_err *err)
{
    const struct pl_untar_limits *limits = &pl_untar_default_limits;
    const struct pl_inflate_limits inflate_limits = {limits->max_bytes, limits->max_ratio};
    if (pl_inflate_open(inflater, packed, &inflate_limits, err) != 0) return -1;
    struct pl_tar_reader reader = pl_tar_stream(inflater, limits->max_entries);
    struct search search = {.arena = arena};
    const struct pl_tar_sink sink = {look_at, &search};
    struct pl_tar_tree tree;
    if (pl_tar_tree_read(&reader, &sink, arena, &tree, err) != 0) return -1;
    if (pl_inflate_finish(inflater, err) != 0) return -1;
    if (search.text.p) return parse(arena, search.text, out, err);
    return pb_err_set(err, PB_E_BAD_INPUT, "archive: it holds no package.json");
}

int pl_untar_manifest(struct pb_arena *arena, const struct pl_packed *packed,
                      struct pl_manifest *out, struct pb_err *err)
{
    struct pl_inflater inflater = PL_INFLATER_INIT;
    int rc = find_and_parse(&inflater, arena, packed, out, err);
    pl_inflater_release(&inflater);
    return rc;
}

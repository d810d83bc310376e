/* SPDX-License-Identifier: MIT */
#include "base/json.h"
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

static int find_and_parse(struct pl_inflater *inflater, struct pb_arena *arena, const void *data,
                          size_t n, struct pl_manifest *out, struct pb_err *err)
{
    const struct pl_untar_limits *limits = &pl_untar_default_limits;
    const struct pl_inflate_limits inflate_limits = {limits->max_bytes, limits->max_ratio};
    struct pb_str tar;
    bool is_checked;
    if (pl_inflate(inflater, data, n, &inflate_limits, &tar, &is_checked, err) != 0) return -1;
    struct pl_tar_reader reader = PL_TAR_READER(tar, limits->max_entries);
    reader.needs_end_mark = !is_checked;
    struct pl_tar_tree tree;
    if (pl_tar_tree_read(&reader, arena, &tree, err) != 0) return -1;
    for (size_t i = 0; i < tree.file_count; i++)
        if (pb_str_is(tree.files[i].path, "package.json"))
            return parse(arena, tree.files[i].data, out, err);
    return pb_err_set(err, PB_E_BAD_INPUT, "archive: it holds no package.json");
}

int pl_untar_manifest(struct pb_arena *arena, const void *data, size_t n, struct pl_manifest *out,
                      struct pb_err *err)
{
    struct pl_inflater inflater = PL_INFLATER_INIT;
    int rc = find_and_parse(&inflater, arena, data, n, out, err);
    pl_inflater_release(&inflater);
    return rc;
}

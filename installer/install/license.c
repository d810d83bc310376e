/* SPDX-License-Identifier: MIT */
#include "installer/install/license.h"

#include "base/fs.h"
#include "installer/lockfile/lock_json.h"

#define MAX_BYTES (16u << 20)

static struct pb_str find_member(struct pb_arena *arena, struct pb_str text)
{
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_str key, value, found = {0};
    bool first = true, more;
    if (pb_str_starts(text, "\xEF\xBB\xBF")) text = pb_str_skip(text, 3);
    struct pl_json_in in = {.p = text.p,
                            .end = text.p + text.n,
                            .start = text.p,
                            .arena = arena,
                            .shown = "package.json",
                            .err = &ignored};
    if (pl_json_peek(&in) != '{' || pl_json_enter(&in, '{') != 0) return found;
    while (pl_json_next(&in, '}', &first, &key, &more) == 0 && more) {
        if (pl_json_skip(&in, &value) != 0) break;
        if (pb_str_is(key, "license")) found = value;
    }
    return found;
}

struct pb_str pl_license_read(struct pb_arena *arena, int dirfd, const char *folder)
{
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_arena scratch = PB_ARENA_INIT;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_BYTES);
    const char *path = pb_arena_printf(&scratch, "%s/package.json", folder);
    struct pb_str found = {0};
    if (pb_read_file(dirfd, path, &text, &ignored) == 0)
        found = find_member(&scratch, pb_buf_str(&text));
    if (found.p) found = pb_arena_str(arena, found);
    pb_arena_release(&scratch);
    return found;
}

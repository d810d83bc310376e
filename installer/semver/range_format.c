/* SPDX-License-Identifier: MIT */
#include "installer/semver/range.h"

#include "base/buf.h"

#include <inttypes.h>

static void format_comparator(struct pb_buf *out, const struct pl_comparator *c)
{
    static const char *const operators[] = {
        [PL_LT] = "<", [PL_EQ] = "", [PL_LE] = "<=", [PL_GT] = ">", [PL_GE] = ">="};
    if (c->op == PL_ANY) return;
    const struct pl_version *v = &c->version;
    pb_buf_printf(out, "%s%" PRIu64 ".%" PRIu64 ".%" PRIu64, operators[c->op], v->major, v->minor,
                  v->patch);
    if (v->pre.n > 0) pb_buf_printf(out, "-" PB_FMT, PB_ARG(v->pre));
}

struct pb_str pl_range_format(struct pb_arena *arena, const struct pl_range *range)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20); /* the text it came from is far shorter */
    for (size_t i = 0; i < range->set_count; i++) {
        if (i > 0) pb_buf_add_cstr(&out, "||");
        for (size_t k = 0; k < range->sets[i].n; k++) {
            if (k > 0) pb_buf_add_char(&out, ' ');
            format_comparator(&out, &range->sets[i].items[k]);
        }
    }
    PB_INVARIANT(pb_buf_ok(&out));
    return pb_arena_str(arena, pb_buf_str(&out));
}

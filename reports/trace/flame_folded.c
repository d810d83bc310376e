/* SPDX-License-Identifier: MIT */
#include "reports/trace/flame.h"

#define LINE_MAX_BYTES ((size_t)256 << 10)
#define TIME_MAX_US ((uint64_t)INT64_MAX / 1000)

/* "a;b;c 12": the frames end where the last space is. The names are put into `line` in place. */
static bool add_line(struct pb_flame *flame, char *line, size_t n)
{
    const char *frames[PB_FLAME_DEPTH_MAX];
    size_t depth = 0;
    uint64_t us;
    ptrdiff_t space = pb_str_rfind(pb_strn(line, n), ' ');
    if (space <= 0 || !pb_str_u64(pb_strn(line + space + 1, n - (size_t)space - 1), &us) ||
        us > TIME_MAX_US)
        return false;
    line[space] = '\0';
    for (char *at = line; at && depth < PB_FLAME_DEPTH_MAX;) {
        frames[depth++] = at;
        at = strchr(at, ';');
        if (at) *at++ = '\0';
    }
    pb_flame_add(flame, frames, depth, (int64_t)us * 1000);
    return true;
}

int pb_flame_add_folded(struct pb_flame *flame, struct pb_str text, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf copy = PB_BUF_INIT(LINE_MAX_BYTES);
    struct pb_str line;
    for (size_t number = 1; pb_str_split(&text, '\n', &line); number++) {
        if (line.n == 0) continue;
        pb_buf_clear(&copy);
        pb_buf_add_str(&copy, line);
        if (!pb_buf_ok(&copy) || memchr(line.p, '\0', line.n) || !add_line(flame, copy.p, copy.n))
            return pb_err_set(err, PB_E_BAD_INPUT,
                              "read folded stacks: line %zu is no \"frame;frame number\"", number);
    }
    return 0;
}

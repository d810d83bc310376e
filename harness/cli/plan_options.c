/* SPDX-License-Identifier: MIT */
#include "harness/cli/plan_options.h"

#include "base/clock.h"

int pb_run_list_add(struct pb_arena *arena, const struct pb_opt_list *from, bool split,
                    struct pb_run_list *to, struct pb_err *err)
{
    for (size_t i = 0; i < from->n; i++) {
        struct pb_str rest = pb_str(from->items[i]), part;
        while (pb_str_split(&rest, split ? ',' : '\0', &part)) {
            part = pb_str_trim(part);
            if (part.n == 0) continue;
            if (to->n == PB_RUN_LIST_MAX)
                return pb_err_set(err, PB_E_USAGE, "more than %d items: %s", PB_RUN_LIST_MAX,
                                  from->items[i]);
            to->items[to->n++] = pb_arena_cstr(arena, part);
        }
    }
    return 0;
}

int pb_read_duration(const char *option, const char *text, int64_t least_ns, int64_t *out,
                     struct pb_err *err)
{
    *out = pb_parse_duration_ns(text);
    if (*out >= least_ns) return 0;
    return pb_err_set(err, PB_E_USAGE, "--%s %s: not a duration: write 500ms, 30s or 10m", option,
                      text);
}

int pb_plan_options_read(struct pb_arena *arena, const struct pb_plan_options *from,
                         struct pb_run_options *to, struct pb_err *err)
{
    to->cache = from->cache;
    to->package = from->package;
    if (pb_read_duration("timeout", from->timeout, PB_NS_PER_MS, &to->timeout_ns, err) != 0 ||
        pb_run_list_add(arena, &from->arms, true, &to->arms, err) != 0 ||
        pb_run_list_add(arena, &from->arm, false, &to->arms, err) != 0 ||
        pb_run_list_add(arena, &from->phases, true, &to->phases, err) != 0 ||
        pb_run_list_add(arena, &from->phase_dirs, false, &to->phase_dirs, err) != 0 ||
        pb_run_list_add(arena, &from->manager_dirs, false, &to->manager_dirs, err) != 0)
        return -1;
    return 0;
}

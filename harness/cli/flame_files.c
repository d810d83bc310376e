/* SPDX-License-Identifier: MIT */
#include "harness/cli/flame_files.h"

#include "base/fs.h"
#include "base/term.h"

#include <fcntl.h>

#define FILE_MAX_BYTES ((size_t)64 << 20)

static int write_file(struct pb_arena *arena, const char *base, const char *extension,
                      const struct pb_buf *text, struct pb_err *err)
{
    const char *path = pb_arena_printf(arena, "%s.%s", base, extension);
    if (!pb_buf_ok(text))
        return pb_err_set(err, PB_E_LIMIT, "write %s: over %zu bytes", path, text->max);
    return pb_write_file_atomic(AT_FDCWD, path, pb_buf_str(text), 0666, err);
}

static int write_graph(struct pb_arena *arena, const char *base, const struct pb_flame *flame,
                       const char *title, const char *note, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf svg = PB_BUF_INIT(FILE_MAX_BYTES);
    PB_AUTO_BUF struct pb_buf folded = PB_BUF_INIT(FILE_MAX_BYTES);
    pb_flame_svg(flame, title, note, &svg);
    pb_flame_folded(flame, &folded);
    if (write_file(arena, base, "svg", &svg, err) != 0) return -1;
    return write_file(arena, base, "folded", &folded, err);
}

static int write_stacks(struct pb_arena *arena, const char *prefix, const char *name,
                        const struct pb_stack_samples *stacks, const struct pb_stack_files *files,
                        struct pb_err *err)
{
    struct pb_flame flame = PB_FLAME_INIT;
    const char *base = pb_arena_printf(arena, "%s-%s", prefix, name);
    const char *title =
        pb_arena_printf(arena, "%s: %s, %s (%zu traced sample%s)", name, stacks->arm, stacks->phase,
                        stacks->n, stacks->n == 1 ? "" : "s together");
    const char *note = pb_stack_files_note(arena, files);
    int rc = pb_stack_files_read(files, stacks->n, &flame, err);
    if (rc == 0) rc = write_graph(arena, base, &flame, title, note, err);
    if (rc == 0) pb_info("flame graph: %s.svg: %s", base, note);
    pb_flame_release(&flame);
    return rc;
}

static int write_waits(struct pb_arena *arena, const char *prefix,
                       const struct pb_trace_rounds *rounds, struct pb_err *err)
{
    struct pb_flame flame = PB_FLAME_INIT;
    const char *base = pb_arena_printf(arena, "%s-waits", prefix);
    const struct pb_trace_round *first = &rounds->items[0];
    const char *title = pb_arena_printf(arena, "waits: %s, %s (%s round)", first->sample->arm,
                                        first->sample->phase, first->label);
    int rc = pb_trace_rounds_waits(rounds, &flame, err);
    if (rc == 0) rc = write_graph(arena, base, &flame, title, NULL, err);
    pb_flame_release(&flame);
    return rc;
}

int pb_flame_files_write(struct pb_arena *arena, const char *prefix,
                         const struct pb_stack_samples *stacks,
                         const struct pb_trace_rounds *rounds, struct pb_err *err)
{
    int rc = 0;
    if (stacks) rc = write_stacks(arena, prefix, "cpu", stacks, &stacks->cpu, err);
    if (rc == 0 && stacks)
        rc = write_stacks(arena, prefix, "off-cpu", stacks, &stacks->off_cpu, err);
    if (rc == 0 && rounds) rc = write_waits(arena, prefix, rounds, err);
    if (rc == 0 && stacks && stacks->lost > 0)
        pb_warn("%.0f records of stacks were lost: the machine was too busy to keep them",
                stacks->lost);
    return rc;
}

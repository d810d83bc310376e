/* SPDX-License-Identifier: MIT */
#include "reports/trace/stack_round.h"

#include "base/fs.h"
#include "base/json.h"
#include "reports/trace/traced_samples.h"

#include <fcntl.h>

#define FOLDED_MAX_BYTES ((size_t)64 << 20)

static struct pb_stack_file read_file(struct pb_arena *arena, const char *dir, const cJSON *detail)
{
    return (struct pb_stack_file){.path = pb_traced_file(arena, dir, detail, "file"),
                                  .ns = pb_json_num(detail, "ns", 0),
                                  .samples = pb_json_num(detail, "samples", 0),
                                  .cut = pb_json_num(detail, "stacks_cut", 0),
                                  .frames = pb_json_num(detail, "frames", 0),
                                  .named = pb_json_num(detail, "frames_named", 0)};
}

int pb_stack_round_find(struct pb_arena *arena, const struct pb_journal_data *journal,
                        const char *dir, const char *arm, const char *phase,
                        struct pb_stack_round *out, struct pb_err *err)
{
    struct pb_json detail;
    const struct pb_sample *found[PB_TRACED_SAMPLES_MAX];
    size_t n = pb_traced_samples(journal, "stacks", arm, phase, found);
    *out = (struct pb_stack_round){0};
    if (n == 0)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "%s has no stacks of functions of arm %s in phase %s that hold: run "
                          "phasebench trace --flame, or phasebench run --trace stacks",
                          dir, arm, phase);
    out->sample = found[(n - 1) / 2];
    if (pb_json_parse(&detail, pb_str(out->sample->detail_json), "the journal's stacks", err) != 0)
        return -1;
    out->cpu = read_file(arena, dir, pb_json_get(detail.root, "cpu"));
    out->off_cpu = read_file(arena, dir, pb_json_get(detail.root, "off_cpu"));
    out->waits = pb_json_num(detail.root, "waits", 0);
    out->lost = pb_json_num(detail.root, "lost", 0);
    pb_json_free(&detail);
    if (out->cpu.path && out->off_cpu.path) return 0;
    return pb_err_set(err, PB_E_BAD_INPUT, "the journal of %s names no files of its stacks", dir);
}

int pb_stack_file_read(const struct pb_stack_file *file, struct pb_flame *flame, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(FOLDED_MAX_BYTES);
    if (pb_read_file(AT_FDCWD, file->path, &text, err) != 0 ||
        pb_flame_add_folded(flame, pb_buf_str(&text), err) != 0)
        return pb_err_wrap(err, "%s", file->path);
    return 0;
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

const char *pb_stack_file_note(struct pb_arena *arena, const struct pb_stack_file *file)
{
    return pb_arena_printf(
        arena,
        "%.0f samples, names for %.0f %% of the frames in user mode, %.0f %% of the stacks "
        "are cut",
        file->samples, percent(file->named, file->frames), percent(file->cut, file->samples));
}

/* SPDX-License-Identifier: MIT */
#include "reports/trace/stack_samples.h"

#include "base/fs.h"
#include "base/json.h"

#include <fcntl.h>

#define FOLDED_MAX_BYTES ((size_t)64 << 20)

static void add_file(struct pb_arena *arena, const char *dir, const cJSON *detail, size_t at,
                     struct pb_stack_files *out)
{
    out->paths[at] = pb_traced_file(arena, dir, detail, "file");
    out->samples += pb_json_num(detail, "samples", 0);
    out->cut += pb_json_num(detail, "stacks_cut", 0);
    out->frames += pb_json_num(detail, "frames", 0);
    out->named += pb_json_num(detail, "frames_named", 0);
}

static int add_sample(struct pb_arena *arena, const char *dir, const struct pb_sample *sample,
                      struct pb_stack_samples *out, struct pb_err *err)
{
    struct pb_json detail;
    if (pb_json_parse(&detail, pb_str(sample->detail_json), "the journal's stacks", err) != 0)
        return -1;
    add_file(arena, dir, pb_json_get(detail.root, "cpu"), out->n, &out->cpu);
    add_file(arena, dir, pb_json_get(detail.root, "off_cpu"), out->n, &out->off_cpu);
    out->lost += pb_json_num(detail.root, "lost", 0);
    pb_json_free(&detail);
    if (!out->cpu.paths[out->n] || !out->off_cpu.paths[out->n])
        return pb_err_set(err, PB_E_BAD_INPUT, "the journal of %s names no files of its stacks",
                          dir);
    out->n++;
    return 0;
}

int pb_stack_samples_find(struct pb_arena *arena, const struct pb_journal_data *journal,
                          const char *dir, const char *arm, const char *phase,
                          struct pb_stack_samples *out, struct pb_err *err)
{
    const struct pb_sample *found[PB_TRACED_SAMPLES_MAX];
    size_t n = pb_traced_samples(journal, "stacks", arm, phase, found);
    *out = (struct pb_stack_samples){.n = 0};
    if (n == 0)
        return pb_err_set(err, PB_E_NOT_FOUND,
                          "%s has no stacks of functions of arm %s in phase %s that hold: run "
                          "phasebench trace --flame, or phasebench run --trace stacks",
                          dir, arm, phase);
    out->arm = found[0]->arm;
    out->phase = found[0]->phase;
    for (size_t i = 0; i < n; i++)
        if (add_sample(arena, dir, found[i], out, err) != 0) return -1;
    return 0;
}

static int read_file(const char *path, struct pb_flame *flame, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(FOLDED_MAX_BYTES);
    if (pb_read_file(AT_FDCWD, path, &text, err) != 0) return -1;
    if (pb_flame_add_folded(flame, pb_buf_str(&text), err) == 0) return 0;
    return pb_err_wrap(err, "%s", path);
}

int pb_stack_files_read(const struct pb_stack_files *files, size_t n, struct pb_flame *flame,
                        struct pb_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (read_file(files->paths[i], flame, err) != 0) return -1;
    return 0;
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

const char *pb_stack_files_note(struct pb_arena *arena, const struct pb_stack_files *files)
{
    return pb_arena_printf(arena,
                           "%.0f stacks, names for %.0f %% of the frames in user mode, %.0f %% of "
                           "the stacks are cut",
                           files->samples, percent(files->named, files->frames),
                           percent(files->cut, files->samples));
}

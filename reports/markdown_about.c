/* SPDX-License-Identifier: MIT */
/* Folded: where and with what it was measured, and what was made equal. */
#include "reports/markdown_parts.h"

#include "reports/markdown_text.h"
#include "reports/values.h"

static void add_fact(struct pb_buf *out, const char *name, const char *value)
{
    if (!value) return;
    pb_buf_printf(out, "- %s: ", name);
    pb_md_text(out, value);
    pb_buf_add_char(out, '\n');
}

static void add_machine(struct pb_buf *out, const struct pb_journal_run *run)
{
    char memory[32];
    pb_show_value(PB_UNIT_BYTES, (double)run->memory_bytes, memory);
    add_fact(out, "started", run->started_utc);
    add_fact(out, "phasebench", run->version);
    add_fact(out, "kernel", run->kernel);
    add_fact(out, "processor", run->cpu);
    if (run->cpus) pb_buf_printf(out, "- processors: %u\n", run->cpus);
    add_fact(out, "memory", run->memory_bytes > 0 ? memory : NULL);
    add_fact(out, "file system", run->filesystem);
    add_fact(out, "snapshot", run->snapshot);
    add_fact(out, "snapshot digest", run->snapshot_digest);
    add_fact(out, "probes", run->probe_level);
    for (size_t i = 0; i < run->isolation_count; i++) {
        pb_buf_add_cstr(out, "- isolation, ");
        pb_md_text(out, run->isolation[i].key);
        pb_buf_add_cstr(out, ": ");
        pb_md_text(out, run->isolation[i].value);
        pb_buf_add_char(out, '\n');
    }
    add_fact(out, "policy hash", run->policy_hash);
    add_fact(out, "seed of the order", run->order_seed);
    if (run->rounds) pb_buf_printf(out, "- rounds: %u\n", run->rounds);
}

static void add_arm(struct pb_buf *out, const struct pb_journal_arm *arm)
{
    pb_buf_add_cstr(out, "| ");
    pb_md_text(out, arm->name);
    pb_buf_add_cstr(out, " | ");
    pb_md_text(out, arm->version ? arm->version : "-");
    pb_buf_add_cstr(out, " | ");
    pb_md_code(out, arm->binary_sha256 ? arm->binary_sha256 : "-");
    pb_buf_add_cstr(out, " | ");
    for (size_t i = 0; i < arm->policy_count; i++) {
        pb_buf_add_cstr(out, i ? ", " : "");
        pb_md_text(out, arm->policy[i].key);
        pb_buf_add_cstr(out, ": ");
        pb_md_text(out, arm->policy[i].value);
    }
    pb_buf_add_cstr(out, " |\n");
}

void pb_md_add_about(struct pb_md_parts *parts, const struct pb_report_model *model)
{
    struct pb_buf *out = pb_md_part(parts, PB_MD_ABOUT);
    pb_buf_add_cstr(out, "<details><summary>Machine, versions, policies</summary>\n\n");
    add_machine(out, &model->run);
    if (model->journal->arm_count)
        pb_buf_add_cstr(out, "\n| PM | version | SHA-256 | policy |\n|---|---|---|---|\n");
    for (size_t i = 0; i < model->journal->arm_count; i++)
        add_arm(out, &model->journal->arms[i]);
    pb_buf_add_cstr(out, "\n</details>\n\n");
}

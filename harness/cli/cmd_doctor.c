/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/doctor_noise.h"
#include "harness/cli/plan_options.h"

#include "base/fs.h"
#include "base/term.h"
#include "harness/doctor/doctor.h"

#include <stddef.h>
#include <unistd.h>

static const struct pb_opt opts[] = {
    {"json", 0, PB_OPT_FLAG, offsetof(struct pb_doctor_options, json), NULL, "no", "for programs",
     NULL, 0, 0},
    {"aa", 0, PB_OPT_LONG, offsetof(struct pb_doctor_options, aa), "N", NULL,
     "measure one manager against itself in N rounds: noise, bias, smallest visible effect", NULL,
     PB_DOCTOR_ROUNDS_MIN, PB_DOCTOR_ROUNDS_MAX},
    {"inject", 0, PB_OPT_STRING, offsetof(struct pb_doctor_options, inject), "PERCENT", NULL,
     "the same, with the second arm delayed by so much (5%): is it found?", NULL, 0, 0},
    {"out", 'o', PB_OPT_STRING, offsetof(struct pb_doctor_options, out), "DIR",
     "phasebench-results/aa-<time>", "result folder; it chooses the file system", NULL, 0, 0},
    {"snapshot", 0, PB_OPT_STRING, offsetof(struct pb_doctor_options, snapshot), "DIR",
     "by the project", "snapshot to replay", NULL, 0, 0},
    PB_PLAN_OPTIONS(struct pb_doctor_options, plan, "10m"),
    {0},
};

static void defaults(void *out)
{
    *(struct pb_doctor_options *)out = (struct pb_doctor_options){.plan.timeout = "10m"};
}

static const char *style_of(enum pb_doctor_state state)
{
    static const char *const styles[] = {"\033[32m", "\033[33m", "\033[31m"};
    return styles[state];
}

static void print_line(const char *topic, enum pb_doctor_state state, const char *found,
                       const char *advice, bool color)
{
    printf("%-12s %s%s%s  %s\n", topic, color ? style_of(state) : "", pb_doctor_state_name(state),
           color ? "\033[0m" : "", found);
    if (advice) printf("%-12s       > %s\n", "", advice);
}

static void print_screen(const struct pb_doctor_report *r)
{
    bool color = pb_term_color(STDOUT_FILENO);
    for (size_t i = 0; i < r->n; i++)
        print_line(r->findings[i].topic, r->findings[i].state, r->findings[i].found,
                   r->findings[i].advice, color);
    printf("\nfigures      (probe groups; see phasebench list metrics)\n");
    for (size_t i = 0; i < r->group_count; i++) {
        const struct pb_probe_group *g = &r->groups[i];
        print_line(g->name, g->available ? PB_DOCTOR_GOOD : PB_DOCTOR_POOR,
                   g->available ? g->gives : g->cause, g->cure, color);
    }
}

static void add_text(struct pb_buf *out, const char *key, const char *text)
{
    pb_buf_printf(out, "\"%s\":", key);
    if (text)
        pb_buf_add_json(out, pb_str(text));
    else
        pb_buf_add_cstr(out, "null");
}

/* Schema "phasebench-doctor/1": docs/doctor.md. */
static void add_json(const struct pb_doctor_report *r, struct pb_buf *out)
{
    pb_buf_add_cstr(out, "{\"schema\":\"phasebench-doctor/1\",");
    add_text(out, "level", r->level);
    pb_buf_add_cstr(out, ",\"findings\":[");
    for (size_t i = 0; i < r->n; i++) {
        const struct pb_doctor_finding *f = &r->findings[i];
        pb_buf_add_cstr(out, i ? ",\n{" : "\n{");
        add_text(out, "topic", f->topic);
        pb_buf_add_char(out, ',');
        add_text(out, "state", pb_doctor_state_name(f->state));
        pb_buf_add_char(out, ',');
        add_text(out, "found", f->found);
        pb_buf_add_char(out, ',');
        add_text(out, "advice", f->advice);
        pb_buf_add_char(out, '}');
    }
    pb_buf_add_cstr(out, "],\n\"groups\":[");
    for (size_t i = 0; i < r->group_count; i++) {
        const struct pb_probe_group *g = &r->groups[i];
        pb_buf_add_cstr(out, i ? ",\n{" : "\n{");
        add_text(out, "name", g->name);
        pb_buf_add_char(out, ',');
        add_text(out, "gives", g->gives);
        pb_buf_add_char(out, ',');
        add_text(out, "level", pb_group_level_name(g->level));
        pb_buf_printf(out, ",\"available\":%s,", g->available ? "true" : "false");
        add_text(out, "cause", g->cause);
        pb_buf_add_char(out, ',');
        add_text(out, "cure", g->cure);
        pb_buf_add_char(out, '}');
    }
    pb_buf_add_cstr(out, "]}\n");
}

static int examine(const struct pb_doctor_options *o, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_doctor_report report;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1u << 20);
    int rc = 0;
    pb_doctor_examine(&arena, o->out ? o->out : ".", o->plan.cache, &report);
    if (o->json) {
        add_json(&report, &text);
        rc = pb_write_all(STDOUT_FILENO, text.p, text.n, err);
    } else {
        print_screen(&report);
    }
    pb_arena_release(&arena);
    return rc;
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct pb_doctor_options *o = options;
    if (o->aa || o->inject) return pb_doctor_noise(o, args->n ? args->items[0] : NULL, err);
    if (args->n)
        return pb_err_set(err, PB_E_USAGE, "doctor: a project is measured with --aa or --inject");
    return examine(o, err);
}

const struct pb_cmd pb_cmd_doctor = {
    .name = "doctor",
    .args = "[PROJECT]",
    .summary = "tell what this machine can measure, and how small an effect it can see",
    .details =
        "Alone: one screen about the machine, its file system, load, managers and the groups of\n"
        "figures that can be taken here, each loss with its cause and its cure.\n\n"
        "With --aa N: one manager is measured against itself through the real runner; per phase "
        "the\n"
        "noise of a pair, the bias of the method and the smallest effect that N rounds can see. "
        "The\n"
        "result folder gets aa.json, which a gate reads.\n\n"
        "With --inject 5%: one of the two is delayed by so much. Whether that is found shows what "
        "a\n"
        "gate on this machine is worth.\n\n"
        "  phasebench doctor\n"
        "  phasebench doctor --json\n"
        "  phasebench doctor --aa 10 --arms plumb --out aa\n"
        "  phasebench doctor --inject 5% --phases p4\n\n"
        "Exit status: 0 fine, 2 usage, 3 a phase could not be measured, 4 an injected delay was "
        "not\n"
        "found, 130 interrupted.\n",
    .opts = opts,
    .opts_size = sizeof(struct pb_doctor_options),
    .defaults = defaults,
    .max_args = 1,
    .run = run,
};

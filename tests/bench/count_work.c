/* SPDX-License-Identifier: MIT */
/*
 * A hot part of the installer, done a number of times on made-up data that never changes, for
 * counting its instructions (check_instructions.sh). Usage: count_work PART TIMES
 */
#include "base/mem.h"
#include "bench_data.h"
#include "installer/registry/packument.h"
#include "installer/scheduler/scheduler.h"
#include "installer/semver/range.h"
#include "installer/semver/semver.h"
#include "installer/store/tar_stream.h"
#include "installer/store/tar_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "count_work: %s\n", #condition);                                       \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* 24 ranges of the usual kinds against 300 versions. */
static void semver(void)
{
    struct pb_arena arena = PB_ARENA_INIT;
    unsigned matches = 0;
    for (unsigned i = 0; i < 24; i++) {
        char text[64];
        static const char *const forms[] = {"^1.", "~2.", ">=1.0.0 <3.", "1.x || ^2."};
        (void)snprintf(text, sizeof text, "%s%u.%u", forms[i % 4], i, i % 4);
        const struct pl_range *range = pl_range_parse(&arena, pb_str(text), PL_RANGE_LOOSE);
        MUST(range);
        for (unsigned k = 0; k < 300; k++) {
            struct pl_version version;
            (void)snprintf(text, sizeof text, "%u.%u.%u%s", k % 4, k % 30, k % 7,
                           k % 11 ? "" : "-beta.1");
            MUST(pl_version_parse(pb_str(text), true, &version));
            matches += pl_range_test(range, &version);
        }
    }
    MUST(matches > 0);
    pb_arena_release(&arena);
}

/* An abbreviated document of 400 versions, about 300 KB. */
static struct pb_buf packument_text(void)
{
    struct pb_buf text = PB_BUF_INIT((size_t)16 << 20);
    pb_buf_add_cstr(&text, "{\"name\":\"p\",\"dist-tags\":{\"latest\":\"3.39.9\"},\"versions\":{");
    for (unsigned i = 0; i < 400; i++) {
        pb_buf_printf(&text, "%s\"%u.%u.%u\":{\"name\":\"p\",\"version\":\"%u.%u.%u\",",
                      i ? "," : "", i / 100, i / 10 % 10 * 4 + 3, i % 10, i / 100,
                      i / 10 % 10 * 4 + 3, i % 10);
        pb_buf_add_cstr(&text, "\"dependencies\":{");
        for (unsigned d = 0; d < 12; d++)
            pb_buf_printf(&text, "%s\"dependency-%u\":\"^%u.%u.0\"", d ? "," : "", d, d, i % 10);
        pb_buf_printf(
            &text,
            "},\"engines\":{\"node\":\">=18\"},\"dist\":{\"integrity\":\"sha512-%086u==\","
            "\"tarball\":\"http://registry.example/p/-/p-%u.tgz\"}}",
            i, i);
    }
    pb_buf_add_cstr(&text, "}}");
    return text;
}

static void packument(void)
{
    static struct pb_buf made; /* only the first run pays */
    struct pb_err err = PB_ERR_INIT;
    if (made.n == 0) made = packument_text();
    char *text = pb_malloc(made.n + 1);
    size_t n = made.n;
    memcpy(text, made.p, n + 1);
    struct pl_packument *p = pl_packument_new(text, n, &err);
    MUST(p);
    ptrdiff_t i = pl_packument_pick(p, PB_LIT("^2.7.0"), NULL, &err);
    MUST(i >= 0 && pl_packument_manifest(p, (size_t)i, &err));
    pl_packument_free(p);
}

/* Made once: only the first run pays. */
static const struct pb_buf *archive(unsigned number)
{
    static struct pb_buf archives[8];
    struct pb_buf *gz = &archives[number];
    size_t files;
    if (gz->n > 0) return gz;
    *gz = PB_BUF_INIT((size_t)256 << 20);
    bench_archive(number, gz, &files);
    return gz;
}

static int ignore(void *user, struct pl_tar_reader *reader, const struct pl_tar_entry *entry,
                  struct pb_str path, struct pb_err *err)
{
    (void)user, (void)reader, (void)entry, (void)path, (void)err;
    return 0;
}

/* Four packages: inflate, read the tar, settle the tree. */
static void untar(void)
{
    const struct pl_inflate_limits limits = {1 << 30, 1000};
    const struct pl_tar_sink sink = {ignore, NULL};
    struct pl_inflater inflater = PL_INFLATER_INIT;
    for (unsigned number = 1; number <= 4; number++) {
        const struct pb_buf *gz = archive(number);
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_err err = PB_ERR_INIT;
        struct pl_tar_tree tree;
        MUST(pl_inflate_open(&inflater, &PL_PACKED(gz->p, gz->n), &limits, &err) == 0);
        struct pl_tar_reader reader = pl_tar_stream(&inflater, 100000);
        MUST(pl_tar_tree_read(&reader, &sink, &arena, &tree, &err) == 0 && tree.file_count > 0);
        pb_arena_release(&arena);
    }
    pl_inflater_release(&inflater);
}

/* 1,000 packages from the command to the last answer. */
static void scheduler(void)
{
    enum { PACKAGES = 1000 };
    struct pl_sched *s = pl_sched_new(&(struct pl_sched_caps){64, 4, 16, 0});
    for (unsigned i = 0; i < PACKAGES; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "node_modules/p%u", i);
        pl_pkg pkg = pl_sched_package(s, pb_str(text), pb_str(text), false, 1000);
        pl_sched_wait(s, pl_sched_clone(s, pkg, pb_str(text), 0), i);
    }
    pl_sched_close(s);
    unsigned answers = 0;
    for (struct pl_act act; pl_sched_next(s, &act);) {
        if (act.kind == PL_ACT_DOWNLOAD) pl_sched_downloaded(s, act.pkg, 1000, NULL);
        if (act.kind == PL_ACT_EXTRACT) pl_sched_extracted(s, act.pkg, false, NULL);
        if (act.kind == PL_ACT_CLONE) pl_sched_cloned(s, act.place, 10, 0, NULL);
        answers += act.kind == PL_ACT_ANSWER;
    }
    MUST(answers == PACKAGES && pl_sched_is_idle(s));
    pl_sched_free(s);
}

static const struct {
    const char *name;
    void (*run)(void);
} parts[] = {
    {"semver", semver}, {"packument", packument}, {"untar", untar}, {"scheduler", scheduler}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(argv[1], parts[i].name) != 0) continue;
        for (long times = strtol(argv[2], NULL, 10); times > 0; times--)
            parts[i].run();
        return 0;
    }
    fprintf(stderr, "usage: count_work semver|packument|untar|scheduler TIMES\n");
    return 2;
}

/* SPDX-License-Identifier: MIT */
/*
 * Where the time of unpacking goes: inflating, reading the tar, writing files, the store around
 * them; CPU time, the steps in turn over the same archives. Usage: bench_untar FOLDER [PACKAGES]
 * [ROUNDS]. What is made stays (see bench_place.c).
 */
#include "base/fs.h"
#include "bench_data.h"
#include "installer/store/tar_stream.h"
#include "installer/store/tar_tree.h"
#include "installer/store/untar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKAGES_MAX = 4000, ROUNDS_MAX = 200 };

struct bench {
    const char *root;
    struct pb_buf archives[PACKAGES_MAX];
    unsigned package_count;
    size_t file_count, packed_bytes, tar_bytes;
};

struct step {
    struct bench *b;
    struct pl_inflater inflater;
    struct pb_arena arena;
    struct pl_store *store;
    int folder; /* of this round */
    struct pl_boxes *boxes;
    struct pb_err err;
};

typedef int step_fn(struct step *s, unsigned number);

static int open_one(struct step *s, unsigned number)
{
    const struct pl_inflate_limits limits = {1 << 30, 1000};
    const struct pb_buf *a = &s->b->archives[number];
    return pl_inflate_open(&s->inflater, &PL_PACKED(a->p, a->n), &limits, &s->err);
}

static int do_inflate(struct step *s, unsigned number)
{
    return open_one(s, number) == 0 ? pl_inflate_finish(&s->inflater, &s->err) : -1;
}

static int ignore(void *user, struct pl_tar_reader *reader, const struct pl_tar_entry *entry,
                  struct pb_str path, struct pb_err *err)
{
    (void)user, (void)reader, (void)entry, (void)path, (void)err;
    return 0;
}

static int do_tree(struct step *s, unsigned number)
{
    if (open_one(s, number) != 0) return -1;
    struct pl_tar_reader reader = pl_tar_stream(&s->inflater, 100000);
    const struct pl_tar_sink sink = {ignore, NULL};
    struct pl_tar_tree tree;
    return pl_tar_tree_read(&reader, &sink, &s->arena, &tree, &s->err);
}

static int do_untar(struct step *s, unsigned number)
{
    const struct pb_buf *a = &s->b->archives[number];
    struct pl_unpacked out;
    return pl_untar(s->boxes, &PL_PACKED(a->p, a->n), NULL, &s->inflater, &s->arena, &out, &s->err);
}

static int do_store(struct step *s, unsigned number)
{
    char key[32];
    bool reused;
    (void)snprintf(key, sizeof key, "bench %u", number);
    const struct pb_buf *a = &s->b->archives[number];
    return pl_store_add_archive(s->store, pb_str(key), &PL_PACKED(a->p, a->n), NULL, &reused,
                                &s->err);
}

static const struct {
    const char *name;
    step_fn *run;
} steps[] = {{"inflate", do_inflate},
             {"inflate, read tar", do_tree},
             {"pl_untar", do_untar},
             {"pl_store_add_archive", do_store}};
#define STEPS (sizeof steps / sizeof steps[0])

/* CPU nanoseconds per file, or < 0. */
static double one_round(struct bench *b, size_t which, unsigned round)
{
    char path[4096];
    struct step s = {.b = b, .folder = -1};
    (void)snprintf(path, sizeof path, "%s/r%u-%zu", b->root, round, which);
    if (mkdir(path, 0777) != 0) return -1;
    s.folder = open(path, O_RDONLY | O_DIRECTORY);
    s.boxes = pl_boxes_new(s.folder);
    if (steps[which].run == do_store) s.store = pl_store_open(path, &s.err);
    int64_t before = bench_cpu_ns();
    int result = 0;
    for (unsigned i = 0; result == 0 && i < b->package_count; i++) {
        result = steps[which].run(&s, i);
        pb_arena_release(&s.arena);
    }
    int64_t spent = bench_cpu_ns() - before;
    if (result != 0) fprintf(stderr, "%s: %s\n", steps[which].name, s.err.msg);
    pl_store_close(s.store);
    pl_boxes_free(s.boxes);
    pl_inflater_release(&s.inflater);
    close(s.folder);
    return result == 0 ? (double)spent / (double)b->file_count : -1;
}

static int run(struct bench *b, unsigned rounds)
{
    static double cost[STEPS][ROUNDS_MAX];
    for (unsigned r = 0; r < rounds; r++)
        for (size_t w = 0; w < STEPS; w++) {
            size_t which = (w + r) % STEPS;
            cost[which][r] = one_round(b, which, r);
            if (cost[which][r] < 0) return -1;
        }
    printf("%u packages, %zu files, %.1f MB packed, %.1f MB tar, %u rounds; CPU per file\n",
           b->package_count, b->file_count, (double)b->packed_bytes / 1e6,
           (double)b->tar_bytes / 1e6, rounds);
    for (size_t w = 0; w < STEPS; w++)
        printf("%-22s %7.0f ns\n", steps[w].name, bench_median(cost[w], rounds));
    return 0;
}

static int make_archives(struct bench *b)
{
    struct step s = {.b = b, .folder = -1};
    for (unsigned i = 0; i < b->package_count; i++) {
        size_t files;
        b->archives[i] = PB_BUF_INIT((size_t)256 << 20);
        bench_archive(i, &b->archives[i], &files);
        if (do_inflate(&s, i) != 0) return -1;
        b->file_count += files;
        b->packed_bytes += b->archives[i].n;
        b->tar_bytes += s.inflater.total;
    }
    pl_inflater_release(&s.inflater);
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench b;
    unsigned rounds = argc > 3 ? (unsigned)atoi(argv[3]) : 8;
    b.package_count = argc > 2 ? (unsigned)atoi(argv[2]) : 100;
    if (argc < 2 || b.package_count > PACKAGES_MAX || rounds == 0 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_untar FOLDER [PACKAGES] [ROUNDS]\n");
        return 2;
    }
    struct pb_err err = PB_ERR_INIT;
    if (pb_mkdir_p(AT_FDCWD, argv[1], &err) != 0 || !(b.root = pb_real_path(argv[1], &err)))
        return fprintf(stderr, "%s\n", err.msg), 1;
    int result = make_archives(&b);
    if (result == 0) result = run(&b, rounds);
    for (unsigned i = 0; i < b.package_count; i++)
        pb_buf_release(&b.archives[i]);
    free((void *)(uintptr_t)b.root);
    return result == 0 ? 0 : 1;
}

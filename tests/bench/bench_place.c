/* SPDX-License-Identifier: MIT */
/*
 * What it costs to name files in other ways while linking packages: CPU time per file, the ways
 * taken in turn on fresh folders, order rotated. Usage: bench_place FOLDER [PACKAGES] [ROUNDS]
 * The folder must be on the file system in question; what is made in it stays, for deleting it
 * would disturb the next rounds (ext4 passes over recently freed inodes).
 */
#include "base/fs.h"
#include "bench_data.h"
#include "installer/store/beneath.h"
#include "installer/store/place.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKAGES_MAX = 4000, ROUNDS_MAX = 200 };

struct bench {
    const char *root; /* absolute */
    struct pl_store *store;
    struct pb_arena arena; /* of the packages */
    const struct pl_store_package *packages[PACKAGES_MAX];
    unsigned package_count;
    size_t file_count;
};

typedef int place_fn(struct bench *b, const struct pl_store_package *p, int root,
                     const char *root_path, const char *target);

static int with_product(struct bench *b, const struct pl_store_package *p, int root,
                        const char *root_path, const char *target)
{
    (void)root_path;
    struct pl_place_result result;
    struct pb_err err = PB_ERR_INIT;
    const struct pl_place_target to = {root, target, false};
    if (pl_place_package(b->store, p, &to, &result, &err) == 0) return 0;
    fprintf(stderr, "%s\n", err.msg);
    return -1;
}

static int with_absolute_paths(struct bench *b, const struct pl_store_package *p, int root,
                               const char *root_path, const char *target)
{
    (void)root;
    char from[4096], to[4096];
    (void)snprintf(to, sizeof to, "%s/%s", root_path, target);
    if (mkdir(to, 0777) != 0) return -1;
    for (size_t i = 0; i < p->dir_count; i++) {
        (void)snprintf(to, sizeof to, "%s/%s/%s", root_path, target, p->dirs[i].p);
        if (mkdir(to, 0777) != 0) return -1;
    }
    for (size_t i = 0; i < p->file_count; i++) {
        const char *path = p->files[i].path.p;
        char stored[PL_STORED_NAME_MAX];
        pl_stored_name(p->files[i].number, stored);
        (void)snprintf(from, sizeof from, "%s/store/v4/files/%s", b->root, stored);
        (void)snprintf(to, sizeof to, "%s/%s/%s", root_path, target, path);
        if (link(from, to) != 0) return -1;
    }
    return 0;
}

static int with_root_dirfds(struct bench *b, const struct pl_store_package *p, int root,
                            const char *root_path, const char *target)
{
    (void)root_path;
    char to[4096];
    int store = pl_store_dirfd(b->store);
    if (mkdirat(root, target, 0777) != 0) return -1;
    for (size_t i = 0; i < p->dir_count; i++) {
        (void)snprintf(to, sizeof to, "%s/%s", target, p->dirs[i].p);
        if (mkdirat(root, to, 0777) != 0) return -1;
    }
    for (size_t i = 0; i < p->file_count; i++) {
        char stored[PL_STORED_NAME_MAX];
        pl_stored_name(p->files[i].number, stored);
        (void)snprintf(to, sizeof to, "%s/%s", target, p->files[i].path.p);
        if (linkat(store, stored, root, to, 0) != 0) return -1;
    }
    return 0;
}

static const struct {
    const char *name;
    place_fn *place;
} ways[] = {{"pl_place_package", with_product},
            {"link(absolute)", with_absolute_paths},
            {"linkat(store, root)", with_root_dirfds}};
#define WAYS (sizeof ways / sizeof ways[0])

static int fill_store(struct bench *b)
{
    for (unsigned i = 0; i < b->package_count; i++) {
        struct pb_buf gz PB_AUTO_BUF = PB_BUF_INIT((size_t)256 << 20);
        struct pb_err err = PB_ERR_INIT;
        char key[32];
        size_t files;
        bool reused;
        bench_archive(i, &gz, &files);
        b->file_count += files;
        (void)snprintf(key, sizeof key, "bench %u", i);
        if (pl_store_add_archive(b->store, pb_str(key), &PL_PACKED(gz.p, gz.n), NULL, &reused,
                                 &err) != 0)
            return fprintf(stderr, "%s\n", err.msg), -1;
        b->packages[i] = pl_store_find(b->store, pb_str(key), &b->arena);
    }
    return 0;
}

/* CPU nanoseconds per file, or < 0. */
static double one_round(struct bench *b, size_t way, unsigned round)
{
    char root_path[3000], target[64];
    (void)snprintf(root_path, sizeof root_path, "%s/r%u-%zu", b->root, round, way);
    if (mkdir(root_path, 0777) != 0) return -1;
    int root = open(root_path, O_RDONLY | O_DIRECTORY);
    if (root < 0 || mkdirat(root, "node_modules", 0777) != 0) return -1;
    int64_t before = bench_cpu_ns();
    int result = 0;
    for (unsigned i = 0; result == 0 && i < b->package_count; i++) {
        (void)snprintf(target, sizeof target, "node_modules/package-%u", i);
        result = ways[way].place(b, b->packages[i], root, root_path, target);
    }
    int64_t spent = bench_cpu_ns() - before;
    close(root);
    return result == 0 ? (double)spent / (double)b->file_count : -1;
}

static int run(struct bench *b, unsigned rounds)
{
    static double cost[WAYS][ROUNDS_MAX], against[WAYS][ROUNDS_MAX];
    for (unsigned r = 0; r < rounds; r++)
        for (size_t w = 0; w < WAYS; w++) {
            size_t way = (w + r) % WAYS;
            cost[way][r] = one_round(b, way, r);
            if (cost[way][r] < 0) return perror(ways[way].name), -1;
        }
    printf("%u packages, %zu files, %u rounds; CPU per file\n", b->package_count, b->file_count,
           rounds);
    for (size_t w = 0; w < WAYS; w++)
        for (unsigned r = 0; r < rounds; r++)
            against[w][r] = cost[w][r] / cost[0][r];
    for (size_t w = 0; w < WAYS; w++)
        printf("%-26s %7.0f ns   x%.3f of the first (median of pairs)\n", ways[w].name,
               bench_median(cost[w], rounds), bench_median(against[w], rounds));
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench b;
    unsigned rounds = argc > 3 ? (unsigned)atoi(argv[3]) : 16;
    b.package_count = argc > 2 ? (unsigned)atoi(argv[2]) : 100;
    if (argc < 2 || b.package_count > PACKAGES_MAX || rounds == 0 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_place FOLDER [PACKAGES] [ROUNDS]\n");
        return 2;
    }
    char path[4096];
    struct pb_err err = PB_ERR_INIT;
    if (pb_mkdir_p(AT_FDCWD, argv[1], &err) != 0 || !(b.root = pb_real_path(argv[1], &err)))
        return fprintf(stderr, "%s\n", err.msg), 1;
    (void)snprintf(path, sizeof path, "%s/store", b.root);
    b.store = pl_store_open(path, &err);
    if (!b.store) return fprintf(stderr, "%s\n", err.msg), 1;
    int result = fill_store(&b);
    if (result == 0) result = run(&b, rounds);
    pb_arena_release(&b.arena);
    pl_store_close(b.store);
    free((void *)(uintptr_t)b.root);
    return result == 0 ? 0 : 1;
}

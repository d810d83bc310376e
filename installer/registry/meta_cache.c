/* SPDX-License-Identifier: MIT */
#include "installer/registry/meta_cache.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "installer/registry/meta_record.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Opening writes the file anew from this size on, when more than half of it is superseded. */
#define COMPACT_MIN_BYTES ((uint64_t)64 << 20)

struct pl_meta_cache {
    int dirfd, fd;
    pthread_mutex_t lock; /* guards what follows, and the file's lock */
    struct pb_arena arena;
    struct pb_map places; /* key text -> struct pl_meta_place * of its last record */
    uint64_t end;         /* of the last whole record */
    uint64_t live_bytes;
};

static struct pb_str key_text(struct pb_arena *arena, struct pb_str registry, struct pb_str package,
                              bool full)
{
    return pb_str(pb_arena_printf(arena, PB_FMT "%c" PB_FMT, PB_ARG(registry), full ? '\n' : '\t',
                                  PB_ARG(package)));
}

static struct pl_meta_place *find(const struct pl_meta_cache *cache, const struct pl_meta_key *key)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_meta_place *place =
        pb_map_get(&cache->places, key_text(&arena, key->registry, key->package, key->full));
    pb_arena_release(&arena);
    return place;
}

static void note(struct pl_meta_cache *cache, const struct pl_meta_key *key, uint64_t at,
                 uint64_t bytes)
{
    struct pl_meta_place *place = find(cache, key);
    if (!place) {
        place = PB_ARENA_NEW(&cache->arena, struct pl_meta_place);
        (void)pb_map_put(&cache->places,
                         key_text(&cache->arena, key->registry, key->package, key->full), place);
    }
    cache->live_bytes += bytes - place->bytes;
    *place = (struct pl_meta_place){at, bytes};
}

/* All of it or as much as there is. */
static size_t read_at(int fd, void *out, size_t n, uint64_t at)
{
    size_t got = 0;
    while (got < n) {
        ssize_t part = pread(fd, (char *)out + got, n - got, (off_t)(at + got));
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) break;
        got += (size_t)part;
    }
    return got;
}

/* Heads and keys only; a body is checked when it is asked for. */
static void read_heads(struct pl_meta_cache *cache, uint64_t file_n)
{
    struct {
        struct pl_meta_head head;
        char texts[2 * PL_META_TEXT_MAX];
    } front;
    while (cache->end < file_n) {
        size_t got = read_at(cache->fd, &front, sizeof front, cache->end);
        const struct pl_meta_head *h = &front.head;
        if (got < sizeof *h || !pl_meta_head_is_good(h)) return;
        uint64_t bytes = pl_meta_record_bytes(h);
        if (bytes > file_n - cache->end) return;
        struct pb_str registry = pb_strn(front.texts, h->registry_n);
        struct pl_meta_key key = {.registry = registry,
                                  .package = pb_strn(registry.p + registry.n, h->package_n),
                                  .full = pl_meta_head_is_full(h)};
        note(cache, &key, cache->end, bytes);
        cache->end += bytes;
    }
}

static int open_file(struct pl_meta_cache *cache, struct pb_err *err)
{
    struct stat st;
    cache->fd = openat(cache->dirfd, PL_META_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (cache->fd < 0 || fstat(cache->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return pb_err_sys(err, errno, "open the metadata cache: %s", PL_META_FILE);
    read_heads(cache, (uint64_t)st.st_size);
    return 0;
}

static int copy_record(const struct pl_meta_cache *cache, const struct pl_meta_place *place, int to,
                       struct pb_err *err)
{
    char *bytes = pb_malloc((size_t)place->bytes);
    bool is_whole = read_at(cache->fd, bytes, (size_t)place->bytes, place->at) == place->bytes;
    int result = is_whole ? pb_write_all(to, bytes, (size_t)place->bytes, err) : 0;
    free(bytes);
    return result;
}

/* Others that have the old file open go on with it: what they add is lost, and fetched again. */
static int compact(struct pl_meta_cache *cache, struct pb_err *err)
{
    static const char temp[] = PL_META_FILE ".new";
    PB_AUTO_FD int to =
        openat(cache->dirfd, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (to < 0) return pb_err_sys(err, errno, "compact the metadata cache");
    PB_MAP_EACH (&cache->places, e)
        if (copy_record(cache, e->value, to, err) != 0) return -1;
    if (renameat(cache->dirfd, temp, cache->dirfd, PL_META_FILE) != 0)
        return pb_err_sys(err, errno, "compact the metadata cache");
    return 0;
}

static void forget_all(struct pl_meta_cache *cache)
{
    pb_map_release(&cache->places);
    pb_arena_release(&cache->arena);
    cache->end = cache->live_bytes = 0;
}

/* A cache that cannot be made smaller still works. */
static int compact_if_due(struct pl_meta_cache *cache, struct pb_err *err)
{
    if (cache->end < COMPACT_MIN_BYTES || cache->live_bytes > cache->end / 2) return 0;
    if (flock(cache->fd, LOCK_EX | LOCK_NB) != 0) return 0; /* somebody is writing */
    bool is_compact = compact(cache, NULL) == 0;
    (void)flock(cache->fd, LOCK_UN);
    if (!is_compact) return 0;
    pb_cleanup_close(&cache->fd);
    forget_all(cache);
    return open_file(cache, err);
}

struct pl_meta_cache *pl_meta_cache_open(const char *dir, struct pb_err *err)
{
    struct pl_meta_cache *cache = pb_calloc(1, sizeof *cache);
    cache->dirfd = cache->fd = -1;
    (void)pthread_mutex_init(&cache->lock, NULL);
    if (pb_mkdir_p(AT_FDCWD, dir, err) == 0) cache->dirfd = pb_open_dir(AT_FDCWD, dir, err);
    if (cache->dirfd >= 0 && open_file(cache, err) == 0 && compact_if_due(cache, err) == 0)
        return cache;
    pl_meta_cache_close(cache);
    return NULL;
}

void pl_meta_cache_close(struct pl_meta_cache *cache)
{
    if (!cache) return;
    pb_cleanup_close(&cache->fd);
    pb_cleanup_close(&cache->dirfd);
    forget_all(cache);
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}

bool pl_meta_cache_get(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                       struct pl_meta_entry *out)
{
    (void)pthread_mutex_lock(&cache->lock);
    const struct pl_meta_place *known = find(cache, key);
    struct pl_meta_place place = known ? *known : (struct pl_meta_place){0};
    (void)pthread_mutex_unlock(&cache->lock);
    return known && pl_meta_cache_get_at(cache, &place, key, out);
}

bool pl_meta_cache_get_at(struct pl_meta_cache *cache, const struct pl_meta_place *place,
                          const struct pl_meta_key *key, struct pl_meta_entry *out)
{
    char *bytes = pb_malloc((size_t)place->bytes);
    size_t got = read_at(cache->fd, bytes, (size_t)place->bytes, place->at);
    if (pl_meta_decode(pb_strn(bytes, got), key, out)) {
        out->record = bytes;
        out->place = *place;
        return true;
    }
    free(bytes);
    return false;
}

/* What is put at once, in the order of the file: front and body of each record. */
struct batch {
    struct pb_buf fronts;
    struct iovec parts[2 * PL_META_PUTS_MAX];
    struct pl_meta_put puts[PL_META_PUTS_MAX]; /* those that are worth keeping */
    size_t n;
};

static void encode(struct batch *batch, const struct pl_meta_put *puts, size_t n)
{
    size_t ends[PL_META_PUTS_MAX];
    for (size_t i = 0; i < n; i++) {
        puts[i].entry->place = (struct pl_meta_place){0};
        if (!pl_meta_encode(puts[i].key, puts[i].entry, &batch->fronts)) continue;
        ends[batch->n] = batch->fronts.n;
        batch->puts[batch->n++] = puts[i];
    }
    for (size_t i = 0, start = 0; i < batch->n; start = ends[i++]) {
        struct pb_str body = batch->puts[i].entry->body;
        batch->parts[2 * i] = (struct iovec){batch->fronts.p + start, ends[i] - start};
        batch->parts[2 * i + 1] = (struct iovec){(void *)(uintptr_t)body.p, body.n};
    }
}

static int write_parts(int fd, struct iovec *parts, size_t n, uint64_t at, struct pb_err *err)
{
    while (n > 0) {
        ssize_t wrote = pwritev(fd, parts, (int)n, (off_t)at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return pb_err_sys(err, errno, "write the metadata cache");
        at += (uint64_t)wrote;
        for (; n > 0 && (size_t)wrote >= parts->iov_len; parts++, n--)
            wrote -= (ssize_t)parts->iov_len;
        if (n == 0) return 0;
        parts->iov_base = (char *)parts->iov_base + wrote;
        parts->iov_len -= (size_t)wrote;
    }
    return 0;
}

/* Under both locks. What stands after the last whole record was left by a writer that died. */
static int append(struct pl_meta_cache *cache, struct batch *batch, struct pb_err *err)
{
    struct stat st;
    if (fstat(cache->fd, &st) != 0) return pb_err_sys(err, errno, "write the metadata cache");
    read_heads(cache, (uint64_t)st.st_size);
    if ((uint64_t)st.st_size > cache->end && ftruncate(cache->fd, (off_t)cache->end) != 0)
        return pb_err_sys(err, errno, "write the metadata cache");
    uint64_t sizes[PL_META_PUTS_MAX];
    for (size_t i = 0; i < batch->n; i++)
        sizes[i] = batch->parts[2 * i].iov_len + batch->parts[2 * i + 1].iov_len;
    if (write_parts(cache->fd, batch->parts, 2 * batch->n, cache->end, err) != 0) return -1;
    for (size_t i = 0; i < batch->n; i++) {
        batch->puts[i].entry->place = (struct pl_meta_place){cache->end, sizes[i]};
        note(cache, batch->puts[i].key, cache->end, sizes[i]);
        cache->end += sizes[i];
    }
    return 0;
}

int pl_meta_cache_put(struct pl_meta_cache *cache, const struct pl_meta_put *puts, size_t n,
                      struct pb_err *err)
{
    PB_INVARIANT(n <= PL_META_PUTS_MAX);
    struct batch batch = {.fronts = PB_BUF_INIT((size_t)4 * PL_META_TEXT_MAX * n)};
    encode(&batch, puts, n);
    (void)pthread_mutex_lock(&cache->lock);
    int result = flock(cache->fd, LOCK_EX);
    if (result != 0)
        (void)pb_err_sys(err, errno, "lock the metadata cache");
    else
        result = append(cache, &batch, err);
    (void)flock(cache->fd, LOCK_UN);
    (void)pthread_mutex_unlock(&cache->lock);
    pb_buf_release(&batch.fronts);
    return result;
}

int pl_meta_cache_confirm(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                          int64_t fetched_ns, struct pb_err *err)
{
    (void)pthread_mutex_lock(&cache->lock);
    const struct pl_meta_place *place = find(cache, key);
    /* Eight aligned bytes in one write: a reader sees the old time or the new one. */
    ssize_t n = place ? pwrite(cache->fd, &fetched_ns, sizeof fetched_ns,
                               (off_t)(place->at + offsetof(struct pl_meta_head, fetched_ns)))
                      : (ssize_t)sizeof fetched_ns;
    (void)pthread_mutex_unlock(&cache->lock);
    if (n == (ssize_t)sizeof fetched_ns) return 0;
    return pb_err_sys(err, n < 0 ? errno : EIO, "confirm metadata");
}

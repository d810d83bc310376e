/* SPDX-License-Identifier: MIT */
#include "installer/registry/meta_cache.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * File: header, then registry, package, etag + NUL, body, without gaps. Numbers are in the
 * machine's byte order: the magic number reads differently on another one, which makes it a miss.
 */
#define MAGIC 0x706c6d65746164a1ULL
enum { FORMAT_VERSION = 1, FLAG_GZIP = 1, FLAG_FULL = 2 };
#define MAX_FILE_BYTES (512u << 20)
#define MAX_ETAG_BYTES 1024u

struct header {
    uint64_t magic;
    int64_t fetched_ns; /* not in the checksum: confirming an entry rewrites it in place */
    uint32_t version, flags;
    uint32_t registry_n, package_n, etag_n;
    uint32_t checksum; /* CRC-32 of the file after this field */
    uint64_t body_n;
};
_Static_assert(sizeof(struct header) == 48, "the header has no padding");

struct pl_meta_cache {
    int dir_fd;
};

static uint32_t checksum_of(struct pb_str file)
{
    /* Everything but magic, time and the checksum itself. */
    size_t front = offsetof(struct header, version), back = offsetof(struct header, checksum);
    uint32_t crc = libdeflate_crc32(0, file.p + front, back - front);
    back += sizeof(uint32_t);
    return libdeflate_crc32(crc, file.p + back, file.n - back);
}

static bool sizes_agree(const struct header *h, size_t file_n)
{
    if (h->etag_n > MAX_ETAG_BYTES || h->body_n > MAX_FILE_BYTES) return false;
    uint64_t sum = (uint64_t)sizeof *h + h->registry_n + h->package_n + h->etag_n + 1 + h->body_n;
    return sum == file_n;
}

bool pl_meta_decode(struct pb_str file, const struct pl_meta_key *key, struct pl_meta_entry *out,
                    bool *damaged)
{
    struct header h;
    *damaged = true;
    if (file.n < sizeof h) return false;
    memcpy(&h, file.p, sizeof h);
    if (h.magic != MAGIC || h.version != FORMAT_VERSION || h.flags > (FLAG_GZIP | FLAG_FULL))
        return false;
    if (!sizes_agree(&h, file.n) || checksum_of(file) != h.checksum) return false;
    *damaged = false;
    struct pb_str rest = pb_str_skip(file, sizeof h);
    struct pb_str registry = pb_strn(rest.p, h.registry_n);
    struct pb_str package = pb_strn(registry.p + registry.n, h.package_n);
    out->etag = pb_strn(package.p + package.n, h.etag_n);
    out->body = pb_strn(out->etag.p + out->etag.n + 1, h.body_n);
    out->gzip = h.flags & FLAG_GZIP;
    out->fetched_ns = h.fetched_ns;
    return pb_str_eq(registry, key->registry) && pb_str_eq(package, key->package) &&
           !(h.flags & FLAG_FULL) == !key->full && out->etag.p[out->etag.n] == '\0';
}

/* "@scope/name" becomes "@scope+name-<hash>.meta": readable, one path component, and without a
 * clash between registries. */
bool pl_meta_file_name(const struct pl_meta_key *key, char out[PL_META_NAME_MAX])
{
    if (key->package.n == 0 || key->package.n > 214) return false;
    char name[216];
    for (size_t i = 0; i < key->package.n; i++) {
        char c = key->package.p[i];
        if (c == '\0') return false;
        name[i] = c == '/' ? '+' : c;
    }
    uint64_t hash = pb_str_hash(key->registry) ^ (key->full ? UINT64_MAX : 0);
    hash += pb_str_hash(key->package);
    int n = snprintf(out, PL_META_NAME_MAX, "%.*s-%016" PRIx64 ".meta", (int)key->package.n, name,
                     hash);
    return n > 0 && n < PL_META_NAME_MAX && out[0] != '.';
}

struct pl_meta_cache *pl_meta_cache_open(const char *dir, struct pb_err *err)
{
    if (pb_mkdir_p(AT_FDCWD, dir, err) != 0) return NULL;
    int fd = pb_open_dir(AT_FDCWD, dir, err);
    if (fd < 0) return NULL;
    struct pl_meta_cache *cache = pb_calloc(1, sizeof *cache);
    cache->dir_fd = fd;
    return cache;
}

void pl_meta_cache_close(struct pl_meta_cache *cache)
{
    if (!cache) return;
    close(cache->dir_fd);
    free(cache);
}

/* The whole file in a block of its own; .p NULL when it cannot be had. */
static struct pb_str read_whole(int dir_fd, const char *name)
{
    struct pb_str none = {NULL, 0};
    struct stat st;
    PB_AUTO_FD int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return none;
    if (st.st_size <= 0 || st.st_size > (off_t)MAX_FILE_BYTES) return none;
    size_t n = (size_t)st.st_size, got = 0;
    char *bytes = pb_malloc(n);
    while (got < n) {
        ssize_t part = read(fd, bytes + got, n - got);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) break;
        got += (size_t)part;
    }
    return pb_strn(bytes, got); /* shorter than its size says: found damaged */
}

bool pl_meta_cache_get(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                       struct pl_meta_entry *out)
{
    char name[PL_META_NAME_MAX];
    if (!pl_meta_file_name(key, name)) return false;
    struct pb_str file = read_whole(cache->dir_fd, name);
    bool damaged = false;
    if (file.p && pl_meta_decode(file, key, out, &damaged)) {
        out->file = (char *)file.p;
        return true;
    }
    free((char *)file.p);
    if (damaged) (void)unlinkat(cache->dir_fd, name, 0);
    return false;
}

int pl_meta_cache_put(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                      const struct pl_meta_entry *entry, struct pb_err *err)
{
    char name[PL_META_NAME_MAX];
    if (!pl_meta_file_name(key, name) || entry->etag.n > MAX_ETAG_BYTES) return 0;
    struct header h = {.magic = MAGIC,
                       .fetched_ns = entry->fetched_ns,
                       .version = FORMAT_VERSION,
                       .flags = (entry->gzip ? FLAG_GZIP : 0u) | (key->full ? FLAG_FULL : 0u),
                       .registry_n = (uint32_t)key->registry.n,
                       .package_n = (uint32_t)key->package.n,
                       .etag_n = (uint32_t)entry->etag.n,
                       .body_n = entry->body.n};
    PB_AUTO_BUF struct pb_buf file = PB_BUF_INIT(MAX_FILE_BYTES);
    pb_buf_add(&file, &h, sizeof h);
    pb_buf_add_str(&file, key->registry);
    pb_buf_add_str(&file, key->package);
    pb_buf_add_str(&file, entry->etag);
    pb_buf_add_char(&file, '\0');
    pb_buf_add_str(&file, entry->body);
    if (!pb_buf_ok(&file)) return 0; /* too large to be worth keeping */
    uint32_t checksum = checksum_of(pb_buf_str(&file));
    memcpy(file.p + offsetof(struct header, checksum), &checksum, sizeof checksum);
    return pb_write_file_atomic(cache->dir_fd, name, pb_buf_str(&file), 0666, err);
}

int pl_meta_cache_confirm(struct pl_meta_cache *cache, const struct pl_meta_key *key,
                          int64_t fetched_ns, struct pb_err *err)
{
    char name[PL_META_NAME_MAX];
    if (!pl_meta_file_name(key, name)) return 0;
    PB_AUTO_FD int fd = openat(cache->dir_fd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT ? 0 : pb_err_sys(err, errno, "confirm metadata: %s", name);
    /* Eight aligned bytes in one write: a reader sees the old time or the new one. */
    ssize_t n = pwrite(fd, &fetched_ns, sizeof fetched_ns, offsetof(struct header, fetched_ns));
    if (n != (ssize_t)sizeof fetched_ns)
        return pb_err_sys(err, n < 0 ? errno : EIO, "confirm metadata: %s", name);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "installer/store/store_index.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 4
#define BYTE_ORDER_MARK 0x01020304u
#define RECORD_MAX ((size_t)1 << 30)
/* Address space is mapped well past the end of the file, so that growth seldom needs a new map. */
#define MAP_MIN ((uint64_t)64 << 20)

struct file_header {
    char magic[8];
    uint32_t version, byte_order;
    uint8_t unused[44];
    uint32_t crc; /* of what precedes it */
};
_Static_assert(sizeof(struct file_header) == 64, "the index format");

struct entry {
    struct pl_store_key key;
    bool is_settled; /* a SETTLED record follows it */
    uint64_t offset; /* of the record; 0: forgotten or damaged */
};

struct mapping {
    struct mapping *older; /* packages may point into it */
    char *p;
    uint64_t n;
};

struct pl_index {
    int fd;
    uint64_t boot; /* the running one; 0: not known */
    struct mapping *map;
    uint64_t file_n; /* size of the file when last looked at */
    uint64_t end;    /* all records before it were read */
    struct entry *entries;
    size_t n, cap;
    uint32_t *slots; /* open addressing; entry number + 1, 0 = free */
    size_t slot_count;
    struct pb_buf scratch; /* the record being written */
};

/* --- hash table: the key's digest is random, its first bytes are the hash --- */

static size_t first_slot(const struct pl_index *index, const struct pl_store_key *key)
{
    uint64_t hash;
    memcpy(&hash, key->digest, sizeof hash);
    return (size_t)hash & (index->slot_count - 1);
}

static uint32_t *slot_of(const struct pl_index *index, const struct pl_store_key *key)
{
    size_t at = first_slot(index, key);
    for (;; at = (at + 1) & (index->slot_count - 1)) {
        uint32_t number = index->slots[at];
        if (number == 0 || pl_store_key_eq(&index->entries[number - 1].key, key))
            return &index->slots[at];
    }
}

static struct entry *find_entry(const struct pl_index *index, const struct pl_store_key *key)
{
    if (index->slot_count == 0) return NULL;
    uint32_t number = *slot_of(index, key);
    return number ? &index->entries[number - 1] : NULL;
}

static void grow_slots(struct pl_index *index)
{
    index->slot_count = index->slot_count ? index->slot_count * 2 : 1024;
    free(index->slots);
    index->slots = pb_calloc(index->slot_count, sizeof *index->slots);
    for (size_t i = 0; i < index->n; i++)
        *slot_of(index, &index->entries[i].key) = (uint32_t)i + 1;
}

static void put(struct pl_index *index, const struct pl_store_key *key, uint64_t offset)
{
    if ((index->n + 1) * 2 > index->slot_count) grow_slots(index);
    uint32_t *slot = slot_of(index, key);
    if (*slot == 0) {
        PB_GROW(index->entries, index->cap, index->n + 1);
        index->entries[index->n++] = (struct entry){.key = *key};
        *slot = (uint32_t)index->n;
    }
    struct entry *entry = &index->entries[*slot - 1];
    entry->offset = offset;
    entry->is_settled = false;
}

static void settle(struct pl_index *index, const struct pl_store_key *key)
{
    struct entry *entry = find_entry(index, key);
    if (entry) entry->is_settled = true;
}

/* --- the file --- */

static uint32_t header_crc(const struct file_header *header)
{
    return libdeflate_crc32(0, header, offsetof(struct file_header, crc));
}

static int pwrite_all(const struct pl_index *index, const void *data, size_t n, uint64_t at,
                      struct pb_err *err)
{
    const char *p = data;
    while (n > 0) {
        ssize_t wrote = pwrite(index->fd, p, n, (off_t)at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0)
            return pb_err_sys(err, wrote < 0 ? errno : ENOSPC, "store: cannot write the index");
        p += wrote;
        at += (uint64_t)wrote;
        n -= (size_t)wrote;
    }
    return 0;
}

static int map_more(struct pl_index *index, struct pb_err *err)
{
    if (index->map && index->map->n >= index->file_n) return 0;
    uint64_t n = index->file_n * 2 > MAP_MIN ? index->file_n * 2 : MAP_MIN;
    void *p = mmap(NULL, (size_t)n, PROT_READ, MAP_SHARED, index->fd, 0);
    if (p == MAP_FAILED) return pb_err_sys(err, errno, "store: cannot map the index");
    struct mapping *map = pb_malloc(sizeof *map);
    *map = (struct mapping){index->map, p, n};
    index->map = map;
    return 0;
}

static const struct pl_record_head *record_at(const struct pl_index *index, uint64_t offset)
{
    return (const struct pl_record_head *)(const void *)(index->map->p + offset);
}

static int flock_wait(const struct pl_index *index, int how, struct pb_err *err)
{
    while (flock(index->fd, how) != 0)
        if (errno != EINTR) return pb_err_sys(err, errno, "store: cannot lock the index");
    return 0;
}

/* Under a lock. */
static int read_new_records(struct pl_index *index, struct pb_err *err)
{
    struct stat st;
    if (fstat(index->fd, &st) != 0) return pb_err_sys(err, errno, "store: cannot read the index");
    if ((uint64_t)st.st_size < index->file_n)
        return pb_err_set(err, PB_E_CONFLICT, "store: the index was cut while in use: start again");
    index->file_n = (uint64_t)st.st_size;
    if (map_more(index, err) != 0) return -1;
    while (index->end < index->file_n) {
        const struct pl_record_head *head = record_at(index, index->end);
        if (!pl_record_head_is_good(head, index->file_n - index->end)) break;
        struct pl_store_key key = pl_record_key(head);
        if (head->kind == PL_RECORD_PACKAGE) put(index, &key, index->end);
        if (head->kind == PL_RECORD_FORGET) put(index, &key, 0);
        if (head->kind == PL_RECORD_SETTLED) settle(index, &key);
        index->end += head->length;
    }
    return 0;
}

/* Under the exclusive lock: covers what a dead writer left after the last good record, so that
 * `end` is the end of the file again. */
static int cover_torn_tail(struct pl_index *index, struct pb_err *err)
{
    uint64_t torn = index->file_n - index->end;
    if (torn == 0) return 0;
    uint64_t length = (torn + 7) & ~(uint64_t)7;
    if (length < sizeof(struct pl_record_head)) length = sizeof(struct pl_record_head);
    struct pl_record_head filler = pl_record_bare(PL_RECORD_FILLER, NULL, length);
    static const char zeros[8];
    if (length > torn && length > sizeof filler &&
        pwrite_all(index, zeros, (size_t)(length - torn), index->file_n, err) != 0)
        return -1;
    if (pwrite_all(index, &filler, sizeof filler, index->end, err) != 0) return -1;
    return read_new_records(index, err);
}

/* Under the exclusive lock. */
static int write_record(struct pl_index *index, const void *record, size_t n, struct pb_err *err)
{
    if (cover_torn_tail(index, err) != 0) return -1;
    if (pwrite_all(index, record, n, index->end, err) != 0) return -1;
    return read_new_records(index, err);
}

/* --- opening --- */

static int check_header(struct pl_index *index, struct pb_err *err)
{
    struct file_header want = {
        .magic = "plumbidx", .version = VERSION, .byte_order = BYTE_ORDER_MARK};
    want.crc = header_crc(&want);
    struct file_header got;
    ssize_t n = pread(index->fd, &got, sizeof got, 0);
    if (n < 0) return pb_err_sys(err, errno, "store: cannot read the index");
    bool is_whole = n == (ssize_t)sizeof got && got.crc == header_crc(&got) &&
                    memcmp(got.magic, want.magic, sizeof want.magic) == 0;
    if (!is_whole) return pwrite_all(index, &want, sizeof want, 0, err);
    if (got.version != VERSION || got.byte_order != BYTE_ORDER_MARK)
        return pb_err_set(err, PB_E_UNSUPPORTED,
                          "store: its index is of version %u or of another machine type; this "
                          "program writes version %u: use another store folder or remove this one",
                          got.version, VERSION);
    return 0;
}

static int open_file(struct pl_index *index, int dirfd, const char *name, struct pb_err *err)
{
    index->fd = openat(dirfd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (index->fd < 0) return pb_err_sys(err, errno, "store: cannot open the index: %s", name);
    if (flock_wait(index, LOCK_EX, err) != 0) return -1;
    int result = check_header(index, err);
    if (result == 0) result = read_new_records(index, err);
    (void)flock(index->fd, LOCK_UN);
    return result;
}

struct pl_index *pl_index_open(int dirfd, const char *name, uint64_t boot, struct pb_err *err)
{
    struct pl_index *index = pb_calloc(1, sizeof *index);
    index->fd = -1;
    index->boot = boot;
    index->end = sizeof(struct file_header);
    index->scratch = PB_BUF_INIT(RECORD_MAX);
    if (open_file(index, dirfd, name, err) == 0) return index;
    pl_index_close(index);
    return NULL;
}

void pl_index_close(struct pl_index *index)
{
    if (!index) return;
    while (index->map) {
        struct mapping *map = index->map;
        index->map = map->older;
        (void)munmap(map->p, (size_t)map->n);
        free(map);
    }
    if (index->fd >= 0) (void)close(index->fd);
    free(index->entries);
    free(index->slots);
    pb_buf_release(&index->scratch);
    free(index);
}

/* --- use --- */

int pl_index_lock(struct pl_index *index, struct pb_err *err)
{
    if (flock_wait(index, LOCK_EX, err) != 0) return -1;
    if (read_new_records(index, err) == 0) return 0;
    pl_index_unlock(index);
    return -1;
}

void pl_index_unlock(struct pl_index *index)
{
    (void)flock(index->fd, LOCK_UN);
}

int pl_index_refresh(struct pl_index *index, struct pb_err *err)
{
    if (flock_wait(index, LOCK_SH, err) != 0) return -1;
    int result = read_new_records(index, err);
    pl_index_unlock(index);
    return result;
}

const struct pl_record_head *pl_index_find(const struct pl_index *index,
                                           const struct pl_store_key *key, bool *check_sizes)
{
    const struct entry *entry = find_entry(index, key);
    if (!entry || entry->offset == 0) return NULL;
    const struct pl_record_head *record = record_at(index, entry->offset);
    *check_sizes = !entry->is_settled && (index->boot == 0 || record->boot != index->boot);
    return record;
}

uint64_t pl_index_offset(const struct pl_index *index, const struct pl_store_key *key)
{
    const struct entry *entry = find_entry(index, key);
    return entry ? entry->offset : 0;
}

void pl_index_drop(struct pl_index *index, const struct pl_store_key *key)
{
    struct entry *entry = find_entry(index, key);
    if (entry) entry->offset = 0;
}

int pl_index_append(struct pl_index *index, const struct pl_store_key *key,
                    const struct pl_store_package *package, struct pb_err *err)
{
    pb_buf_clear(&index->scratch);
    if (pl_record_encode(key, package, index->boot, &index->scratch, err) != 0) return -1;
    return write_record(index, index->scratch.p, index->scratch.n, err);
}

int pl_index_forget(struct pl_index *index, const struct pl_store_key *key, struct pb_err *err)
{
    struct pl_record_head head = pl_record_bare(PL_RECORD_FORGET, key, sizeof head);
    return write_record(index, &head, sizeof head, err);
}

int pl_index_settle(struct pl_index *index, const struct pl_store_key *key, struct pb_err *err)
{
    const struct entry *entry = find_entry(index, key);
    if (!entry || entry->offset == 0 || entry->is_settled) return 0;
    struct pl_record_head head = pl_record_bare(PL_RECORD_SETTLED, key, sizeof head);
    return write_record(index, &head, sizeof head, err);
}

bool pl_index_next(const struct pl_index *index, size_t *at, struct pl_store_key *key)
{
    while (*at < index->n) {
        const struct entry *entry = &index->entries[(*at)++];
        if (entry->offset == 0) continue;
        *key = entry->key;
        return true;
    }
    return false;
}

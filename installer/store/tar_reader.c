/* SPDX-License-Identifier: MIT */
#include "installer/store/tar_reader.h"

#define BLOCK 512u
#define META_MAX (1u << 20) /* bytes of one pax header or long name */

/* Fields of a header block: offset and size. */
struct field {
    unsigned short at, n;
};
static const struct field F_NAME = {0, 100}, F_MODE = {100, 8}, F_SIZE = {124, 12},
                          F_CHECKSUM = {148, 8}, F_PREFIX = {345, 155};
#define TYPE_AT 156
#define MAGIC_AT 257

/* What pax and GNU headers say about the entry after them. p == NULL: nothing. */
struct overrides {
    struct pb_str path;
    uint64_t size;
    bool has_size;
};

static struct pb_str field(const char *block, struct field f)
{
    return pb_strn(block + f.at, f.n);
}

static struct pb_str until_nul(struct pb_str s)
{
    const char *end = memchr(s.p, '\0', s.n);
    return pb_strn(s.p, end ? (size_t)(end - s.p) : s.n);
}

/* GNU base-256: the first bit marks the form, the rest is a big-endian number. */
static bool parse_base256(struct pb_str s, uint64_t *out)
{
    uint64_t value = (unsigned char)s.p[0] & 0x7f;
    if ((unsigned char)s.p[0] & 0x40) return false; /* negative */
    for (size_t i = 1; i < s.n; i++) {
        if (value >> 55) return false;
        value = value << 8 | (unsigned char)s.p[i];
    }
    *out = value;
    return true;
}

static bool parse_number(struct pb_str s, uint64_t *out)
{
    if ((unsigned char)s.p[0] & 0x80) return parse_base256(s, out);
    size_t i = 0;
    while (i < s.n && s.p[i] == ' ')
        i++;
    uint64_t value = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '7'; i++)
        value = value << 3 | (uint64_t)(s.p[i] - '0'); /* 12 digits of 3 bits fit */
    for (; i < s.n; i++)
        if (s.p[i] != ' ' && s.p[i] != '\0') return false;
    *out = value;
    return true;
}

static bool is_zero(const char *block)
{
    return block[0] == '\0' && memcmp(block, block + 1, BLOCK - 1) == 0;
}

/* The field itself counts as spaces. Some old programs summed signed characters: each byte from 128
 * on is 256 less then. */
static bool checksum_is_right(const char *block)
{
    uint64_t want;
    struct pb_str own = field(block, F_CHECKSUM);
    if (!parse_number(own, &want)) return false;
    int32_t sum = 0, high = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        sum += (unsigned char)block[i];
        high += (unsigned char)block[i] >> 7;
    }
    for (size_t i = 0; i < own.n; i++) {
        sum += ' ' - (unsigned char)own.p[i];
        high -= (unsigned char)own.p[i] >> 7;
    }
    int32_t signed_sum = sum - 256 * high;
    return want == (uint64_t)sum || (signed_sum >= 0 && want == (uint64_t)signed_sum);
}

bool pl_tar_is_header(const char *block)
{
    return !is_zero(block) && checksum_is_right(block);
}

static unsigned long long position(const struct pl_tar_reader *r)
{
    return r->given_up + r->at;
}

static int damaged(const struct pl_tar_reader *r, struct pb_err *err, const char *what)
{
    return pb_err_set(err, PB_E_BAD_INPUT, "archive: at byte %llu: %s", position(r), what);
}

/* Has `n` bytes readable at r->at, fewer only where the archive ends. Moves what was readable. */
static int need(struct pl_tar_reader *r, size_t n, struct pb_err *err)
{
    if (!r->more || r->tar.n - r->at >= n) return 0;
    size_t used = r->at;
    r->given_up += used;
    r->at = 0;
    return r->more(r->user, used, n, &r->tar, err);
}

/* The header at r->at, which is not moved. 1, 0 at the end, -1. A lone zero block is skipped, as
 * node-tar does: hiding entries behind it would show other files than npm does. */
static int peek_header(struct pl_tar_reader *r, const char **block, struct pb_err *err)
{
    for (unsigned zeros = 0;; zeros++) {
        if (need(r, BLOCK, err) != 0) return -1;
        size_t left = r->tar.n - r->at;
        if (left < BLOCK) {
            if (zeros > 0 || (left == 0 && !r->needs_end_mark)) return 0;
            return damaged(r, err, "the archive is cut off");
        }
        *block = r->tar.p + r->at;
        if (!is_zero(*block)) break;
        if (zeros == 1) return 0;
        r->at += BLOCK;
    }
    if (!checksum_is_right(*block)) return damaged(r, err, "damaged header (wrong checksum)");
    if (++r->header_count > r->max_headers)
        return pb_err_set(err, PB_E_LIMIT, "archive: more than %zu entries", r->max_headers);
    return 1;
}

/* Takes header and body off the front; the body's padding must be there too. */
static int take_body(struct pl_tar_reader *r, uint64_t size, struct pb_str *body,
                     struct pb_err *err)
{
    if (size <= PL_TAR_PIECE_MAX && need(r, (size_t)2 * BLOCK + (size_t)size, err) != 0) return -1;
    size_t left = r->tar.n - r->at - BLOCK;
    if (size > left) return damaged(r, err, "the archive is cut off inside an entry");
    size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
    if (padded > left) return damaged(r, err, "the archive is cut off after an entry");
    *body = pb_strn(r->tar.p + r->at + BLOCK, (size_t)size);
    r->at += BLOCK + padded;
    return 0;
}

/* As take_body(), but only what is readable of a file that may not fit the window. */
static int take_data(struct pl_tar_reader *r, uint64_t size, struct pl_tar_entry *entry,
                     struct pb_err *err)
{
    entry->bytes = size;
    if (!r->more || size <= PL_TAR_PIECE_MAX) return take_body(r, size, &entry->data, err);
    r->at += BLOCK;
    r->rest = size;
    r->padding = (BLOCK - size % BLOCK) % BLOCK;
    return pl_tar_rest(r, &entry->data, err) < 0 ? -1 : 0;
}

int pl_tar_rest(struct pl_tar_reader *r, struct pb_str *piece, struct pb_err *err)
{
    *piece = (struct pb_str){"", 0};
    if (r->rest == 0) return 0;
    if (need(r, 1, err) != 0) return -1;
    size_t left = r->tar.n - r->at;
    if (left == 0) return damaged(r, err, "the archive is cut off inside an entry");
    *piece = pb_strn(r->tar.p + r->at, left < r->rest ? left : (size_t)r->rest);
    r->rest -= piece->n;
    r->at += piece->n;
    return 1;
}

/* What the caller did not want of the entry before. */
static int skip_rest(struct pl_tar_reader *r, struct pb_err *err)
{
    struct pb_str piece;
    int got;
    while ((got = pl_tar_rest(r, &piece, err)) > 0) {
    }
    if (got < 0 || need(r, (size_t)r->padding, err) != 0) return -1;
    if (r->tar.n - r->at < r->padding)
        return damaged(r, err, "the archive is cut off after an entry");
    r->at += (size_t)r->padding;
    r->padding = 0;
    return 0;
}

/* Names outlive the window that they were read from. */
static int keep_path(struct pl_tar_reader *r, struct pb_str path, struct pb_str *kept,
                     struct pb_err *err)
{
    if (path.n > sizeof r->path) return damaged(r, err, "a path is too long");
    if (path.n > 0) memmove(r->path, path.p, path.n);
    *kept = pb_strn(r->path, path.n);
    return 0;
}

static int apply_pax(const struct pl_tar_reader *r, struct pb_str key, struct pb_str value,
                     struct overrides *o, struct pb_err *err)
{
    if (pb_str_starts(key, "GNU.sparse."))
        return pb_err_set(err, PB_E_UNSUPPORTED, "archive: at byte %llu: a sparse file",
                          position(r));
    if (pb_str_is(key, "path")) {
        o->path = value.n ? value : (struct pb_str){0}; /* an empty value takes the key back */
    } else if (pb_str_is(key, "size")) {
        if (!pb_str_u64(value, &o->size)) return damaged(r, err, "malformed pax size");
        o->has_size = true;
    }
    return 0;
}

/* Records of the form "<length> <key>=<value>\n", the length counting all of it. */
static int parse_pax(const struct pl_tar_reader *r, struct pb_str body, struct overrides *o,
                     struct pb_err *err)
{
    while (body.n > 0) {
        ptrdiff_t space = pb_str_find(body, ' ');
        uint64_t length;
        if (space < 0 || !pb_str_u64(pb_strn(body.p, (size_t)space), &length) ||
            length <= (uint64_t)space + 1 || length > body.n || body.p[length - 1] != '\n')
            return damaged(r, err, "malformed pax header");
        struct pb_str record = pb_strn(body.p + space + 1, (size_t)length - (size_t)space - 2);
        ptrdiff_t equals = pb_str_find(record, '=');
        if (equals <= 0) return damaged(r, err, "malformed pax header");
        struct pb_str key = pb_strn(record.p, (size_t)equals);
        if (apply_pax(r, key, pb_str_skip(record, (size_t)equals + 1), o, err) != 0) return -1;
        body = pb_str_skip(body, (size_t)length);
    }
    return 0;
}

/* Headers that describe others. A global one (git writes its commit there) may not rename. */
static int read_meta(struct pl_tar_reader *r, char type, uint64_t size, struct overrides *o,
                     struct pb_err *err)
{
    if (size > META_MAX)
        return pb_err_set(err, PB_E_LIMIT, "archive: at byte %llu: extended header of %llu bytes",
                          position(r), (unsigned long long)size);
    struct pb_str body = {"", 0};
    if (take_body(r, size, &body, err) != 0) return -1;
    if (type == 'L' || type == 'N') return keep_path(r, until_nul(body), &o->path, err);
    if (type == 'K') return 0; /* the target of a link: links are not made */
    if (type != 'g') {
        if (parse_pax(r, body, o, err) != 0) return -1;
        return o->path.p ? keep_path(r, o->path, &o->path, err) : 0;
    }
    struct overrides global = {0};
    if (parse_pax(r, body, &global, err) != 0) return -1;
    if (!global.path.p && !global.has_size) return 0;
    return damaged(r, err, "a global header sets a path or size");
}

static bool is_meta(char type)
{
    return type == 'x' || type == 'X' || type == 'g' || type == 'L' || type == 'K' || type == 'N';
}

static struct pb_str header_path(struct pl_tar_reader *r, const char *block)
{
    struct pb_str name = until_nul(field(block, F_NAME)), prefix = {"", 0};
    /* GNU's magic is "ustar " and keeps times where POSIX has the prefix. */
    if (memcmp(block + MAGIC_AT, "ustar", 6) == 0) prefix = until_nul(field(block, F_PREFIX));
    size_t n = prefix.n;
    memcpy(r->path, prefix.p, n);
    if (n > 0) r->path[n++] = '/';
    memcpy(r->path + n, name.p, name.n);
    return pb_strn(r->path, n + name.n);
}

static int entry_type(const struct pl_tar_reader *r, char flag, struct pb_str path,
                      enum pl_tar_type *type, struct pb_err *err)
{
    switch (flag) {
    case '\0':
    case '0':
    case '7': /* V7 marks folders by a final slash */
        *type = path.n > 0 && path.p[path.n - 1] == '/' ? PL_TAR_FOLDER : PL_TAR_FILE;
        return 0;
    case '5':
        *type = PL_TAR_FOLDER;
        return 0;
    case '1':
    case '2':
        *type = PL_TAR_LINK;
        return 0;
    case '3':
    case '4':
    case '6':
        return damaged(r, err, "a device or pipe");
    case 'S':
        return pb_err_set(err, PB_E_UNSUPPORTED, "archive: at byte %llu: a sparse file",
                          position(r));
    default:
        return damaged(r, err, "an entry of unknown type");
    }
}

static int read_entry(struct pl_tar_reader *r, const char *block, uint64_t size,
                      const struct overrides *o, struct pl_tar_entry *entry, struct pb_err *err)
{
    entry->path = o->path.p ? o->path : header_path(r, block);
    if (o->has_size) size = o->size;
    if (entry_type(r, block[TYPE_AT], entry->path, &entry->type, err) != 0) return -1;
    /* A link's size is that of its target, in some programs; no body follows. Folders of old GNU
     * tar state a size without a body too, and npm's reader takes none. */
    if (entry->type != PL_TAR_FILE) size = 0;
    uint64_t mode;
    entry->exec_bits = parse_number(field(block, F_MODE), &mode) ? (uint32_t)mode & 0111 : 0;
    return take_data(r, size, entry, err) == 0 ? 1 : -1;
}

int pl_tar_next(struct pl_tar_reader *r, struct pl_tar_entry *entry, struct pb_err *err)
{
    static const char none[BLOCK];
    struct overrides o = {0};
    if (skip_rest(r, err) != 0) return -1;
    for (bool described = false;; described = true) {
        const char *block = none;
        int got = peek_header(r, &block, err);
        if (got < 0) return -1;
        if (got == 0) return described ? damaged(r, err, "the archive is cut off") : 0;
        uint64_t size;
        if (!parse_number(field(block, F_SIZE), &size))
            return damaged(r, err, "damaged header (size)");
        char type = block[TYPE_AT];
        if (!is_meta(type)) return read_entry(r, block, size, &o, entry, err);
        if (read_meta(r, type, size, &o, err) != 0) return -1;
    }
}

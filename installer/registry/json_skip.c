/* SPDX-License-Identifier: MIT */
#include "installer/registry/json_skip.h"

#if defined(__x86_64__)
#define HAVE_X86 1
#include <immintrin.h>
#else
#define HAVE_X86 0
#endif

static const char *skip_container_portable(const char *p, const char *end)
{
    unsigned depth = 0;
    bool in_string = false;
    for (; p < end; p++) {
        char c = *p;
        if (c == '\\') {
            if (p + 1 < end && (p[1] == '\\' || p[1] == '"')) p++;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (in_string) {
            continue;
        } else if (c == '{' || c == '[') {
            if (++depth > PL_JSON_MAX_DEPTH) return NULL;
        } else if (c == '}' || c == ']') {
            if (--depth == 0) return p + 1;
        }
    }
    return NULL;
}

#if HAVE_X86
/* One bit per byte of a block of 64. */
struct block {
    uint64_t quote, backslash, open, close;
};

/* What a block hands to the next one. */
struct carry {
    unsigned depth;
    uint64_t in_string; /* all ones inside a string */
    uint64_t escaped;   /* 1: the first byte of the next block is escaped */
};

static inline uint64_t prefix_xor(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
}

/* Bytes that follow an odd run of backslashes. Runs are rare, so they are walked. */
static inline uint64_t escaped_bytes(uint64_t backslash, struct carry *carry)
{
    uint64_t escaped = carry->escaped;
    backslash &= ~escaped;
    carry->escaped = 0;
    while (backslash) {
        unsigned at = (unsigned)__builtin_ctzll(backslash);
        if (at == 63) {
            carry->escaped = 1;
            break;
        }
        escaped |= 2ULL << at;
        backslash &= ~(3ULL << at);
    }
    return escaped;
}

/* Walks the brackets of a block one by one. 64: the container goes on; -1: too deep; else the place
 * of the closing bracket. */
static int walk_brackets(uint64_t open, uint64_t close, unsigned *depth)
{
    for (uint64_t both = open | close; both; both &= both - 1) {
        int at = __builtin_ctzll(both);
        if (open >> at & 1) {
            if (++*depth > PL_JSON_MAX_DEPTH) return -1;
        } else if (--*depth == 0) {
            return at;
        }
    }
    return 64;
}

/* As walk_brackets, but only counts where neither end nor limit can be reached. */
static inline int take_block(struct block b, struct carry *carry)
{
    uint64_t escaped = carry->escaped | b.backslash ? escaped_bytes(b.backslash, carry) : 0;
    uint64_t string = prefix_xor(b.quote & ~escaped) ^ carry->in_string;
    carry->in_string = (uint64_t)((int64_t)string >> 63);
    uint64_t open = b.open & ~string, close = b.close & ~string;
    unsigned opens = (unsigned)__builtin_popcountll(open);
    unsigned closes = (unsigned)__builtin_popcountll(close);
    if (closes >= carry->depth || carry->depth + opens > PL_JSON_MAX_DEPTH)
        return walk_brackets(open, close, &carry->depth);
    carry->depth += opens - closes;
    return 64;
}

/* The last bytes of the text, padded to a whole block so that no load leaves it. */
static inline const char *pad_block(const char *p, const char *end, char block[64])
{
    memset(block, ' ', 64);
    memcpy(block, p, (size_t)(end - p));
    return block;
}

/* '{' and '[' differ in one bit, as '}' and ']' do: setting it halves the comparisons. */
static inline struct block classify_sse2(const char *p)
{
    struct block b = {0};
    for (unsigned i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
#define BITS(x, c) ((uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8((x), _mm_set1_epi8(c))))
        b.quote |= BITS(v, '"') << 16 * i;
        b.backslash |= BITS(v, '\\') << 16 * i;
        b.open |= BITS(folded, '{') << 16 * i;
        b.close |= BITS(folded, '}') << 16 * i;
#undef BITS
    }
    return b;
}

__attribute__((target("avx2"))) static inline struct block classify_avx2(const char *p)
{
    struct block b = {0};
    for (unsigned i = 0; i < 2; i++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));
        __m256i folded = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
#define BITS(x, c)                                                                                 \
    ((uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8((x), _mm256_set1_epi8(c))))
        b.quote |= BITS(v, '"') << 32 * i;
        b.backslash |= BITS(v, '\\') << 32 * i;
        b.open |= BITS(folded, '{') << 32 * i;
        b.close |= BITS(folded, '}') << 32 * i;
#undef BITS
    }
    return b;
}

static const char *skip_container_sse2(const char *p, const char *end)
{
    struct carry carry = {0};
    char padded[64];
    for (; p < end; p += 64) {
        const char *block = end - p >= 64 ? p : pad_block(p, end, padded);
        int at = take_block(classify_sse2(block), &carry);
        if (at != 64) return at < 0 ? NULL : p + at + 1;
    }
    return NULL;
}

__attribute__((target("avx2,popcnt,bmi"))) static const char *skip_container_avx2(const char *p,
                                                                                  const char *end)
{
    struct carry carry = {0};
    char padded[64];
    for (; p < end; p += 64) {
        const char *block = end - p >= 64 ? p : pad_block(p, end, padded);
        int at = take_block(classify_avx2(block), &carry);
        if (at != 64) return at < 0 ? NULL : p + at + 1;
    }
    return NULL;
}
#endif

const struct pl_json_skip_impl pl_json_skip_impls[] = {
    {"portable", skip_container_portable},
#if HAVE_X86
    {"sse2", skip_container_sse2},
    {"avx2", skip_container_avx2},
#endif
};
const size_t pl_json_skip_impl_count = sizeof pl_json_skip_impls / sizeof *pl_json_skip_impls;

bool pl_json_skip_impl_runs_here(size_t i)
{
#if HAVE_X86
    if (i == 2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") &&
               __builtin_cpu_supports("bmi");
#endif
    return i < pl_json_skip_impl_count;
}

const char *pl_json_skip_container(const char *p, const char *end)
{
#if HAVE_X86
    return pl_json_skip_impl_runs_here(2) ? skip_container_avx2(p, end)
                                          : skip_container_sse2(p, end);
#else
    return skip_container_portable(p, end);
#endif
}

const char *pl_json_skip_string(const char *p, const char *end, bool *escaped)
{
    *escaped = false;
    for (p++; p < end; p++) {
#if HAVE_X86
        while (end - p >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
            __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                       _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
            unsigned bits = (unsigned)_mm_movemask_epi8(hit);
            if (bits) {
                p += __builtin_ctz(bits);
                break;
            }
            p += 16;
        }
        if (p == end) return NULL;
#endif
        if (*p == '"') return p + 1;
        if (*p == '\\') {
            *escaped = true;
            p++;
        }
    }
    return NULL;
}

/* Numbers and literals: checked when they are parsed, here only delimited. */
static const char *skip_scalar(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || *p == 'E' ||
                       *p == '-' || *p == '+' || *p == '.'))
        p++;
    return p == start || p == end ? NULL : p;
}

const char *pl_json_skip_value(const char *p, const char *end)
{
    bool escaped;
    if (p == end) return NULL;
    if (*p == '"') return pl_json_skip_string(p, end, &escaped);
    if (*p == '{' || *p == '[') return pl_json_skip_container(p, end);
    return skip_scalar(p, end);
}

enum pl_json_walk pl_json_next_key(const char **at, const char *end, struct pl_json_member *out)
{
    const char *p = pl_json_skip_space(*at, end);
    if (p < end && *p == '}') {
        *at = p + 1;
        return PL_JSON_END;
    }
    if (p == end || *p != '"') return PL_JSON_BAD;
    const char *key = p + 1;
    p = pl_json_skip_string(p, end, &out->key_escaped);
    if (!p) return PL_JSON_BAD;
    out->key = pb_strn(key, (size_t)(p - 1 - key));
    p = pl_json_skip_space(p, end);
    if (p == end || *p != ':') return PL_JSON_BAD;
    *at = pl_json_skip_space(p + 1, end);
    return PL_JSON_MEMBER;
}

bool pl_json_after_value(const char **at, const char *end)
{
    const char *p = pl_json_skip_space(*at, end);
    if (p == end || (*p != ',' && *p != '}')) return false;
    if (*p == ',') {
        p = pl_json_skip_space(p + 1, end);
        if (p == end || *p != '"') return false; /* a trailing comma */
    }
    *at = p;
    return true;
}

enum pl_json_walk pl_json_next_member(const char **at, const char *end, struct pl_json_member *out)
{
    enum pl_json_walk walk = pl_json_next_key(at, end, out);
    if (walk != PL_JSON_MEMBER) return walk;
    const char *value = *at, *next = pl_json_skip_value(value, end);
    if (!next) return PL_JSON_BAD;
    out->value = pb_strn(value, (size_t)(next - value));
    *at = next;
    return pl_json_after_value(at, end) ? PL_JSON_MEMBER : PL_JSON_BAD;
}

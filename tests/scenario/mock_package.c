/* SPDX-License-Identifier: MIT */
#include "mock_package.h"

#include "base/digest.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

#define TAR_BLOCK 512
#define MAX_TAR_BYTES (64u << 20)

static bool next_word(struct pb_str *rest, struct pb_str *word)
{
    do {
        if (!pb_str_split(rest, ' ', word)) return false;
    } while (word->n == 0);
    return true;
}

/* "a@1" or "@s/a@1" or "name:path" at the first separator that is not the first character. */
static int add_pair(struct mock_list *list, struct pb_str value, char separator, struct pb_err *err)
{
    struct pb_str after_first = pb_str_skip(value, 1);
    ptrdiff_t at = pb_str_find(after_first, separator);
    if (at < 0 || list->n == MOCK_LIST_MAX)
        return pb_err_set(err, PB_E_BAD_INPUT, "package: cannot use \"" PB_FMT "\"", PB_ARG(value));
    list->names[list->n] = pb_strn(value.p, (size_t)at + 1);
    list->values[list->n++] = pb_str_skip(value, (size_t)at + 2);
    return 0;
}

static int set_tar(struct mock_package *p, struct pb_str value, struct pb_err *err)
{
    static const char *const names[] = {"good", "escape", "symlink", "damaged", "cut"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!pb_str_is(value, names[i])) continue;
        p->tar = (enum mock_tar)i;
        return 0;
    }
    return pb_err_set(err, PB_E_BAD_INPUT, "package: unknown tar=" PB_FMT, PB_ARG(value));
}

static int apply_word(struct mock_package *p, struct pb_str word, struct pb_err *err)
{
    ptrdiff_t at = pb_str_find(word, '=');
    struct pb_str key = pb_strn(word.p, at < 0 ? word.n : (size_t)at);
    struct pb_str value = pb_str_skip(word, at < 0 ? word.n : (size_t)at + 1);
    if (pb_str_is(key, "dep")) return add_pair(&p->deps, value, '@', err);
    if (pb_str_is(key, "optional")) return add_pair(&p->optional, value, '@', err);
    if (pb_str_is(key, "peer")) return add_pair(&p->peers, value, '@', err);
    if (pb_str_is(key, "bundle")) return add_pair(&p->bundled, value, '@', err);
    if (pb_str_is(key, "bin")) return add_pair(&p->bins, value, ':', err);
    if (pb_str_is(key, "file")) return add_pair(&p->files, value, ':', err);
    if (pb_str_is(key, "script") && value.n > 0) {
        p->has_script = true;
        return add_pair(&p->scripts, value, ':', err);
    }
    if (pb_str_is(key, "tar")) return set_tar(p, value, err);
    if (pb_str_is(key, "os")) {
        p->os = value;
    } else if (pb_str_is(key, "cpu")) {
        p->cpu = value;
    } else if (pb_str_is(key, "engines")) {
        p->engines = value;
    } else if (pb_str_is(key, "script")) {
        p->has_script = true;
    } else if (pb_str_is(key, "nohash")) {
        p->has_no_hash = true;
    } else if (!pb_str_is(key, "pad") || !pb_str_u64(value, &p->pad_bytes)) {
        return pb_err_set(err, PB_E_BAD_INPUT, "package: unknown word \"" PB_FMT "\"",
                          PB_ARG(word));
    }
    return 0;
}

static void print_list(struct pb_buf *out, const char *key, const struct mock_list *list)
{
    if (list->n == 0) return;
    pb_buf_printf(out, ",\"%s\":{", key);
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0) pb_buf_add_char(out, ',');
        pb_buf_add_json(out, list->names[i]);
        pb_buf_add_char(out, ':');
        pb_buf_add_json(out, list->values[i]);
    }
    pb_buf_add_char(out, '}');
}

static void print_one(struct pb_buf *out, const char *key, struct pb_str value)
{
    if (value.n > 0) pb_buf_printf(out, ",\"%s\":[\"" PB_FMT "\"]", key, PB_ARG(value));
}

static void print_bundled_names(struct pb_buf *out, const struct mock_list *bundled)
{
    if (bundled->n == 0) return;
    pb_buf_add_cstr(out, ",\"bundleDependencies\":[");
    for (size_t i = 0; i < bundled->n; i++) {
        if (i > 0) pb_buf_add_char(out, ',');
        pb_buf_add_json(out, bundled->names[i]);
    }
    pb_buf_add_char(out, ']');
}

void mock_package_print_members(const struct mock_package *p, struct pb_buf *out)
{
    pb_buf_add_cstr(out, "\"name\":");
    pb_buf_add_json(out, p->name);
    pb_buf_add_cstr(out, ",\"version\":");
    pb_buf_add_json(out, p->version);
    print_list(out, "dependencies", &p->deps);
    print_list(out, "optionalDependencies", &p->optional);
    print_list(out, "peerDependencies", &p->peers);
    print_list(out, "bin", &p->bins);
    print_one(out, "os", p->os);
    print_one(out, "cpu", p->cpu);
    if (p->engines.n > 0)
        pb_buf_printf(out, ",\"engines\":{\"node\":\"" PB_FMT "\"}", PB_ARG(p->engines));
    print_bundled_names(out, &p->bundled);
    if (p->has_script) pb_buf_add_cstr(out, ",\"hasInstallScript\":true");
    if (p->has_script && p->scripts.n == 0)
        pb_buf_add_cstr(out, ",\"scripts\":{\"install\":\"exit 1\"}");
    print_list(out, "scripts", &p->scripts);
}

void mock_package_print_path(const struct mock_package *p, struct pb_buf *out)
{
    ptrdiff_t slash = pb_str_rfind(p->name, '/');
    pb_buf_printf(out, PB_FMT "/-/" PB_FMT "-" PB_FMT ".tgz", PB_ARG(p->name),
                  PB_ARG(pb_str_skip(p->name, (size_t)(slash + 1))), PB_ARG(p->version));
}

/* A ustar header; see POSIX pax, "ustar Interchange Format". */
static void add_entry(struct pb_buf *tar, const char *path, char type, struct pb_str data)
{
    char header[TAR_BLOCK] = {0};
    snprintf(header, 100, "%s", path);
    snprintf(header + 100, 8, "%07o", 0644u);
    snprintf(header + 108, 8, "%07o", 0u);
    snprintf(header + 116, 8, "%07o", 0u);
    snprintf(header + 124, 12, "%011llo", type == '0' ? (unsigned long long)data.n : 0ull);
    snprintf(header + 136, 12, "%011o", 0u);
    header[156] = type;
    if (type != '0') snprintf(header + 157, 100, PB_FMT, PB_ARG(data));
    memcpy(header + 257, "ustar\00000", 8);
    memset(header + 148, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    pb_buf_add(tar, header, sizeof header);
    if (type != '0') return;
    static const char zeros[TAR_BLOCK];
    pb_buf_add_str(tar, data);
    pb_buf_add(tar, zeros, (TAR_BLOCK - data.n % TAR_BLOCK) % TAR_BLOCK);
}

static void add_bundled(struct pb_buf *tar, const struct mock_list *bundled, struct pb_buf *scratch)
{
    for (size_t i = 0; i < bundled->n; i++) {
        char path[256];
        snprintf(path, sizeof path, "package/node_modules/" PB_FMT "/package.json",
                 PB_ARG(bundled->names[i]));
        pb_buf_clear(scratch);
        pb_buf_printf(scratch, "{\"name\":\"" PB_FMT "\",\"version\":\"" PB_FMT "\"}",
                      PB_ARG(bundled->names[i]), PB_ARG(bundled->values[i]));
        add_entry(tar, path, '0', pb_buf_str(scratch));
    }
}

static void add_padding(struct pb_buf *tar, uint64_t bytes, struct pb_buf *scratch)
{
    if (bytes == 0) return;
    pb_buf_clear(scratch);
    uint32_t state = 1; /* does not compress */
    for (uint64_t i = 0; i < bytes; i++) {
        state = state * 1664525u + 1013904223u;
        pb_buf_add_char(scratch, (char)(state >> 24));
    }
    add_entry(tar, "package/pad.bin", '0', pb_buf_str(scratch));
}

static void make_tar(const struct mock_package *p, struct pb_buf *tar)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_TAR_BYTES);
    pb_buf_add_char(&text, '{');
    mock_package_print_members(p, &text);
    pb_buf_add_cstr(&text, "}\n");
    add_entry(tar, "package/package.json", '0', pb_buf_str(&text));
    for (size_t i = 0; i < p->files.n; i++) {
        char path[256];
        snprintf(path, sizeof path, "package/" PB_FMT, PB_ARG(p->files.names[i]));
        add_entry(tar, path, '0', p->files.values[i]);
    }
    for (size_t i = 0; i < p->bins.n; i++) {
        char path[256];
        snprintf(path, sizeof path, "package/" PB_FMT, PB_ARG(p->bins.values[i]));
        add_entry(tar, path, '0', PB_LIT("#!/bin/sh\necho ran\n"));
    }
    add_bundled(tar, &p->bundled, &text);
    add_padding(tar, p->pad_bytes, &text);
    if (p->tar == MOCK_TAR_ESCAPE)
        add_entry(tar, "package/../../../escaped", '0', PB_LIT("outside"));
    if (p->tar == MOCK_TAR_SYMLINK) add_entry(tar, "package/link", '2', PB_LIT("/etc"));
    static const char end[2 * TAR_BLOCK];
    pb_buf_add(tar, end, sizeof end);
}

static void compress(struct pb_arena *arena, struct mock_package *p, struct pb_str tar)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
    PB_INVARIANT(c != NULL);
    size_t most = libdeflate_gzip_compress_bound(c, tar.n);
    char *out = pb_arena_alloc(arena, most);
    size_t n = libdeflate_gzip_compress(c, tar.p, tar.n, out, most);
    libdeflate_free_compressor(c);
    if (p->tar == MOCK_TAR_DAMAGED) out[n / 2] ^= 0x55;
    if (p->tar == MOCK_TAR_CUT) n /= 2;
    p->tarball = pb_strn(out, n);
}

static void make_tarball(struct pb_arena *arena, struct mock_package *p)
{
    PB_AUTO_BUF struct pb_buf tar = PB_BUF_INIT(MAX_TAR_BYTES);
    make_tar(p, &tar);
    compress(arena, p, pb_buf_str(&tar));
    uint8_t digest[PB_DIGEST_MAX];
    size_t n = pb_digest_once(PB_SHA512, p->tarball.p, p->tarball.n, digest);
    memcpy(p->integrity, "sha512-", 7);
    pb_base64(digest, n, p->integrity + 7);
}

int mock_package_parse(struct pb_arena *arena, struct pb_str line, struct mock_package *out,
                       struct pb_err *err)
{
    *out = (struct mock_package){0};
    line = pb_arena_str(arena, line);
    if (!next_word(&line, &out->name) || !next_word(&line, &out->version))
        return pb_err_set(err, PB_E_BAD_INPUT, "package: name or version is missing");
    for (struct pb_str word; next_word(&line, &word);)
        if (apply_word(out, word, err) != 0) return -1;
    make_tarball(arena, out);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "installer/config/npmrc.h"

#include "base/buf.h"
#include "base/mem.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static bool is_quoted(struct pb_str s)
{
    return s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
}

/* The text of a JSON string; false when it is none. */
static bool decode_json(struct pb_arena *arena, struct pb_str text, struct pb_str *out)
{
    cJSON *node = cJSON_ParseWithLength(text.p, text.n);
    const char *value = cJSON_GetStringValue(node);
    if (value) *out = pb_arena_str(arena, pb_str(value));
    cJSON_Delete(node);
    return value != NULL;
}

/* Single quotes are dropped, what is inside may be JSON; a malformed string keeps its quotes. */
static struct pb_str decode_quoted(struct pb_arena *arena, struct pb_str s)
{
    struct pb_str inner = s.p[0] == '\'' ? pb_strn(s.p + 1, s.n - 2) : s, out;
    return decode_json(arena, inner, &out) ? out : inner;
}

static struct pb_str decode(struct pb_arena *arena, struct pb_str raw)
{
    struct pb_str s = pb_str_trim(raw);
    if (is_quoted(s)) return decode_quoted(arena, s);
    char *out = pb_arena_alloc(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ';' || c == '#') break;
        bool escapes = c == '\\' && i + 1 < s.n && strchr("\\;#", s.p[i + 1]) && s.p[i + 1];
        if (escapes) c = s.p[++i];
        out[n++] = c;
    }
    return pb_str_trim(pb_strn(out, n));
}

/* Comment lines and empty ones say nothing; a section's head ends what concerns npm. */
static bool is_entry(struct pb_str line, bool *in_section)
{
    struct pb_str s = pb_str_trim(line);
    if (s.n == 0 || s.p[0] == ';' || s.p[0] == '#') return false;
    if (line.p[0] == '[' && s.p[s.n - 1] == ']') *in_section = true;
    return !*in_section && line.p[0] != '=' && !memchr(s.p, '\0', s.n);
}

static struct pl_npmrc_entry parse_line(struct pb_arena *arena, struct pb_str line)
{
    struct pl_npmrc_entry entry = {.value = PB_LIT("true")};
    ptrdiff_t equals = pb_str_find(line, '=');
    if (equals >= 0) entry.value = decode(arena, pb_str_skip(line, (size_t)equals + 1));
    entry.key = decode(arena, equals < 0 ? line : pb_strn(line.p, (size_t)equals));
    entry.list = entry.key.n > 2 && pb_str_ends(entry.key, "[]");
    if (entry.list) entry.key.n -= 2;
    return entry;
}

static size_t line_length(struct pb_str s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r')
        n++;
    return n;
}

struct pl_npmrc pl_npmrc_parse(struct pb_arena *arena, struct pb_str text)
{
    struct pl_npmrc_entry *items = NULL;
    size_t n = 0, cap = 0;
    bool in_section = false;
    if (pb_str_starts(text, "\xEF\xBB\xBF")) text = pb_str_skip(text, 3);
    while (text.n > 0) {
        struct pb_str line = pb_strn(text.p, line_length(text));
        text = pb_str_skip(text, line.n + 1);
        if (!is_entry(line, &in_section)) continue;
        struct pl_npmrc_entry entry = parse_line(arena, line);
        if (entry.key.n == 0) continue;
        PB_GROW(items, cap, n + 1);
        items[n++] = entry;
    }
    struct pl_npmrc out = {PB_ARENA_ARRAY(arena, struct pl_npmrc_entry, n), n};
    if (n) memcpy(out.items, items, n * sizeof *items);
    free(items);
    return out;
}

const char *pl_env_get(const char *const *envp, struct pb_str name)
{
    for (size_t i = 0; envp && envp[i]; i++)
        if (strncmp(envp[i], name.p, name.n) == 0 && envp[i][name.n] == '=')
            return envp[i] + name.n + 1;
    return NULL;
}

/* "VAR", "VAR?", "VAR-text" or "VAR:-text"; .p NULL: leave the reference as it is. */
static struct pb_str value_of(struct pb_str inside, const char *const *envp)
{
    size_t n = 0;
    while (n < inside.n && !strchr("?:-", inside.p[n]))
        n++;
    struct pb_str rest = pb_str_skip(inside, n);
    const char *value = pl_env_get(envp, pb_strn(inside.p, n));
    if (pb_str_starts(rest, ":-")) return value && *value ? pb_str(value) : pb_str_skip(rest, 2);
    if (pb_str_starts(rest, "-")) return value ? pb_str(value) : pb_str_skip(rest, 1);
    if (pb_str_is(rest, "?")) return value ? pb_str(value) : PB_LIT("");
    if (rest.n) value = NULL; /* none of the forms */
    return value ? pb_str(value) : (struct pb_str){NULL, 0};
}

/* Length of "${...}" at the front; 0: none. A nested "${" or a brace is not part of a name. */
static size_t reference_length(struct pb_str s)
{
    if (!pb_str_starts(s, "${")) return 0;
    size_t n = 2;
    while (n < s.n && !strchr("${}", s.p[n]))
        n++;
    return n > 2 && n < s.n && s.p[n] == '}' ? n + 1 : 0;
}

struct pb_str pl_env_expand(struct pb_arena *arena, struct pb_str text, const char *const *envp)
{
    if (pb_str_search(text, PB_LIT("${")) < 0) return text;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(16u << 20);
    while (text.n > 0) {
        size_t slashes = 0;
        while (slashes < text.n && text.p[slashes] == '\\')
            slashes++;
        struct pb_str after = pb_str_skip(text, slashes);
        size_t length = reference_length(after);
        if (length == 0) { /* the slashes are plain text, and so is what follows them */
            size_t take = slashes + (after.n > 0);
            pb_buf_add(&out, text.p, take);
            text = pb_str_skip(text, take);
            continue;
        }
        struct pb_str reference = pb_strn(after.p, length), value = {NULL, 0};
        pb_buf_add(&out, text.p, slashes / 2);
        if (slashes % 2 == 0) value = value_of(pb_strn(after.p + 2, length - 3), envp);
        pb_buf_add_str(&out, value.p ? value : reference);
        text = pb_str_skip(after, length);
    }
    return pb_arena_str(arena, pb_buf_str(&out));
}

/* SPDX-License-Identifier: MIT */
#include "installer/pack/pack_rules.h"

#include "base/fs.h"
#include "base/json.h"
#include "installer/manifest/manifest.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

enum { IGNORE_BYTES_MAX = 1 << 20, MANIFEST_BYTES_MAX = 16 << 20, RULES_MAX = 10000 };

static const char *const defaults[] = {".npmignore",
                                       ".gitignore",
                                       "**/.git",
                                       "**/.svn",
                                       "**/.hg",
                                       "**/CVS",
                                       "**/.git/**",
                                       "**/.svn/**",
                                       "**/.hg/**",
                                       "**/CVS/**",
                                       "/.lock-wscript",
                                       "/.wafpickle-*",
                                       "/build/config.gypi",
                                       "npm-debug.log",
                                       "**/.npmrc",
                                       ".*.swp",
                                       ".DS_Store",
                                       "**/.DS_Store/**",
                                       "._*",
                                       "**/._*/**",
                                       "*.orig",
                                       "/archived-packages/**",
                                       NULL};

static const char *const strict[] = {"/.git",
                                     "!/package.json",
                                     "!/readme{,.*[^~$]}",
                                     "!/copying{,.*[^~$]}",
                                     "!/license{,.*[^~$]}",
                                     "!/licence{,.*[^~$]}",
                                     "/.git",
                                     "/node_modules",
                                     ".npmrc",
                                     "/package-lock.json",
                                     "/yarn.lock",
                                     "/pnpm-lock.yaml",
                                     "/bun.lockb",
                                     NULL};

struct making {
    struct pb_arena *arena;
    struct pl_pack_level *level;
    int dirfd;
    struct pb_err *err;
};

static int add_rule(struct making *m, struct pb_str text)
{
    struct pl_pack_rules *rules = &m->level->rules;
    if (rules->n == RULES_MAX)
        return pb_err_set(m->err, PB_E_LIMIT, "pack: more than %d rules", RULES_MAX);
    if (rules->n == rules->cap) {
        size_t cap = rules->cap ? 2 * rules->cap : 64;
        struct pl_glob *grown = PB_ARENA_ARRAY(m->arena, struct pl_glob, cap);
        if (rules->n > 0) memcpy(grown, rules->items, rules->n * sizeof *grown);
        rules->items = grown;
        rules->cap = cap;
    }
    if (!pl_glob_compile(m->arena, text, &rules->items[rules->n]))
        return pb_err_set(m->err, PB_E_LIMIT, "pack: too complex a pattern: " PB_FMT, PB_ARG(text));
    rules->n++;
    return 0;
}

static int add_list(struct making *m, const char *const *list)
{
    for (size_t i = 0; list[i]; i++)
        if (add_rule(m, pb_str(list[i])) != 0) return -1;
    return 0;
}

/* The first of the two that is there. */
static int add_ignore_file(struct making *m)
{
    static const char *const names[] = {".npmignore", ".gitignore"};
    for (size_t i = 0; i < 2; i++) {
        struct stat st;
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(IGNORE_BYTES_MAX);
        if (fstatat(m->dirfd, names[i], &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
            continue;
        if (pb_read_file(m->dirfd, names[i], &text, m->err) != 0) return -1;
        struct pb_str rest = pb_buf_str(&text);
        for (struct pb_str line; pb_str_split(&rest, '\n', &line);) {
            line = pb_str_trim(line);
            if (line.n == 0 || line.p[0] == '#') continue;
            if (add_rule(m, pb_arena_str(m->arena, line)) != 0) return -1;
        }
        return 0;
    }
    return 0;
}

/* --- files of package.json --- */

static void require_file(struct making *m, struct pb_str path)
{
    struct pl_pack_level *level = m->level;
    struct pb_str *grown = PB_ARENA_ARRAY(m->arena, struct pb_str, level->required_count + 1);
    if (level->required_count > 0)
        memcpy(grown, level->required, level->required_count * sizeof *grown);
    grown[level->required_count++] = path;
    level->required = grown;
}

/* What is a file is strictly in, a folder with all below it, anything else is a pattern. */
static int add_wanted(struct making *m, const char *text)
{
    struct stat st;
    struct pb_str file = pb_str(text);
    if (pb_str_starts(file, "./")) file = pb_str_skip(file, 1);
    const char *star = pb_str_ends(file, "/*") ? "*" : "";
    const char *rule = pb_arena_printf(m->arena, "!" PB_FMT "%s", PB_ARG(file), star);
    struct pb_str bare = pb_str(rule);
    while (bare.n > 0 && (bare.p[0] == '!' || bare.p[0] == '/'))
        bare = pb_str_skip(bare, 1);
    const char *path = pb_arena_cstr(m->arena, bare);
    bool stands = path[0] && fstatat(m->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (!stands) return add_rule(m, pb_str(rule));
    if (S_ISREG(st.st_mode)) {
        require_file(m, bare);
        return 0;
    }
    if (!S_ISDIR(st.st_mode)) return 0;
    if (add_rule(m, pb_str(rule)) != 0) return -1;
    return add_rule(m, pb_str(pb_arena_printf(m->arena, "%s/**", rule)));
}

static int add_files(struct making *m, const cJSON *files)
{
    const cJSON *item;
    if (add_rule(m, PB_LIT("*")) != 0) return -1;
    cJSON_ArrayForEach (item, files) {
        if (cJSON_IsString(item) && add_wanted(m, item->valuestring) != 0) return -1;
    }
    return 0;
}

static int add_entry_point(struct making *m, const char *path)
{
    if (!path) return 0;
    return add_rule(m, pb_str(pb_arena_printf(m->arena, "!/%s",
                                              strncmp(path, "./", 2) == 0 ? path + 2 : path)));
}

static int add_strict(struct making *m, const cJSON *manifest)
{
    struct pl_manifest parsed;
    for (size_t i = m->level->required_count; i-- > 0;) {
        const char *rule = pb_arena_printf(m->arena, "!" PB_FMT, PB_ARG(m->level->required[i]));
        if (add_rule(m, pb_str(rule)) != 0) return -1;
    }
    if (add_list(m, strict) != 0) return -1;
    if (add_entry_point(m, pb_json_cstr(manifest, "browser")) != 0) return -1;
    if (add_entry_point(m, pb_json_cstr(manifest, "main")) != 0) return -1;
    if (pl_manifest_from_json(m->arena, manifest, &parsed, m->err) != 0) return -1;
    for (size_t i = 0; i < parsed.bin.n; i++)
        if (add_entry_point(m, pb_arena_cstr(m->arena, parsed.bin.items[i].spec)) != 0) return -1;
    return 0;
}

int pl_pack_rules_of_package(struct pb_arena *arena, int dirfd, struct pl_pack_level *level,
                             struct pb_err *err)
{
    struct making m = {arena, level, dirfd, err};
    struct pb_json doc;
    if (pb_json_load(&doc, dirfd, "package.json", MANIFEST_BYTES_MAX, err) != 0) return -1;
    const cJSON *files = pb_json_get(doc.root, "files");
    int rc = add_list(&m, defaults);
    if (rc == 0) rc = cJSON_IsArray(files) ? add_files(&m, files) : add_ignore_file(&m);
    if (rc == 0) rc = add_strict(&m, doc.root);
    pb_json_free(&doc);
    return rc;
}

/* Files that package.json names stay in, whatever an ignore file in their folder says. */
static int keep_required(struct making *m)
{
    const struct pl_pack_level *above = m->level->parent;
    for (size_t i = 0; i < above->required_count; i++) {
        struct pb_str path = above->required[i];
        struct pb_str rest = pb_str_skip(path, m->level->name.n + 1);
        bool is_here = path.n > m->level->name.n + 1 && path.p[m->level->name.n] == '/' &&
                       memcmp(path.p, m->level->name.p, m->level->name.n) == 0;
        if (!is_here) continue;
        require_file(m, rest);
        const char *rule = pb_arena_printf(m->arena, "!" PB_FMT, PB_ARG(rest));
        if (add_rule(m, pb_str(rule)) != 0) return -1;
    }
    return 0;
}

int pl_pack_rules_of_folder(struct pb_arena *arena, int dirfd, struct pl_pack_level *level,
                            struct pb_err *err)
{
    struct making m = {arena, level, dirfd, err};
    if (add_list(&m, defaults) != 0 || add_ignore_file(&m) != 0) return -1;
    if (add_rule(&m, PB_LIT("/.git")) != 0) return -1;
    return keep_required(&m);
}

/* --- deciding --- */

/* "/x", "x", and for a possible folder "/x/" and "x/". */
static bool matches(const struct pl_glob *rule, struct pb_str entry, bool as_folder)
{
    char text[PATH_MAX];
    int n = snprintf(text, sizeof text, "/" PB_FMT "/", PB_ARG(entry));
    if (n < 0 || (size_t)n >= sizeof text) return false;
    struct pb_str all = pb_strn(text, (size_t)n);
    struct pb_str rooted = pb_strn(text, (size_t)n - 1);
    if (pl_glob_match(rule, rooted, false) || pl_glob_match(rule, entry, false)) return true;
    if (!as_folder) return false;
    if (pl_glob_match(rule, all, false) || pl_glob_match(rule, pb_str_skip(all, 1), false))
        return true;
    return rule->is_negated &&
           (pl_glob_match(rule, rooted, true) || pl_glob_match(rule, entry, true));
}

/* A rule of one part (a slash at its end aside) is held against the last part of a path. */
static bool is_of_one_part(const struct pl_glob *rule)
{
    for (size_t i = 0; i < rule->n; i++) {
        const struct pl_glob_set *set = &rule->sets[i];
        if (set->n <= (set->parts[set->n - 1][0] ? 1 : 2)) return true;
    }
    return false;
}

static bool decide(struct pl_pack_level *level, struct pb_str entry, bool as_folder,
                   struct pb_str last)
{
    bool is_in = true;
    if (level->parent) {
        char text[PATH_MAX];
        int n = snprintf(text, sizeof text, PB_FMT "/" PB_FMT, PB_ARG(level->name), PB_ARG(entry));
        if (n < 0 || (size_t)n >= sizeof text) return false;
        is_in =
            decide(level->parent, pb_strn(text, (size_t)n), as_folder, last.n > 0 ? last : entry);
        if (!is_in && !level->is_exact) return false;
    }
    for (size_t i = 0; i < level->rules.n; i++) {
        const struct pl_glob *rule = &level->rules.items[i];
        if (rule->is_negated == is_in) continue;
        bool hit = matches(rule, entry, as_folder) ||
                   (as_folder && last.n > 0 && is_of_one_part(rule) && matches(rule, last, true));
        if (hit) is_in = rule->is_negated;
    }
    return is_in;
}

bool pl_pack_is_included(struct pl_pack_level *level, struct pb_str entry, bool as_folder)
{
    return decide(level, entry, as_folder, (struct pb_str){0});
}

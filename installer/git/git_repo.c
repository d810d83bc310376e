/* SPDX-License-Identifier: MIT */
#include "installer/git/git_repo.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "installer/git/git_refs.h"
#include "installer/git/git_run.h"
#include "installer/manifest/git_url.h"
#include "installer/pack/pack.h"

#include <fcntl.h>
#include <stdlib.h>

#define REFS_BYTES_MAX ((size_t)64 << 20)

struct checkout {
    struct pb_arena *arena;
    const struct pl_git_source *source;
    const struct pl_git_prepare *prepare;
    const char *url;
    struct pl_git_wish wish;
    const struct pl_git_ref *ref; /* NULL: no ref stands at what is asked for */
    const char *dir;
    struct pb_str commit;
};

/* "https://host/path" of "ssh://git@host/path" and the other way round. */
static const char *other_way(const struct checkout *c)
{
    const char *rest = strstr(c->url, "://");
    bool is_ssh = strncmp(c->url, "ssh://git@", 10) == 0;
    if (!rest) return c->url;
    return is_ssh ? pb_arena_printf(c->arena, "https://%s", c->url + 10)
                  : pb_arena_printf(c->arena, "ssh://git@%s", rest + 3);
}

/* As npm: a well-known host is tried by https, which needs no key for what is public, then by ssh,
 * whatever the spec says; only credentials in the URL bind to it. */
static int list_refs(struct checkout *c, struct pb_buf *listing, struct pb_err *err)
{
    struct pl_git_url hosted;
    struct pb_err why = PB_ERR_INIT;
    bool is_ssh = strncmp(c->url, "ssh://git@", 10) == 0;
    bool is_free = is_ssh || (strncmp(c->url, "https://", 8) == 0 && !strchr(c->url, '@'));
    if (is_free && pl_git_url_hosted(c->arena, pb_str(c->url), &hosted)) {
        if (is_ssh) c->url = other_way(c);
        const char *args[] = {"ls-remote", "--", c->url, NULL};
        if (pl_git_run(NULL, args, listing, &why) == 0) return 0;
        pb_debug("git: %s", why.msg);
        pb_buf_clear(listing);
        c->url = other_way(c);
    }
    const char *args[] = {"ls-remote", "--", c->url, NULL};
    return pl_git_run(NULL, args, listing, err);
}

static int find_ref(struct checkout *c, struct pb_buf *listing, struct pb_err *err)
{
    struct pl_git_refs refs;
    if (list_refs(c, listing, err) != 0) return -1;
    if (!pb_buf_ok(listing)) return pb_err_set(err, PB_E_LIMIT, "git: too many refs");
    pl_git_refs_read(c->arena, pb_buf_str(listing), &refs);
    return pl_git_refs_choose(c->arena, &refs, &c->wish, &c->ref, err);
}

/* Branches and tags can be cloned alone; anything else takes the whole history. */
static int clone(struct checkout *c, struct pb_err *err)
{
    bool is_head = c->ref && pb_str_is(c->ref->raw, "HEAD");
    bool is_named = c->ref && (pb_str_starts(c->ref->raw, "refs/heads/") ||
                               pb_str_starts(c->ref->raw, "refs/tags/"));
    const char *branch = is_named ? pb_arena_cstr(c->arena, c->ref->name) : NULL;
    if (is_head) {
        const char *args[] = {"clone", "-q", "--depth=1", "--", c->url, c->dir, NULL};
        return pl_git_run(NULL, args, NULL, err);
    }
    if (is_named) {
        const char *args[] = {"clone", "-q",   "--depth=1", "--branch", branch,
                              "--",    c->url, c->dir,      NULL};
        return pl_git_run(NULL, args, NULL, err);
    }
    const char *args[] = {"clone", "-q", "--", c->url, c->dir, NULL};
    const char *wanted = pb_arena_cstr(c->arena, c->ref ? c->ref->raw : c->wish.commit);
    const char *fetch[] = {"fetch", "-q", "origin", wanted, NULL};
    const char *checkout[] = {"checkout", "-q", c->ref ? "FETCH_HEAD" : wanted, "--", NULL};
    if (pl_git_run(NULL, args, NULL, err) != 0) return -1;
    if (c->ref && pl_git_run(c->dir, fetch, NULL, err) != 0) return -1;
    return pl_git_run(c->dir, checkout, NULL, err);
}

static int get_modules(const struct checkout *c, struct pb_err *err)
{
    const char *file = pb_arena_printf(c->arena, "%s/.gitmodules", c->dir);
    const char *args[] = {"submodule", "-q", "update", "--init", "--recursive", NULL};
    return pb_exists(AT_FDCWD, file) ? pl_git_run(c->dir, args, NULL, err) : 0;
}

/* A commit that was named must be what is there now. */
static int read_commit(struct checkout *c, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(256);
    const char *args[] = {"rev-parse", "HEAD", NULL};
    if (pl_git_run(c->dir, args, &out, err) != 0) return -1;
    c->commit = pb_arena_str(c->arena, pb_str_trim(pb_buf_str(&out)));
    if (!pl_git_is_commit(c->commit))
        return pb_err_set(err, PB_E_SYSTEM, "git: HEAD is no commit but " PB_FMT,
                          PB_ARG(c->commit));
    if (!pl_git_is_commit(c->wish.commit) || pb_str_eq(c->commit, c->wish.commit)) return 0;
    return pb_err_set(err, PB_E_CONFLICT,
                      "git: commit " PB_FMT " was asked for, " PB_FMT " was checked out",
                      PB_ARG(c->wish.commit), PB_ARG(c->commit));
}

static int pack(const struct checkout *c, struct pb_buf *tar, struct pb_err *err)
{
    const char *folder = pb_arena_printf(c->arena, "%s%s" PB_FMT, c->dir,
                                         c->wish.folder.n ? "/" : "", PB_ARG(c->wish.folder));
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, folder, err);
    if (fd < 0) return -1;
    if (!pb_exists(fd, "package.json"))
        return pb_err_set(err, PB_E_BAD_INPUT, "git: there is no package.json at " PB_FMT,
                          PB_ARG(c->commit));
    struct pb_str resolved = pl_git_resolved(c->arena, c->source, c->commit);
    if (pl_git_prepare(c->arena, c->prepare, resolved, folder, err) != 0) return -1;
    return pl_pack_folder(fd, tar, err);
}

static int check_out_and_pack(struct checkout *c, struct pb_buf *tar, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf listing = PB_BUF_INIT(REFS_BYTES_MAX);
    if (find_ref(c, &listing, err) != 0 || clone(c, err) != 0) return -1;
    if (get_modules(c, err) != 0 || read_commit(c, err) != 0) return -1;
    return pack(c, tar, err);
}

int pl_git_pack(struct pb_arena *arena, const struct pl_git_source *source,
                const struct pl_git_prepare *prepare, struct pb_str *commit, struct pb_buf *tar,
                struct pb_err *err)
{
    const char *tmp = getenv("TMPDIR");
    struct checkout c = {.arena = arena,
                         .source = source,
                         .prepare = prepare,
                         .url = pb_arena_cstr(arena, source->url)};
    PB_AUTO_FREE char *dir = NULL;
    if (pl_git_wish_read(arena, source->committish, &c.wish, err) != 0) return -1;
    if (pb_make_temp_dir(tmp && *tmp ? tmp : "/tmp", "plumb-git-", &dir, err) != 0) return -1;
    c.dir = dir;
    int rc = check_out_and_pack(&c, tar, err);
    struct pb_err left = PB_ERR_INIT;
    if (pb_remove_tree(AT_FDCWD, dir, &left) != 0) pb_debug("git: %s", left.msg);
    *commit = c.commit;
    return rc == 0 ? 0 : pb_err_wrap(err, "get " PB_FMT, PB_ARG(source->url));
}

/* --- lockfile texts --- */

struct pb_str pl_git_resolved(struct pb_arena *arena, const struct pl_git_source *source,
                              struct pb_str commit)
{
    struct pl_git_url hosted;
    struct pl_git_wish wish = {0};
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_str url = source->url;
    const char *plus = "git+";
    ptrdiff_t scheme = pb_str_search(url, PB_LIT("://"));
    struct pb_str rest = pb_str_skip(url, scheme < 0 ? 0 : (size_t)scheme + 3);
    ptrdiff_t at = pb_str_find(rest, '@');
    bool has_login = pb_str_starts(url, "https://") && at > 0;
    if (pl_git_url_hosted(arena, url, &hosted) && !has_login) {
        rest = pb_str_skip(rest, (size_t)(at + 1));
        url = pb_str(pb_arena_printf(arena, "ssh://git@" PB_FMT, PB_ARG(rest)));
    } else if (pb_str_starts(url, "git://")) {
        plus = "";
    } else if (scheme < 0) {
        plus = "git+ssh://"; /* host:path */
    }
    /* It was read before, when the repository was. */
    if (pl_git_wish_read(arena, source->committish, &wish, &ignored) != 0) wish.folder.n = 0;
    return pb_str(pb_arena_printf(arena, "%s" PB_FMT "#" PB_FMT "%s" PB_FMT, plus, PB_ARG(url),
                                  PB_ARG(commit), wish.folder.n ? "::path:" : "",
                                  PB_ARG(wish.folder)));
}

bool pl_git_source_of_resolved(struct pb_arena *arena, struct pb_str resolved,
                               struct pl_git_source *out)
{
    struct pl_git_url url;
    struct pl_git_wish wish;
    struct pb_err ignored = PB_ERR_INIT;
    if (!pl_git_url_hosted(arena, resolved, &url) && !pl_git_url_plain(arena, resolved, &url))
        return false;
    *out = (struct pl_git_source){url.url, url.committish};
    return pl_git_wish_read(arena, url.committish, &wish, &ignored) == 0 &&
           pl_git_is_commit(wish.commit);
}

/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/comment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_SIZE = 100, PAGES_MAX = 200, MARKER_WORD_MAX = 64 };

struct poster {
    struct pb_arena arena;
    struct pb_api *api;
    const struct pb_comment_target *target;
    struct pb_str body;
    const char *author;
};
struct found {
    bool is_there, is_same;
    char id[32];
};

static void add_word(struct pb_buf *out, const char *text)
{
    for (size_t i = 0; text[i] && i < MARKER_WORD_MAX; i++) {
        char c = text[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '_';
        /* Two dashes would end an HTML comment. */
        if (fine || (out->n && out->p[out->n - 1] != '-'))
            pb_buf_add_char(out, (char)(fine ? c : '-'));
    }
}

const char *pb_comment_marker(struct pb_arena *arena, const char *id, const char *platform)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
    pb_buf_add_cstr(&out, "<!-- phasebench:");
    add_word(&out, id);
    pb_buf_add_char(&out, ':');
    add_word(&out, platform ? platform : "unknown");
    pb_buf_add_cstr(&out, " -->");
    return pb_arena_cstr(arena, pb_buf_str(&out));
}

static bool is_success(const struct pb_api_response *response)
{
    return response->answer.status / 100 == 2 && response->has_body;
}

static int refused(struct poster *p, const struct pb_api_response *response, const char *verb,
                   struct pb_err *err)
{
    const struct pb_comment_target *t = p->target;
    const char *what =
        pb_arena_printf(&p->arena, "%s %s %ld of %s", verb, t->hosting->thing, t->number, t->repo);
    const char *hint = response->answer.status == 403   ? t->hosting->hint_forbidden
                       : response->answer.status == 401 ? "the token is not valid: set it again"
                       : response->answer.status == 404
                           ? "there is none, or the token may not see it"
                           : NULL;
    return pb_api_refused(p->api, response, err, what, hint);
}

static int check_head(struct poster *p, struct pb_err *err)
{
    const struct pb_comment_target *t = p->target;
    struct pb_api_response response;
    if (!t->head_sha) return 0;
    int rc = pb_api_call(p->api, "GET", t->hosting->pull_path(&p->arena, t->repo, t->number), NULL,
                         PB_API_REPEAT, &response, err);
    const char *head =
        rc == 0 && is_success(&response) ? t->hosting->head_sha_of(response.body.root) : NULL;
    if (rc == 0 && !is_success(&response))
        rc = refused(p, &response, "look at", err);
    else if (rc == 0 && (!head || strcmp(head, t->head_sha) != 0))
        rc =
            pb_err_set(err, PB_E_CONFLICT,
                       "comment on %s %ld of %s: its head is %.12s, the results are of %.12s: run "
                       "again on the new head",
                       t->hosting->thing, t->number, t->repo, head ? head : "unknown", t->head_sha);
    pb_api_response_release(&response);
    return rc;
}

static int ask_author(struct poster *p, struct pb_err *err)
{
    const struct pb_hosting *hosting = p->target->hosting;
    struct pb_api_response response;
    p->author = p->target->author;
    if (p->author) return 0;
    int rc = pb_api_call(p->api, "GET", "/user", NULL, PB_API_REPEAT, &response, err);
    const char *name =
        rc == 0 && is_success(&response) ? hosting->user_name_of(response.body.root) : NULL;
    if (name)
        p->author = pb_arena_cstr(&p->arena, pb_str(name));
    else if (rc == 0 && response.answer.status == 403 && hosting->fallback_author)
        p->author = hosting->fallback_author; /* an installation's token is no user */
    else if (rc == 0)
        rc = pb_api_refused(p->api, &response, err, "ask whose token this is",
                            "give the author by --author");
    pb_api_response_release(&response);
    return rc;
}

/* Line ends and white space at the end may come back changed. */
static bool is_same_text(struct pb_str a, struct pb_str b)
{
    a = pb_str_trim(a);
    b = pb_str_trim(b);
    size_t i = 0, k = 0;
    while (i < a.n && k < b.n) {
        if (a.p[i] == '\r') {
            i++;
        } else if (b.p[k] == '\r') {
            k++;
        } else if (a.p[i++] != b.p[k++]) {
            return false;
        }
    }
    return i == a.n && k == b.n;
}

static bool is_ours(const struct poster *p, const cJSON *comment)
{
    const char *author = p->target->hosting->author_of(comment);
    const char *body = pb_json_cstr(comment, "body");
    size_t n = strlen(p->target->marker);
    return author && body && strcmp(author, p->author) == 0 &&
           strncmp(body, p->target->marker, n) == 0 && (body[n] == '\n' || body[n] == '\r');
}

static void look_through(const struct poster *p, const cJSON *list, struct found *out)
{
    const cJSON *comment;
    cJSON_ArrayForEach (comment, list) {
        double id = pb_json_num(comment, "id", 0);
        if (id < 1 || id > 9e15 || !is_ours(p, comment)) continue;
        out->is_there = true;
        out->is_same = is_same_text(pb_str(pb_json_cstr(comment, "body")), p->body);
        snprintf(out->id, sizeof out->id, "%" PRId64, (int64_t)id);
        return;
    }
}

static int find(struct poster *p, struct found *out, struct pb_err *err)
{
    const struct pb_comment_target *t = p->target;
    const char *path = t->hosting->comments_path(&p->arena, t->repo, t->number);
    bool more = true;
    *out = (struct found){0};
    for (int page = 1; more && !out->is_there; page++) {
        struct pb_api_response response;
        if (page > PAGES_MAX)
            return pb_err_set(err, PB_E_LIMIT, "look for the comment: %s: over %d comments", path,
                              PAGE_SIZE * PAGES_MAX);
        const char *query =
            pb_arena_printf(&p->arena, "%s?per_page=%d&page=%d", path, PAGE_SIZE, page);
        int rc = pb_api_call(p->api, "GET", query, NULL, PB_API_REPEAT, &response, err);
        if (rc == 0 && is_success(&response))
            look_through(p, response.body.root, out);
        else if (rc == 0)
            rc = refused(p, &response, "list the comments of", err);
        more = rc == 0 && response.has_next;
        pb_api_response_release(&response);
        if (rc != 0) return -1;
    }
    return 0;
}

/* 1: not known whether it was done, or the comment is gone: look again. */
static int write_comment(struct poster *p, struct found *found, struct pb_api_answer *answer,
                         struct pb_err *err)
{
    const struct pb_comment_target *t = p->target;
    PB_AUTO_BUF struct pb_buf json = PB_BUF_INIT(16 << 20);
    struct pb_api_response response;
    pb_buf_add_cstr(&json, "{\"body\":");
    pb_buf_add_json(&json, p->body);
    pb_buf_add_char(&json, '}');
    const char *path = found->is_there
                           ? t->hosting->comment_path(&p->arena, t->repo, t->number, found->id)
                           : t->hosting->comments_path(&p->arena, t->repo, t->number);
    int rc = pb_api_call(p->api, found->is_there ? t->hosting->update_method : "POST", path, &json,
                         PB_API_UNLESS_DONE, &response, err);
    *answer = response.answer;
    bool gone = found->is_there && response.answer.status == 404;
    if (rc == 0 && (pb_answer_is_unclear(&response.answer) || gone))
        rc = 1;
    else if (rc == 0 && !is_success(&response))
        rc = refused(p, &response, "comment on", err);
    else if (rc == 0)
        snprintf(found->id, sizeof found->id, "%" PRId64,
                 (int64_t)pb_json_num(response.body.root, "id", 0));
    pb_api_response_release(&response);
    return rc;
}

static int find_and_write(struct poster *p, bool create, enum pb_comment_done *done, char id[32],
                          struct pb_err *err)
{
    for (unsigned attempt = 0;; attempt++) {
        struct found found;
        struct pb_api_answer answer;
        if (find(p, &found, err) != 0) return -1;
        snprintf(id, sizeof found.id, "%s", found.id);
        if (found.is_there && found.is_same) {
            /* After an attempt of ours whose answer was lost, it was that one. */
            *done = attempt ? PB_COMMENT_UPDATED : PB_COMMENT_UNCHANGED;
            return 0;
        }
        *done = found.is_there ? PB_COMMENT_UPDATED
                : create       ? PB_COMMENT_CREATED
                               : PB_COMMENT_NOT_WANTED;
        if (*done == PB_COMMENT_NOT_WANTED) return 0;
        int rc = write_comment(p, &found, &answer, err);
        if (rc <= 0) {
            snprintf(id, sizeof found.id, "%s", found.id);
            return rc;
        }
        if (answer.status == 404) answer.status = 0; /* gone: try as after a lost answer */
        if (pb_api_wait(p->api, &answer, attempt, err) != 0)
            return pb_err_wrap(err, "comment on %s %ld of %s", p->target->hosting->thing,
                               p->target->number, p->target->repo);
    }
}

int pb_comment_post(struct pb_api *api, const struct pb_comment_target *target, struct pb_str body,
                    bool create, enum pb_comment_done *done, char id[32], struct pb_err *err)
{
    struct poster p = {.arena = PB_ARENA_INIT, .api = api, .target = target, .body = body};
    int rc = check_head(&p, err);
    if (rc == 0) rc = ask_author(&p, err);
    if (rc == 0) rc = find_and_write(&p, create, done, id, err);
    pb_arena_release(&p.arena);
    return rc;
}

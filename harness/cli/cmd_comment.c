/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/plan_options.h"

#include "base/fs.h"
#include "base/term.h"
#include "harness/pull_request/ci.h"
#include "harness/pull_request/comment.h"
#include "reports/format.h"
#include "reports/gates.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOURNAL_MAX_BYTES = 256 << 20, BODY_LEAST_BYTES = 2000 };

struct options {
    const char *host, *api_url, *repo, *head_sha, *author, *id, *token_variable, *comment_on,
        *baseline, *candidate, *reproduce, *run_url, *max_wait;
    long number, max_bytes;
    bool dry_run;
};

static const char *const hosts[] = {"auto", "github", "gitlab", NULL};
static const char *const occasions[] = {"always", "changes", "regressions", NULL};

static const struct pb_opt opts[] = {
    {"comment-on", 0, PB_OPT_CHOICE, offsetof(struct options, comment_on), "WHEN", "always",
     "when to make a comment; one that is there is always brought up to date", occasions, 0, 0},
    {"baseline", 0, PB_OPT_STRING, offsetof(struct options, baseline), "ARM", "the run's",
     "arm to compare with", NULL, 0, 0},
    {"candidate", 0, PB_OPT_STRING, offsetof(struct options, candidate), "ARM", "the run's",
     "arm that the verdict is about", NULL, 0, 0},
    {"reproduce", 0, PB_OPT_STRING, offsetof(struct options, reproduce), "COMMAND", "the run's",
     "command to show for doing it on one's own machine", NULL, 0, 0},
    {"dry-run", 0, PB_OPT_FLAG, offsetof(struct options, dry_run), NULL, "no",
     "print the comment; needs neither token nor network", NULL, 0, 0},
    {"host", 0, PB_OPT_CHOICE, offsetof(struct options, host), "NAME", "auto",
     "hosting side; auto: by the environment of the CI job", hosts, 0, 0},
    {"repo", 0, PB_OPT_STRING, offsetof(struct options, repo), "OWNER/NAME", "the job's",
     "repository that has the pull request", NULL, 0, 0},
    {"pull-request", 0, PB_OPT_LONG, offsetof(struct options, number), "N", "the job's",
     "number of the pull or merge request", NULL, 1, 2000000000},
    {"head-sha", 0, PB_OPT_STRING, offsetof(struct options, head_sha), "SHA", "the job's",
     "commit that was measured; must be the pull request's head", NULL, 0, 0},
    {"run-url", 0, PB_OPT_STRING, offsetof(struct options, run_url), "URL", "the job's",
     "page of the run that measured, to link", NULL, 0, 0},
    {"id", 0, PB_OPT_STRING, offsetof(struct options, id), "WORD", "default",
     "tells several comments of one pull request apart, beside the platform", NULL, 0, 0},
    {"author", 0, PB_OPT_STRING, offsetof(struct options, author), "LOGIN", "the token's",
     "whose comments are ours; needed with the token of an app", NULL, 0, 0},
    {"token-variable", 0, PB_OPT_STRING, offsetof(struct options, token_variable), "NAME",
     "GITHUB_TOKEN or GITLAB_TOKEN", "environment variable that holds the token", NULL, 0, 0},
    {"api-url", 0, PB_OPT_STRING, offsetof(struct options, api_url), "URL", "the job's",
     "address of the hosting side's API", NULL, 0, 0},
    {"max-bytes", 0, PB_OPT_LONG, offsetof(struct options, max_bytes), "N", "the host's limit",
     "length of the comment; details are left out first", NULL, BODY_LEAST_BYTES, 1000000},
    {"max-wait", 0, PB_OPT_STRING, offsetof(struct options, max_wait), "T", "10m",
     "longest time to wait for rate limits and failing servers", NULL, 0, 0},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){
        .host = "auto", .comment_on = "always", .id = "default", .max_wait = "10m"};
}

/* The folder may be an artifact that somebody else packed: no links to other files. */
static int check_journal_file(const char *dir, struct pb_err *err)
{
    struct stat st;
    PB_AUTO_FD int folder = pb_open_dir(AT_FDCWD, dir, err);
    if (folder < 0) return -1;
    if (fstatat(folder, "journal.jsonl", &st, AT_SYMLINK_NOFOLLOW) != 0)
        return pb_err_sys(err, errno, "cannot read the journal: %s/journal.jsonl", dir);
    if (!S_ISREG(st.st_mode) || st.st_size > JOURNAL_MAX_BYTES)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot read the journal: %s/journal.jsonl: not a file of at most %d MiB",
                          dir, JOURNAL_MAX_BYTES >> 20);
    return 0;
}

static int decide_wanted(struct pb_arena *arena, const struct options *o,
                         const struct pb_report_model *model, bool *wanted, struct pb_err *err)
{
    struct pb_report_gates gates;
    if (pb_report_gates_make(model, o->candidate, arena, &gates, err) != 0) return -1;
    *wanted = strcmp(o->comment_on, "always") == 0 || pb_gates_have_regression(&gates) ||
              (strcmp(o->comment_on, "changes") == 0 && pb_gates_have_change(&gates));
    return 0;
}

struct comment {
    struct pb_buf body;
    const char *marker;
    bool wanted;
};

static bool is_link(const char *url)
{
    return url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) &&
           !strpbrk(url, " ()<>\n\r\t");
}

static int write_body(struct pb_arena *arena, const struct options *o, const struct pb_ci *ci,
                      const struct pb_report_model *model, size_t max_bytes, struct comment *out,
                      struct pb_err *err)
{
    out->marker = pb_comment_marker(arena, o->id, model->run.platform);
    if (decide_wanted(arena, o, model, &out->wanted, err) != 0) return -1;
    pb_buf_add_cstr(&out->body, out->marker);
    pb_buf_add_char(&out->body, '\n');
    const struct pb_report_options options = {
        .title_commit = ci->head_sha,
        .workflow_url = is_link(ci->run_url) ? ci->run_url : NULL,
        .candidate = o->candidate,
        .reproduce = o->reproduce,
        .max_bytes = max_bytes - out->body.n,
    };
    return pb_report_format_find("markdown")->render(model, &options, &out->body, err);
}

static int make_comment(struct pb_arena *arena, const struct options *o, const struct pb_ci *ci,
                        const char *dir, struct comment *out, struct pb_err *err)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    size_t max_bytes = o->max_bytes  ? (size_t)o->max_bytes
                       : ci->hosting ? ci->hosting->max_body_bytes
                                     : pb_github.max_body_bytes;
    if (check_journal_file(dir, err) != 0) return -1;
    int rc = pb_journal_read(dir, &journal, err);
    if (rc == 0) rc = pb_report_model_make(&journal, &model, err);
    if (rc == 0) {
        rc = pb_report_model_compare(&model, o->baseline, err);
        if (rc == 0) rc = write_body(arena, o, ci, &model, max_bytes, out, err);
        pb_report_model_release(&model);
    }
    pb_journal_data_release(&journal);
    return rc;
}

/* What the options say goes before what the job's environment says. */
static int find_target(struct pb_arena *arena, const struct options *o, const char *dir,
                       struct pb_ci *ci, struct pb_err *err)
{
    if (pb_ci_read(arena, ci, err) != 0) return -1;
    if (strcmp(o->host, "auto") != 0) ci->hosting = pb_hosting_find(o->host);
    if (o->api_url) ci->api_url = o->api_url;
    if (o->repo) ci->repo = o->repo;
    if (o->head_sha) ci->head_sha = o->head_sha;
    if (o->run_url) ci->run_url = o->run_url;
    if (o->number) ci->number = o->number;
    if (ci->number || o->dry_run) return 0;
    if (pb_ci_number_of_results(dir, &ci->number, err) != 0) return -1;
    if (ci->number && !ci->head_sha)
        return pb_err_set(
            err, PB_E_USAGE,
            "comment: the number %ld in %s proves nothing alone: give the commit that "
            "was measured by --head-sha",
            ci->number, dir);
    return 0;
}

static int check_target(const struct pb_ci *ci, struct pb_err *err)
{
    const char *missing = !ci->hosting  ? "hosting side: give --host github or --host gitlab"
                          : !ci->repo   ? "repository: give --repo OWNER/NAME"
                          : !ci->number ? "pull request: give --pull-request N"
                                        : NULL;
    if (missing)
        return pb_err_set(err, PB_E_USAGE, "comment: neither the job nor an option names a %s",
                          missing);
    if (!pb_hosting_is_repo(ci->repo))
        return pb_err_set(err, PB_E_USAGE, "comment: --repo: not the name of a repository");
    return 0;
}

static int post(const struct options *o, const struct pb_ci *ci, const struct comment *comment,
                struct pb_err *err)
{
    static const char *const said[] = {"created", "updated", "unchanged", "not wanted"};
    const char *variable = o->token_variable ? o->token_variable : ci->hosting->token_variable;
    const char *token = getenv(variable);
    struct pb_api_options options = {.url = ci->api_url ? ci->api_url : ci->hosting->default_url,
                                     .token = token,
                                     .token_header = ci->hosting->token_header,
                                     .accept = ci->hosting->accept,
                                     .extra_header = ci->hosting->extra_header};
    const struct pb_comment_target target = {.hosting = ci->hosting,
                                             .repo = ci->repo,
                                             .number = ci->number,
                                             .head_sha = ci->head_sha,
                                             .marker = comment->marker,
                                             .author = o->author};
    if (!token || !*token)
        return pb_err_set(err, PB_E_USAGE, "comment: no token: set %s in the environment",
                          variable);
    if (pb_read_duration("max-wait", o->max_wait, 0, &options.max_wait_ns, err) != 0) return -1;
    struct pb_api *api = pb_api_new(&options, err);
    if (!api) return -1;
    enum pb_comment_done done;
    char id[32] = "";
    int rc =
        pb_comment_post(api, &target, pb_buf_str(&comment->body), comment->wanted, &done, id, err);
    pb_api_free(api);
    if (rc == 0) printf("%s %s\n", said[done], id);
    return rc;
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct comment comment = {.body = PB_BUF_INIT(2 << 20)};
    struct pb_ci ci;
    int rc = find_target(&arena, o, args->items[0], &ci, err);
    if (rc == 0) rc = make_comment(&arena, o, &ci, args->items[0], &comment, err);
    if (rc == 0 && o->dry_run) {
        rc = pb_write_all(STDOUT_FILENO, comment.body.p, comment.body.n, err);
    } else if (rc == 0) {
        rc = check_target(&ci, err);
        if (rc == 0) rc = post(o, &ci, &comment, err);
    }
    pb_buf_release(&comment.body);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pb_cmd_comment = {
    .name = "comment",
    .args = "DIR",
    .summary = "put the report of a result folder on its pull request, in one comment",
    .details =
        "The comment is found again by its first line and its author, and brought up to date; one\n"
        "per platform. In a job of GitHub Actions or GitLab CI nothing but the token is needed.\n"
        "When the folder is the artifact of a job that may not comment (a fork's), its file\n"
        "pull_request_number names the pull request, and the head of that must be the commit that\n"
        "the event or --head-sha names. See docs/pull-requests.md.\n\n"
        "  phasebench comment results --dry-run\n"
        "  GITHUB_TOKEN=... phasebench comment results --host github --repo owner/name \\\n"
        "      --pull-request 12 --comment-on changes\n\n"
        "Prints created, updated, unchanged or \"not wanted\" and the comment's number.\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};

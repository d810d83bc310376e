/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/ci.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENT_MAX_BYTES = 32 << 20, NUMBER_MAX_BYTES = 32 };

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static const char *keep(struct pb_arena *arena, const char *text)
{
    return text ? pb_arena_cstr(arena, pb_str(text)) : NULL;
}

static long number_of(double value)
{
    return value >= 1 && value < 1e15 ? (long)value : 0;
}

/* Events: pull_request, pull_request_target, and workflow_run, whose list of pull requests is empty
 * for forks. */
static void read_event(struct pb_arena *arena, const cJSON *event, struct pb_ci *out)
{
    const cJSON *pull = pb_json_get(event, "pull_request");
    const cJSON *run = pb_json_get(event, "workflow_run");
    if (pull) {
        out->number = number_of(pb_json_num(pull, "number", 0));
        out->head_sha = keep(arena, pb_github.head_sha_of(pull));
    } else if (run) {
        const cJSON *first = cJSON_GetArrayItem(pb_json_get(run, "pull_requests"), 0);
        out->number = number_of(pb_json_num(first, "number", 0));
        out->head_sha = keep(arena, pb_json_cstr(run, "head_sha"));
        const char *url = keep(arena, pb_json_cstr(run, "html_url"));
        if (url) out->run_url = url;
    }
}

static int read_github(struct pb_arena *arena, struct pb_ci *out, struct pb_err *err)
{
    const char *server = variable("GITHUB_SERVER_URL"), *run = variable("GITHUB_RUN_ID");
    const char *event_path = variable("GITHUB_EVENT_PATH");
    *out = (struct pb_ci){.hosting = &pb_github,
                          .api_url = variable("GITHUB_API_URL"),
                          .repo = variable("GITHUB_REPOSITORY")};
    if (server && run && out->repo)
        out->run_url = pb_arena_printf(arena, "%s/%s/actions/runs/%s", server, out->repo, run);
    if (!event_path) return 0;
    struct pb_json event;
    if (pb_json_load(&event, AT_FDCWD, event_path, EVENT_MAX_BYTES, err) != 0)
        return pb_err_wrap(err, "read the event of this job");
    read_event(arena, event.root, out);
    pb_json_free(&event);
    return 0;
}

static void read_gitlab(struct pb_ci *out)
{
    const char *iid = variable("CI_MERGE_REQUEST_IID");
    /* In pipelines for merged results, CI_COMMIT_SHA is the merge, not the head. */
    const char *head = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
    *out = (struct pb_ci){.hosting = &pb_gitlab,
                          .api_url = variable("CI_API_V4_URL"),
                          .repo = variable("CI_MERGE_REQUEST_PROJECT_PATH"),
                          .head_sha = head ? head : variable("CI_COMMIT_SHA"),
                          .run_url = variable("CI_PIPELINE_URL"),
                          .number = iid ? number_of(strtod(iid, NULL)) : 0};
    if (!out->repo) out->repo = variable("CI_PROJECT_PATH");
}

int pb_ci_read(struct pb_arena *arena, struct pb_ci *out, struct pb_err *err)
{
    *out = (struct pb_ci){0};
    if (variable("GITHUB_ACTIONS")) return read_github(arena, out, err);
    if (variable("GITLAB_CI")) read_gitlab(out);
    return 0;
}

int pb_ci_number_of_results(const char *dir, long *out, struct pb_err *err)
{
    static const char name[] = "pull_request_number";
    PB_AUTO_FD int folder = pb_open_dir(AT_FDCWD, dir, err);
    if (folder < 0) return -1;
    *out = 0;
    PB_AUTO_FD int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) return 0;
    if (fd < 0) return pb_err_sys(err, errno, "read the number: %s/%s", dir, name);
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(NUMBER_MAX_BYTES);
    uint64_t number = 0;
    if (pb_read_fd(fd, &text, err) != 0 || !pb_str_u64(pb_str_trim(pb_buf_str(&text)), &number) ||
        !(*out = number_of((double)number))) {
        pb_err_clear(err);
        return pb_err_set(err, PB_E_BAD_INPUT, "read the number: %s/%s: it is not a number", dir,
                          name);
    }
    return 0;
}

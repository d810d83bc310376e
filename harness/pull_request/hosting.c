/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/hosting.h"

#include <string.h>

const struct pb_hosting *pb_hosting_find(const char *name)
{
    if (strcmp(name, pb_github.name) == 0) return &pb_github;
    return strcmp(name, pb_gitlab.name) == 0 ? &pb_gitlab : NULL;
}

bool pb_hosting_is_repo(const char *repo)
{
    enum { REPO_MAX = 500 };
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "._-/";
    size_t n = strlen(repo);
    return n > 0 && n <= REPO_MAX && strspn(repo, allowed) == n && repo[0] != '/' &&
           repo[n - 1] != '/' && !strstr(repo, "..") && !strstr(repo, "//");
}

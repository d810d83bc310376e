/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/hosting.h"

#include <string.h>

const struct pb_hosting *pb_hosting_find(const char *name)
{
    static const struct pb_hosting *const all[] = {&pb_github, &pb_gitlab};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0) return all[i];
    return NULL;
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

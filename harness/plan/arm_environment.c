/* SPDX-License-Identifier: MIT */
#include "harness/plan/arm.h"

#include "base/fs.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

const char *pb_arm_plan_variable(const struct pb_arm *arm, const char **given)
{
    const char *name = NULL;
    for (size_t i = 0; i < arm->manager->env_count; i++)
        if (strstr(arm->manager->env[i].value, "{plan}")) name = arm->manager->env[i].key;
    *given = NULL;
    for (size_t i = 0; name && i < arm->env_count; i++)
        if (strcmp(arm->env[i].key, name) == 0) *given = arm->env[i].value;
    return name;
}

/* Read by the C library, the loader or a language's runtime for every program. */
static const char *const runtime_variables[] = {
    "CI",     "GLIBC_TUNABLES", "HOME",  "LANG",         "LC_*",  "LD_*", "MALLOC_*",
    "NODE_*", "NO_COLOR",       "PATH",  "RUST_*",       "SHELL", "TERM", "TMPDIR",
    "TZ",     "UV_*",           "XDG_*", "npm_config_*", NULL};

static bool is_of(const char *const *patterns, const char *name)
{
    for (; patterns && *patterns; patterns++)
        if (fnmatch(*patterns, name, 0) == 0) return true;
    return false;
}

/* A name inside of a longer one ("HOME" in "MY_HOME") counts too: this errs towards known. */
static bool holds_name(const char *text, size_t n, const char *name)
{
    return memmem(text, n, name, strlen(name)) != NULL;
}

const char *pb_arm_unknown_variable(const struct pb_arm *arm)
{
    const char *unknown = NULL;
    if (arm->env_count == 0 || arm->node) return NULL;
    PB_AUTO_FD int fd = open(arm->binary, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) return NULL;
    size_t n = (size_t)st.st_size;
    void *text = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (text == MAP_FAILED) return NULL;
    for (size_t i = 0; i < arm->env_count && !unknown; i++) {
        const char *name = arm->env[i].key;
        if (!is_of(runtime_variables, name) && !is_of(arm->manager->reads_env, name) &&
            !holds_name(text, n, name))
            unknown = name;
    }
    munmap(text, n);
    return unknown;
}

/* SPDX-License-Identifier: MIT */
#include "harness/launch/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process {
    pid_t pid, parent;
    bool alive, inside;
};

struct table {
    struct process *items;
    size_t n, cap;
};

/* The name in parentheses may hold anything, so the fields are taken after the last ')'. */
static bool read_stat(const char *pid_name, struct process *out)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return false;
    text[n] = '\0';

    char state;
    int parent;
    const char *rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1, " %c %d", &state, &parent) != 2) return false;
    *out = (struct process){.pid = (pid_t)strtol(pid_name, NULL, 10),
                            .parent = parent,
                            .alive = state != 'Z' && state != 'X'};
    return true;
}

static bool append(struct table *t, struct process p)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 512;
        struct process *items = realloc(t->items, cap * sizeof *items);
        if (!items) return false;
        t->items = items;
        t->cap = cap;
    }
    t->items[t->n++] = p;
    return true;
}

static void read_processes(struct table *t)
{
    DIR *proc = opendir("/proc");
    if (!proc) return;
    for (struct dirent *e; (e = readdir(proc)) != NULL;) {
        struct process p;
        if (e->d_name[0] < '1' || e->d_name[0] > '9') continue;
        if (read_stat(e->d_name, &p) && !append(t, p)) break;
    }
    closedir(proc);
}

static bool parent_is_inside(const struct table *t, pid_t parent)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->items[i].pid == parent) return t->items[i].inside;
    }
    return false;
}

/* A parent may stand after its child in /proc, so repeat until nothing is added. */
static void mark_inside(struct table *t, pid_t ancestor)
{
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < t->n; i++) {
            struct process *p = &t->items[i];
            if (p->inside) continue;
            if (p->parent != ancestor && !parent_is_inside(t, p->parent)) continue;
            p->inside = grew = true;
        }
    }
}

unsigned pb_descendants_signal(pid_t ancestor, int signal)
{
    struct table t = {0};
    read_processes(&t);
    mark_inside(&t, ancestor);
    unsigned count = 0;
    for (size_t i = 0; i < t.n; i++) {
        if (!t.items[i].inside || !t.items[i].alive) continue;
        count++;
        if (signal) kill(t.items[i].pid, signal);
    }
    free(t.items);
    return count;
}

/* SPDX-License-Identifier: MIT */
#include "script.h"

#include "base/fs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>

static int step_package(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    return mock_registry_add(s->registry, args, err);
}

static int step_fault(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    struct pb_str subject = take_word(&args);
    return mock_registry_fault(s->registry, subject, args, err);
}

static int step_registry_down(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    (void)args, (void)err;
    mock_registry_stop(s->registry);
    return 0;
}

static const struct {
    const char *word;
    int (*play)(struct scenario *s, struct pb_str args, struct pb_err *err);
} steps[] = {
    {"package", step_package},
    {"fault", step_fault},
    {"registry-down", step_registry_down},
    {"file", step_file},
    {"remove", step_remove},
    {"symlink", step_symlink},
    {"run", step_run},
    {"env", step_env},
    {"shell", step_shell},
    {"start", step_start},
    {"kill", step_kill},
    {"exit", step_exit},
    {"out", step_out},
    {"err", step_err},
    {"requests", step_requests},
    {"exists", step_exists},
    {"replace", step_replace},
    {"missing", step_missing},
    {"wait-for", step_wait_for},
    {"has", step_has},
    {"lacks", step_lacks},
    {"version", step_version},
    {"link", step_link},
    {"read-only", step_read_only},
    {"small-disk", step_small_disk},
    {"damage-store", step_damage_store},
    {"keep-lock", step_keep_lock},
    {"lock-unchanged", step_lock_unchanged},
};

struct pb_str take_word(struct pb_str *args)
{
    ptrdiff_t at = pb_str_find(*args, ' ');
    struct pb_str word = pb_strn(args->p, at < 0 ? args->n : (size_t)at);
    *args = pb_str_trim(pb_str_skip(*args, word.n));
    return word;
}

static int play_line(struct scenario *s, struct pb_str line, struct pb_err *err)
{
    struct pb_str args = pb_str_trim(line);
    if (args.n == 0 || args.p[0] == '#') return 0;
    struct pb_str word = take_word(&args);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (pb_str_is(word, steps[i].word)) return steps[i].play(s, args, err);
    return pb_err_set(err, PB_E_BAD_INPUT, "unknown step \"" PB_FMT "\"", PB_ARG(word));
}

int scenario_play(struct scenario *s, struct pb_str text, struct pb_err *err)
{
    for (struct pb_str line; pb_str_split(&text, '\n', &line) && !s->skipped;) {
        s->line++;
        if (play_line(s, line, err) == 0) continue;
        return pb_err_wrap(err, "%s:%u", s->file, s->line);
    }
    return 0;
}

int scenario_open(struct scenario *s, struct pb_err *err)
{
    static const char *const folders[] = {"project", "home"};
    s->dirfd = s->projectfd = -1;
    s->out = s->err = PB_BUF_INIT(1u << 20);
    const char *tmp = getenv("TMPDIR");
    if (pb_make_temp_dir(tmp ? tmp : "/tmp", "plumb-scenario-", &s->dir, err) != 0) return -1;
    s->dirfd = pb_open_dir(AT_FDCWD, s->dir, err);
    if (s->dirfd < 0) return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (pb_mkdir_p(s->dirfd, folders[i], err) != 0) return -1;
    s->projectfd = pb_open_dir(s->dirfd, "project", err);
    s->registry = s->projectfd < 0 ? NULL : mock_registry_new(err);
    return s->registry ? 0 : -1;
}

void scenario_close(struct scenario *s)
{
    struct pb_err ignored = PB_ERR_INIT;
    if (s->running) (void)step_kill(s, (struct pb_str){0}, &ignored);
    mock_registry_free(s->registry);
    pb_cleanup_close(&s->projectfd);
    pb_cleanup_close(&s->dirfd);
    if (s->mounted && umount2(s->mounted, MNT_DETACH) != 0) perror(s->mounted);
    if (s->dir && pb_remove_tree(AT_FDCWD, s->dir, &ignored) != 0)
        fprintf(stderr, "left behind: %s\n", ignored.msg);
    free(s->dir);
    pb_buf_release(&s->out);
    pb_buf_release(&s->err);
    pb_arena_release(&s->arena);
}

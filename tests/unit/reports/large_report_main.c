/* SPDX-License-Identifier: MIT */
/* A journal of 200 arms, 7 phases and 20 rounds is read and rendered in every format by processes
 * that may have 100 MiB of address space. How long that takes is measured in docs/reports.md. */
#include "base/fs.h"
#include "made_journal.h"
#include "reports/format.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77, MEMORY_BYTES = 100 << 20 };

static int discard(void *context, struct pb_buf *out, struct pb_err *err)
{
    size_t *total = context;
    (void)err;
    *total += out->n;
    pb_buf_clear(out);
    return 0;
}

static int report(const struct pb_report_format *format, const char *dir)
{
    struct pb_journal_data journal;
    struct pb_err err = PB_ERR_INIT;
    size_t total = 0;
    struct rlimit limit = {MEMORY_BYTES, MEMORY_BYTES};
    struct pb_buf out = PB_BUF_INIT(256 << 20);
    struct pb_report_options options = {.drain = discard, .drain_context = &total};
    if (setrlimit(RLIMIT_AS, &limit) < 0) return 1;
    int rc = pb_journal_read(dir, &journal, &err);
    if (rc == 0) rc = pb_report_write(format, &journal, &options, &out, &err);
    if (rc == 0 && total < 100000)
        rc = pb_err_set(&err, PB_E_INTERNAL, "only %zu bytes for 1400 cells", total);
    if (rc < 0) fprintf(stderr, "%s: %s\n", format->name, err.msg);
    return rc < 0;
}

/* A child each: what one format leaves behind is not counted for the next. */
static int report_in_child(const struct pb_report_format *format, const char *dir)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(report(format, dir));
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        perror("fork");
        return 1;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
    fprintf(stderr, "%s: failed within %d MiB (wait status %d)\n", format->name, MEMORY_BYTES >> 20,
            status);
    return 1;
}

int main(void)
{
#if defined(__SANITIZE_ADDRESS__)
    printf("skipped: AddressSanitizer needs an address space of its own\n");
    return SKIPPED;
#endif
    char dir[] = "/dev/shm/pb-large-XXXXXX";
    struct pb_err err = PB_ERR_INIT;
    int failed = 0;
    if (!mkdtemp(dir)) {
        printf("skipped: no file system in memory at /dev/shm\n");
        return SKIPPED;
    }
    if (write_made_journal(dir, (struct made_size){200, 7, 20}, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        failed = 1;
    }
    for (size_t i = 0; !failed && pb_report_formats[i]; i++)
        failed = report_in_child(pb_report_formats[i], dir);
    if (pb_remove_tree(AT_FDCWD, dir, &err) < 0) fprintf(stderr, "%s\n", err.msg);
    return failed;
}

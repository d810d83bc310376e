/* SPDX-License-Identifier: MIT */
#include "harness/isolation/netns.h"
#include "harness/isolation/outside.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct pb_netns netns;
static struct pb_err err;

static void make(void)
{
    if (pb_netns_make(NULL, &netns, &err) != 0)
        cr_skip_test("no private network namespace here: %s", err.msg);
}

static int connect_to(const char *host, unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, host, &to.sin_addr);
    int rc = connect(fd, (struct sockaddr *)&to, sizeof to);
    int saved = errno;
    close(fd);
    return rc == 0 ? 0 : saved;
}

/* Runs `what` in the namespace; its return value. */
static int inside(int (*what)(void))
{
    int status = 0;
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) _exit(pb_namespaces_enter(&netns.enter) ? what() : 99);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int connect_to_another_host(void)
{
    return connect_to("203.0.113.7", 443);
}

static int connect_to_itself(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, 1) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 98;
    return connect_to("127.0.0.1", ntohs(at.sin_port));
}

static int user_id_is_the_same(void)
{
    struct stat st;
    return stat("/proc/self", &st) == 0 && getuid() == st.st_uid ? 0 : 1;
}

Test(netns, another_host_is_refused_and_seen, .init = make)
{
    struct pb_outside seen;
    cr_expect_eq(inside(connect_to_another_host), ECONNREFUSED);
    cr_assert_eq(pb_outside_read(netns.outside_fd, &seen, &err), 0, "%s", err.msg);
    cr_expect_eq(seen.attempts, 1);
    cr_assert_eq(seen.named_count, 1);
    cr_expect_str_eq(seen.named[0], "tcp 203.0.113.7:443");
    cr_assert_eq(pb_outside_read(netns.outside_fd, &seen, &err), 0);
    cr_expect_eq(seen.attempts, 0, "a new account begins with each reading");
    pb_netns_close(&netns);
}

Test(netns, loopback_works_and_is_no_attempt_to_leave, .init = make)
{
    struct pb_outside seen;
    cr_expect_eq(inside(connect_to_itself), 0);
    cr_assert_eq(pb_outside_read(netns.outside_fd, &seen, &err), 0);
    cr_expect_eq(seen.attempts, 0);
    pb_netns_close(&netns);
}

Test(netns, the_user_stays_who_it_is, .init = make)
{
    cr_expect_eq(inside(user_id_is_the_same), 0);
    pb_netns_close(&netns);
}

/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

#include "base/term.h"
#include "fixtures/registry/serve_control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct options {
    const char *host, *link, *server, *tls;
    long port, control_fd;
    bool verify;
};

static const char *const servers[] = {"embedded", "nginx", NULL};

static const struct pb_opt opts[] = {
    {.name = "port",
     .key = 'p',
     .kind = PB_OPT_LONG,
     .offset = offsetof(struct options, port),
     .arg = "N",
     .def = "the snapshot's own, or a free one",
     .help = "port to listen at",
     .min = 0,
     .max = 65535},
    {.name = "host",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, host),
     .arg = "ADDRESS",
     .def = "127.0.0.1",
     .help = "IPv4 address to listen at"},
    {.name = "link",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, link),
     .arg = "RTT:RATE",
     .help = "emulate a link to the clients: 50ms:200Mbit; with ,slow-start connections begin "
             "slowly"},
    {.name = "server",
     .kind = PB_OPT_CHOICE,
     .offset = offsetof(struct options, server),
     .arg = "PROGRAM",
     .def = "embedded",
     .help = "what serves: embedded, or nginx, which sends what it can from files",
     .choices = servers},
    {.name = "tls",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, tls),
     .arg = "FILE",
     .help =
         "serve by TLS and HTTP/2, with --server nginx; the PEM file holds certificate and key"},
    {.name = "verify",
     .kind = PB_OPT_FLAG,
     .offset = offsetof(struct options, verify),
     .def = "yes",
     .help = "read every body first and compare its digest"},
    {.name = "control-fd",
     .kind = PB_OPT_LONG,
     .offset = offsetof(struct options, control_fd),
     .arg = "FD",
     .help = "obey `stats`, `reset` and `quit` lines from this descriptor (0: standard input, "
             "answers on standard output), end with it",
     .min = 0,
     .max = 1 << 20},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out =
        (struct options){.host = "127.0.0.1", .control_fd = -1, .verify = true};
}

static void warn_of_miss(void *context, const char *method, const char *path)
{
    (void)context;
    pb_warn("not in the snapshot: %s %s", method, path);
}

/* One descriptor per connection and per tarball on its way. */
static void allow_many_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) pb_debug("cannot raise the descriptor limit");
}

static int serve_until_signal(void)
{
    int signal_number;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)sigwait(&set, &signal_number);
    return 0;
}

static int serve(struct pb_registry_server *server, const struct options *o, struct pb_err *err)
{
    int fd = (int)o->control_fd;
    if (fd >= 0) return pb_serve_control(server, fd, fd == STDIN_FILENO ? STDOUT_FILENO : fd, err);
    printf("serving %s at %s\n", pb_registry_server_name(server), pb_registry_server_url(server));
    if (fflush(stdout) != 0) return pb_err_set(err, PB_E_SYSTEM, "serve: cannot write to stdout");
    return serve_until_signal();
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_registry_options server_options = {.host = o->host,
                                                 .port = (unsigned)o->port,
                                                 .certificate = o->tls,
                                                 .skip_verify = !o->verify,
                                                 .on_miss = warn_of_miss};
    if (o->server && strcmp(o->server, "nginx") == 0) server_options.engine = PB_REGISTRY_NGINX;
    if (o->control_fd >= 0) server_options.on_miss = NULL; /* the client reads the account */
    struct pb_link_spec link;
    if (o->link && pb_link_parse(o->link, &link, err) != 0) return -1;
    if (o->link) server_options.link = &link;
    /* Not for nginx: the client waits for its end. */
    if (o->control_fd > STDERR_FILENO && fcntl((int)o->control_fd, F_SETFD, FD_CLOEXEC) != 0)
        return pb_err_sys(err, errno, "serve: --control-fd %ld", o->control_fd);
    allow_many_descriptors();
    struct pb_registry_server *server =
        pb_registry_server_start(args->items[0], &server_options, err);
    if (!server) return -1;
    int rc = serve(server, o, err);
    pb_registry_server_stop(server);
    return rc;
}

const struct pb_cmd pb_cmd_serve = {
    .name = "serve",
    .args = "SNAPSHOT",
    .summary = "serve a registry snapshot, without any network",
    .details = "What the snapshot does not hold is answered 404 and named on stderr.\n\n"
               "  phasebench serve snapshots/ant-design\n"
               "  npm install --registry http://127.0.0.1:21234/\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};

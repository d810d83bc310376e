/* SPDX-License-Identifier: MIT */
#include "fake.h"

#include "base/fs.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const char *url, const char **path)
{
    char host[64];
    unsigned port;
    int at = 0;
    if (sscanf(url, "http://%63[0-9.]:%u%n", host, &port, &at) != 2)
        die("registry is not on loopback");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1 || fd < 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("cannot connect to the registry");
    *path = url + at;
    return fd;
}

int get(const char *url, struct pb_buf *out)
{
    const char *path;
    PB_AUTO_FD int fd = connect_to(url, &path);
    PB_AUTO_BUF struct pb_buf request = PB_BUF_INIT(4096);
    pb_buf_printf(&request, "GET %s HTTP/1.0\r\nHost: localhost\r\n%s\r\n", path,
                  mode("abbreviated") ? "Accept: application/vnd.npm.install-v1+json\r\n" : "");
    if (pb_write_all(fd, request.p, request.n, NULL) != 0 || pb_read_fd(fd, out, NULL) != 0)
        die("request failed");
    ptrdiff_t end = pb_str_search(pb_buf_str(out), PB_LIT("\r\n\r\n"));
    int status = 0;
    if (end < 0 || sscanf(out->p, "HTTP/1.%*d %d", &status) != 1) die("no HTTP answer");
    out->n -= (size_t)end + 4;
    memmove(out->p, out->p + end + 4, out->n + 1);
    return status;
}

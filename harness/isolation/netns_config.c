/* SPDX-License-Identifier: MIT */
#include "harness/isolation/netns_config.h"

#include "base/fs.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int pb_netns_interface_up(const char *name)
{
    struct ifreq request = {0};
    PB_AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(fd, SIOCGIFFLAGS, &request) != 0) return -1;
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    return ioctl(fd, SIOCSIFFLAGS, &request);
}

struct route_request {
    struct nlmsghdr header;
    struct rtmsg route;
    char attributes[64];
};

static void add_attribute(struct route_request *r, unsigned short type, const void *data, size_t n)
{
    struct rtattr *at = (struct rtattr *)(void *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));
    at->rta_type = type;
    at->rta_len = (unsigned short)RTA_LENGTH(n);
    memcpy(RTA_DATA(at), data, n);
    r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(at->rta_len);
}

/* Sends one request and reads its acknowledgement. */
static int ask_kernel(const struct route_request *r)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
    } answer;
    PB_AUTO_FD int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0 || send(fd, r, r->header.nlmsg_len, 0) < 0) return -1;
    ssize_t n = recv(fd, &answer, sizeof answer, 0);
    if (n < 0) return -1;
    if ((size_t)n < sizeof answer.header + sizeof answer.error.error ||
        answer.header.nlmsg_type != NLMSG_ERROR) {
        errno = EPROTO;
        return -1;
    }
    errno = -answer.error.error;
    return answer.error.error ? -1 : 0;
}

int pb_netns_all_local(int family)
{
    unsigned loopback = if_nametoindex("lo");
    struct route_request r = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof r.route),
                   .nlmsg_type = RTM_NEWROUTE,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE},
        .route = {.rtm_family = (unsigned char)family,
                  .rtm_table = RT_TABLE_MAIN,
                  .rtm_protocol = RTPROT_STATIC,
                  .rtm_scope = family == AF_INET ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
                  .rtm_type = RTN_LOCAL},
    };
    add_attribute(&r, RTA_OIF, &loopback, sizeof loopback);
    return ask_kernel(&r);
}

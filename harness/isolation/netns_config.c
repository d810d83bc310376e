/* SPDX-License-Identifier: MIT */
#include "harness/isolation/netns_config.h"

#include "base/fs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_PACKETS 10000

static int open_control(const char *name, struct ifreq *request)
{
    memset(request, 0, sizeof *request);
    strncpy(request->ifr_name, name, IFNAMSIZ - 1);
    return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int set_address(int fd, struct ifreq *request, unsigned long what, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1) {
        errno = EINVAL;
        return -1;
    }
    memcpy(&request->ifr_addr, &address, sizeof address);
    return ioctl(fd, what, request);
}

int pb_netns_address(const char *name, const char *address)
{
    struct ifreq request;
    PB_AUTO_FD int fd = open_control(name, &request);
    if (fd < 0 || set_address(fd, &request, SIOCSIFADDR, address) != 0 ||
        set_address(fd, &request, SIOCSIFNETMASK, "255.255.255.252") != 0)
        return -1;
    request.ifr_qlen = QUEUE_PACKETS;
    return ioctl(fd, SIOCSIFTXQLEN, &request);
}

int pb_netns_set(const char *file, const char *value)
{
    char path[128];
    snprintf(path, sizeof path, "/proc/sys/net/%s", file);
    PB_AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(value);
    return fd >= 0 && write(fd, value, n) == (ssize_t)n ? 0 : -1;
}

int pb_netns_interface_up(const char *name)
{
    struct ifreq request;
    PB_AUTO_FD int fd = open_control(name, &request);
    if (fd < 0) return -1;
    if (ioctl(fd, SIOCGIFFLAGS, &request) != 0) return -1;
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
    return ioctl(fd, SIOCSIFFLAGS, &request);
}

struct request {
    struct nlmsghdr header;
    union {
        struct rtmsg route;
        struct ifinfomsg interface;
    };
    char attributes[64];
};

static void add_attribute(struct request *r, unsigned short type, const void *data, size_t n)
{
    struct rtattr *at = (struct rtattr *)(void *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));
    at->rta_type = type;
    at->rta_len = (unsigned short)RTA_LENGTH(n);
    memcpy(RTA_DATA(at), data, n);
    r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(at->rta_len);
}

/* Sends one request and reads its acknowledgement. */
static int ask_kernel(const struct request *r)
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

static struct request begin_route(int family, unsigned char type, const char *interface)
{
    struct request r = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof r.route),
                   .nlmsg_type = RTM_NEWROUTE,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE},
        .route = {.rtm_family = (unsigned char)family,
                  .rtm_table = RT_TABLE_MAIN,
                  .rtm_protocol = RTPROT_STATIC,
                  .rtm_scope = RT_SCOPE_UNIVERSE,
                  .rtm_type = type},
    };
    unsigned index = if_nametoindex(interface);
    add_attribute(&r, RTA_OIF, &index, sizeof index);
    return r;
}

int pb_netns_segments(const char *name, uint32_t segments)
{
    struct request r = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof r.interface),
                   .nlmsg_type = RTM_NEWLINK,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .interface = {.ifi_family = AF_UNSPEC, .ifi_index = (int)if_nametoindex(name)},
    };
    add_attribute(&r, IFLA_GSO_MAX_SEGS, &segments, sizeof segments);
    return ask_kernel(&r);
}

int pb_netns_all_local(int family)
{
    struct request r = begin_route(family, RTN_LOCAL, "lo");
    if (family == AF_INET) r.route.rtm_scope = RT_SCOPE_HOST;
    return ask_kernel(&r);
}

int pb_netns_wide_route(const char *name, const char *peer, uint32_t segments)
{
    struct request r = begin_route(AF_INET, RTN_UNICAST, name);
    struct in_addr address;
    struct {
        struct rtattr header;
        uint32_t value;
    } metrics[] = {{{sizeof *metrics, RTAX_INITCWND}, segments},
                   {{sizeof *metrics, RTAX_INITRWND}, segments}};
    if (inet_pton(AF_INET, peer, &address) != 1) {
        errno = EINVAL;
        return -1;
    }
    r.route.rtm_scope = RT_SCOPE_LINK;
    r.route.rtm_dst_len = 32;
    add_attribute(&r, RTA_DST, &address, sizeof address);
    add_attribute(&r, RTA_METRICS, metrics, sizeof metrics);
    return ask_kernel(&r);
}

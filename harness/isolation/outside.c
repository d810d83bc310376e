/* SPDX-License-Identifier: MIT */
#include "harness/isolation/outside.h"

#include "base/buf.h"
#include "base/fs.h"
#include "harness/isolation/outside_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SNAP_BYTES 512u
#define BUFFER_BYTES (1 << 20) /* what does not fit is still counted */

/* Classic BPF, see bpf(4): offsets count from the IP header, jumps from the next instruction. */
#define LOAD_BYTE(at) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (at))
#define LOAD_WORD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define IF_IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define AND(mask) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask))
#define X_IS_IPV4_HEADER_SIZE BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0)
#define DROP BPF_STMT(BPF_RET | BPF_K, 0)
#define TAKE_IF(value) IF_IS(value, 0, 1), BPF_STMT(BPF_RET | BPF_K, SNAP_BYTES)
#define DROP_UNLESS(value) IF_IS(value, 1, 0), DROP
enum { TCP = 6, UDP = 17, DNS = 53, SYN = 0x02, SYN_ACK = 0x12 };

static struct sock_filter filter[] = {
    LOAD_BYTE(0),
    AND(0xf0),
    IF_IS(0x60, 23, 0),
    DROP_UNLESS(0x40),
    /* IPv4 to another host: UDP, or the first packet of a TCP connection. */
    LOAD_BYTE(16),
    IF_IS(127, 11, 0),
    LOAD_BYTE(9),
    TAKE_IF(UDP),
    DROP_UNLESS(TCP),
    X_IS_IPV4_HEADER_SIZE,
    BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
    AND(SYN_ACK),
    TAKE_IF(SYN),
    DROP,
    /* IPv4 to loopback: a DNS query. */
    LOAD_BYTE(9),
    DROP_UNLESS(UDP),
    X_IS_IPV4_HEADER_SIZE,
    BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
    TAKE_IF(DNS),
    DROP,
    /* IPv6: is the destination ::1? */
    LOAD_WORD(24),
    IF_IS(0, 0, 13),
    LOAD_WORD(28),
    IF_IS(0, 0, 11),
    LOAD_WORD(32),
    IF_IS(0, 0, 9),
    LOAD_WORD(36),
    IF_IS(1, 0, 7),
    /* It is: a DNS query. */
    LOAD_BYTE(6),
    DROP_UNLESS(UDP),
    BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 42),
    TAKE_IF(DNS),
    DROP,
    /* It is not. */
    LOAD_BYTE(6),
    TAKE_IF(UDP),
    DROP_UNLESS(TCP),
    LOAD_BYTE(53),
    AND(SYN_ACK),
    TAKE_IF(SYN),
    DROP,
};

int pb_outside_attach(int fd)
{
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int pb_outside_open(const char *interface)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex(interface)};
    int on = 1, bytes = BUFFER_BYTES;
    PB_AUTO_FD int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || address.sll_ifindex == 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    /* Loopback shows each packet on its way out and in: once is enough. */
    if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
        pb_outside_attach(fd) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return -1;
    return pb_take_fd(&fd);
}

static void name_attempt(struct pb_outside *out, const char *text)
{
    for (size_t i = 0; i < out->named_count; i++)
        if (strcmp(out->named[i], text) == 0) return;
    if (out->named_count < PB_OUTSIDE_NAMED_MAX)
        snprintf(out->named[out->named_count++], PB_OUTSIDE_TEXT_BYTES, "%s", text);
}

int pb_outside_read(int fd, struct pb_outside *out, struct pb_err *err)
{
    uint8_t packet[SNAP_BYTES];
    char text[PB_OUTSIDE_TEXT_BYTES];
    struct tpacket_stats stats;
    socklen_t size = sizeof stats;
    ssize_t n;
    *out = (struct pb_outside){.counted = true};
    while ((n = recv(fd, packet, sizeof packet, 0)) >= 0 || errno == EINTR)
        if (n > 0 && pb_outside_packet_text(packet, (size_t)n, text, sizeof text))
            name_attempt(out, text);
    if (errno != EAGAIN) return pb_err_sys(err, errno, "read the attempts to leave");
    if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0)
        return pb_err_sys(err, errno, "count the attempts to leave");
    out->attempts = stats.tp_packets; /* those that found no room included */
    return 0;
}

void pb_outside_describe(const struct pb_outside *outside, char *out, size_t n)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1024);
    pb_buf_printf(&text, "%" PRIu64 " packets tried to reach another host than the registry",
                  outside->attempts);
    for (size_t i = 0; i < outside->named_count; i++)
        pb_buf_printf(&text, "%s%s", i ? ", " : ": ", outside->named[i]);
    snprintf(out, n, "%s", text.p);
}

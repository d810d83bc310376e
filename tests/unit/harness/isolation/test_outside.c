/* SPDX-License-Identifier: MIT */
#include "harness/isolation/outside.h"
#include "harness/isolation/outside_packet.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TCP = 6, UDP = 17, ICMP = 1, SYN = 0x02, ACK = 0x10 };

struct packet {
    uint8_t bytes[128];
    size_t n;
};

static struct packet make(const char *host, int protocol, unsigned port, int flags)
{
    struct packet p = {.n = 60};
    size_t header = strchr(host, ':') ? 40 : 20;
    if (header == 40) {
        p.bytes[0] = 0x60;
        p.bytes[6] = (uint8_t)protocol;
        cr_assert_eq(inet_pton(AF_INET6, host, p.bytes + 24), 1);
    } else {
        p.bytes[0] = 0x45;
        p.bytes[9] = (uint8_t)protocol;
        cr_assert_eq(inet_pton(AF_INET, host, p.bytes + 16), 1);
    }
    p.bytes[header + 2] = (uint8_t)(port >> 8);
    p.bytes[header + 3] = (uint8_t)port;
    p.bytes[header + 13] = (uint8_t)flags;
    return p;
}

static const struct {
    const char *host;
    int protocol;
    unsigned port;
    int flags;
    const char *text; /* NULL: the filter drops it */
} rows[] = {
    {"203.0.113.7", TCP, 443, SYN, "tcp 203.0.113.7:443"},
    {"203.0.113.7", TCP, 443, SYN | ACK, NULL},
    {"203.0.113.7", TCP, 443, ACK, NULL},
    {"203.0.113.7", UDP, 443, 0, "udp 203.0.113.7:443"},
    {"203.0.113.7", ICMP, 0, 0, NULL},
    {"127.0.0.1", TCP, 4873, SYN, NULL},
    {"127.0.0.53", UDP, 53, 0, "udp 127.0.0.53:53"},
    {"127.0.0.1", UDP, 5353, 0, NULL},
    {"2001:db8::1", TCP, 443, SYN, "tcp [2001:db8::1]:443"},
    {"2001:db8::1", TCP, 443, ACK, NULL},
    {"2001:db8::1", UDP, 443, 0, "udp [2001:db8::1]:443"},
    {"2001:db8::1", ICMP, 0, 0, NULL},
    {"::1", TCP, 443, SYN, NULL},
    {"::1", UDP, 53, 0, "udp [::1]:53"},
    {"::1", UDP, 5353, 0, NULL},
    {"::2", TCP, 80, SYN, "tcp [::2]:80"},
    {"0:0:1::1", TCP, 80, SYN, "tcp [0:0:1::1]:80"},
};

/* A filter on a datagram socket sees its payload as a packet socket's sees the packet. */
Test(outside, the_filter_passes_attempts_to_leave)
{
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
    cr_assert_eq(pb_outside_attach(pair[1]), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct packet p = make(rows[i].host, rows[i].protocol, rows[i].port, rows[i].flags);
        uint8_t got[256];
        cr_assert_eq(send(pair[0], p.bytes, p.n, 0), (ssize_t)p.n);
        ssize_t n = recv(pair[1], got, sizeof got, 0);
        cr_expect_eq(n > 0, rows[i].text != NULL, "row %zu (%s)", i, rows[i].host);
    }
    close(pair[0]);
    close(pair[1]);
}

Test(outside, packets_are_named)
{
    char text[PB_OUTSIDE_TEXT_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct packet p = make(rows[i].host, rows[i].protocol, rows[i].port, rows[i].flags);
        if (!rows[i].text) continue;
        cr_assert(pb_outside_packet_text(p.bytes, p.n, text, sizeof text));
        cr_expect_str_eq(text, rows[i].text);
    }
}

static const uint8_t question[] = "\x08registry\x07"
                                  "exam\nle\x00\x00\x01\x00\x01";

Test(outside, a_dns_query_is_named_by_its_question)
{
    struct packet p = make("192.0.2.53", UDP, 53, 0);
    char text[PB_OUTSIDE_TEXT_BYTES];
    memcpy(p.bytes + 20 + 8 + 12, question, sizeof question - 1);
    p.n = 20 + 8 + 12 + sizeof question - 1;
    cr_assert(pb_outside_packet_text(p.bytes, p.n, text, sizeof text));
    cr_expect_str_eq(text, "dns registry.exam?le");

    p.bytes[20 + 8 + 12] = 0xc0; /* a pointer has no place in a query */
    cr_assert(pb_outside_packet_text(p.bytes, p.n, text, sizeof text));
    cr_expect_str_eq(text, "udp 192.0.2.53:53");
}

Test(outside, cut_packets_are_refused)
{
    char text[PB_OUTSIDE_TEXT_BYTES];
    struct packet p = make("203.0.113.7", TCP, 443, SYN);
    for (size_t n = 0; n < 24; n++)
        cr_expect_not(pb_outside_packet_text(p.bytes, n, text, sizeof text), "%zu bytes", n);
    p.bytes[0] = 0x41; /* a header of 4 bytes */
    cr_expect_not(pb_outside_packet_text(p.bytes, p.n, text, sizeof text));
    p.bytes[0] = 0x75;
    cr_expect_not(pb_outside_packet_text(p.bytes, p.n, text, sizeof text));
}

Test(outside, attempts_are_described_in_one_line)
{
    struct pb_outside outside = {.counted = true,
                                 .attempts = 5,
                                 .named = {"dns registry.example", "tcp 203.0.113.7:443"},
                                 .named_count = 2};
    char text[256];
    pb_outside_describe(&outside, text, sizeof text);
    cr_expect_str_eq(text, "5 packets tried to reach another host than the registry: "
                           "dns registry.example, tcp 203.0.113.7:443");
}

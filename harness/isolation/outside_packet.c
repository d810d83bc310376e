/* SPDX-License-Identifier: MIT */
#include "harness/isolation/outside_packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

enum { DNS_PORT = 53, DNS_HEADER = 12, DNS_NAME_MAX = 253 };

struct transport {
    uint8_t protocol;
    const uint8_t *p; /* its header */
    size_t n;
    char host[INET6_ADDRSTRLEN + 2];
};

static bool read_ipv4(const uint8_t *packet, size_t n, struct transport *t)
{
    size_t header = (size_t)(packet[0] & 0x0f) * 4;
    if (header < 20 || n < header) return false;
    t->protocol = packet[9];
    t->p = packet + header;
    t->n = n - header;
    return inet_ntop(AF_INET, packet + 16, t->host, sizeof t->host) != NULL;
}

static bool read_ipv6(const uint8_t *packet, size_t n, struct transport *t)
{
    char host[INET6_ADDRSTRLEN];
    if (n < 40) return false;
    t->protocol = packet[6];
    t->p = packet + 40;
    t->n = n - 40;
    if (!inet_ntop(AF_INET6, packet + 24, host, sizeof host)) return false;
    snprintf(t->host, sizeof t->host, "[%s]", host);
    return true;
}

/* The first question's name, without compression: a query has nothing to point back to. */
static bool dns_name(const uint8_t *p, size_t n, char out[DNS_NAME_MAX + 1])
{
    size_t at = DNS_HEADER, length = 0;
    while (at < n && p[at] != 0) {
        size_t label = p[at++];
        if (label > 63 || label > n - at || length + label + 1 > DNS_NAME_MAX) return false;
        if (length) out[length++] = '.';
        for (; label; label--, at++)
            out[length++] = (char)(p[at] > ' ' && p[at] < 0x7f ? p[at] : '?');
    }
    out[length] = '\0';
    return length > 0 && at < n;
}

bool pb_outside_packet_text(const uint8_t *packet, size_t n, char *out, size_t out_size)
{
    struct transport t;
    char name[DNS_NAME_MAX + 1];
    if (n < 20) return false;
    bool known = packet[0] >> 4 == 4   ? read_ipv4(packet, n, &t)
                 : packet[0] >> 4 == 6 ? read_ipv6(packet, n, &t)
                                       : false;
    if (!known || t.n < 4 || (t.protocol != IPPROTO_TCP && t.protocol != IPPROTO_UDP)) return false;
    unsigned port = (unsigned)(t.p[2] << 8 | t.p[3]);
    if (t.protocol == IPPROTO_UDP && port == DNS_PORT && t.n > 8 &&
        dns_name(t.p + 8, t.n - 8, name))
        snprintf(out, out_size, "dns %s", name);
    else
        snprintf(out, out_size, "%s %s:%u", t.protocol == IPPROTO_TCP ? "tcp" : "udp", t.host,
                 port);
    return true;
}

/* SPDX-License-Identifier: MIT */
#ifndef PB_OUTSIDE_PACKET_H
#define PB_OUTSIDE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whereto a packet wanted, for people: "tcp 203.0.113.7:443", "udp [2001:db8::1]:443", or of a DNS
 * query "dns registry.example". `packet` begins with its IPv4 or IPv6 header and may be cut
 * anywhere; its content is not trusted. False: it is none of these. Formats: RFC 791, 8200, 9293,
 * 768 and 1035.
 */
bool pb_outside_packet_text(const uint8_t *packet, size_t n, char *out, size_t out_size);

#endif

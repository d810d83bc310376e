/* SPDX-License-Identifier: MIT */
/* What a measured program sends: any packet, cut anywhere. The text is one printable line. */
#include "base/err.h"
#include "harness/isolation/outside_packet.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[96];
    if (!pb_outside_packet_text(data, size, text, sizeof text)) return 0;
    PB_INVARIANT(strlen(text) < sizeof text && strlen(text) > 4);
    for (const char *c = text; *c; c++)
        PB_INVARIANT(*c >= ' ' && *c < 0x7f);
    return 0;
}

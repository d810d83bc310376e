/* SPDX-License-Identifier: MIT */
#include "harness/probes/collector_object.h"

__asm__(".pushsection .rodata\n"
        ".balign 16\n"
        ".global pb_collector_object, pb_collector_object_end\n"
        "pb_collector_object: .incbin \"" PB_COLLECTOR_OBJECT_PATH "\"\n"
        "pb_collector_object_end: .byte 0\n"
        ".popsection\n");

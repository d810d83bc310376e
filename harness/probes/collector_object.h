/* SPDX-License-Identifier: MIT */
#ifndef PB_COLLECTOR_OBJECT_H
#define PB_COLLECTOR_OBJECT_H

/* The compiled BPF object, as bytes in this program. */
extern const char pb_collector_object[], pb_collector_object_end[];

#endif

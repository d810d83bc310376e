/* SPDX-License-Identifier: MIT */
#ifndef FAKE_H
#define FAKE_H

#include "base/buf.h"

/* The parts of the fake manager (manager.c). */
enum { RESPONSE_MAX_BYTES = 64 << 20 };

_Noreturn void die(const char *what);
/* Whether $FAKE_MODE is `name`. */
bool mode(const char *name);
/* A file in the folder $FAKE_HIDDEN, which no manager file declares; static memory. */
const char *hidden(const char *name);

/* The body in `out`; returns the status. HTTP/1.0, so that the end of the connection ends the body.
 */
int get(const char *url, struct pb_buf *out);

/* Its own spans (spans.c); nothing without spans_begin(). Names need no escapes. */
void spans_begin(const char *path);
void span(const char *name, const char *package, int64_t begin_ns);
void span_async(const char *name, int id, int64_t begin_ns);
void spans_end(void);

/* What goes wrong before, and instead of, any work. */
void misbehave(const char *registry);

#endif

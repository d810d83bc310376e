/* SPDX-License-Identifier: MIT */
#ifndef PL_URI_H
#define PL_URI_H

#include "base/arena.h"
#include "base/str.h"

/* The characters that JavaScript's encodeURIComponent leaves alone, and no others. */
bool pl_uri_is_unreserved(struct pb_str s);

/* decodeURIComponent into the arena; false on a malformed escape or an encoded zero byte. */
bool pl_uri_decode(struct pb_arena *arena, struct pb_str s, struct pb_str *out);

#endif

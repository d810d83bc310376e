/* SPDX-License-Identifier: MIT */
#include "installer/manifest/uri.h"

#include "base/digest.h"

bool pl_uri_is_unreserved(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], lower = (char)(c | 0x20);
        bool alphanumeric = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
        if (!alphanumeric && (c == '\0' || !strchr("-_.!~*'()", c))) return false;
    }
    return true;
}

bool pl_uri_decode(struct pb_arena *arena, struct pb_str s, struct pb_str *out)
{
    char *text = pb_arena_cstr(arena, s);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t byte = (uint8_t)s.p[i];
        if (s.p[i] == '%') {
            size_t length;
            if (i + 2 >= s.n || !pb_unhex(pb_strn(s.p + i + 1, 2), &byte, 1, &length)) return false;
            if (byte == 0) return false;
            i += 2;
        }
        text[n++] = (char)byte;
    }
    text[n] = '\0';
    *out = pb_strn(text, n);
    return true;
}

/* SPDX-License-Identifier: MIT */
/* What validate-npm-package-name accepts for packages of any age, minus what could leave its place
 * below node_modules. */
#include "installer/manifest/manifest.h"
#include "installer/manifest/uri.h"

#include <strings.h>

enum { NAME_MAX_BYTES = 214 };

static bool is_reserved(struct pb_str part)
{
    static const char *const reserved[] = {"node_modules", "favicon.ico"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (part.n == strlen(reserved[i]) && strncasecmp(part.p, reserved[i], part.n) == 0)
            return true;
    }
    return false;
}

/* One folder name: characters that encodeURIComponent leaves alone, no leading dot. */
static bool is_safe_part(struct pb_str part)
{
    if (part.n == 0 || part.p[0] == '.' || is_reserved(part)) return false;
    return pl_uri_is_unreserved(part);
}

bool pl_name_is_safe(struct pb_str name)
{
    if (name.n == 0 || name.n > NAME_MAX_BYTES) return false;
    if (name.p[0] != '@') return name.p[0] != '_' && name.p[0] != '-' && is_safe_part(name);
    ptrdiff_t slash = pb_str_find(name, '/');
    if (slash < 0) return false;
    return is_safe_part(pb_strn(name.p + 1, (size_t)slash - 1)) &&
           is_safe_part(pb_str_skip(name, (size_t)slash + 1));
}

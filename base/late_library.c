/* SPDX-License-Identifier: MIT */
#include "base/late_library.h"

#include <dlfcn.h>
#include <string.h>

int pb_late_library_load(const char *soname, const char *const *names, void *functions, size_t n,
                         struct pb_err *err)
{
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL); /* for good */
    if (!library)
        return pb_err_set(err, PB_E_SYSTEM, "load %s: %s: install its package again", soname,
                          dlerror());
    for (size_t i = 0; i < n; i++) {
        void *found = dlsym(library, names[i]);
        if (!found)
            return pb_err_set(err, PB_E_SYSTEM, "load %s: it is too old: it has no %s", soname,
                              names[i]);
        memcpy((char *)functions + i * sizeof found, &found, sizeof found);
    }
    return 0;
}

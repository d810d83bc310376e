/* SPDX-License-Identifier: MIT */
#include "installer/late_libraries/libcurl.h"

#include <pthread.h>

struct pl_libcurl pl_libcurl;

static const char *const names[] = {PL_LIBCURL_EACH(PB_LATE_NAME)};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pb_err failure;

static void load(void)
{
    if (pb_late_library_load("libcurl.so.4", names, &pl_libcurl, sizeof names / sizeof names[0],
                             &failure) == 0)
        pb_err_clear(&failure);
}

int pl_libcurl_load(struct pb_err *err)
{
    pthread_once(&once, load);
    if (!pb_err_is_set(&failure)) return 0;
    *err = failure;
    return -1;
}

/* SPDX-License-Identifier: MIT */
#ifndef PL_LIBCURL_H
#define PL_LIBCURL_H

#include "base/late_library.h"

#include <curl/curl.h>
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt
#undef curl_share_setopt

/* <curl/curl.h> for the installer, which loads libcurl late: to be included instead of it. */

#define PL_LIBCURL_EACH(F)                                                                         \
    F(curl_easy_cleanup)                                                                           \
    F(curl_easy_getinfo)                                                                           \
    F(curl_easy_header)                                                                            \
    F(curl_easy_init)                                                                              \
    F(curl_easy_setopt)                                                                            \
    F(curl_easy_strerror)                                                                          \
    F(curl_global_init)                                                                            \
    F(curl_multi_add_handle)                                                                       \
    F(curl_multi_assign)                                                                           \
    F(curl_multi_cleanup)                                                                          \
    F(curl_multi_info_read)                                                                        \
    F(curl_multi_init)                                                                             \
    F(curl_multi_remove_handle)                                                                    \
    F(curl_multi_setopt)                                                                           \
    F(curl_multi_socket_action)                                                                    \
    F(curl_share_cleanup)                                                                          \
    F(curl_share_init)                                                                             \
    F(curl_share_setopt)                                                                           \
    F(curl_slist_append)                                                                           \
    F(curl_slist_free_all)

struct pl_libcurl {
    PL_LIBCURL_EACH(PB_LATE_MEMBER)
};
extern struct pl_libcurl pl_libcurl;

/* Before any of the functions; loads it once. Any thread. */
int pl_libcurl_load(struct pb_err *err) PB_MUST_CHECK;

#define curl_easy_cleanup pl_libcurl.curl_easy_cleanup
#define curl_easy_getinfo pl_libcurl.curl_easy_getinfo
#define curl_easy_header pl_libcurl.curl_easy_header
#define curl_easy_init pl_libcurl.curl_easy_init
#define curl_easy_setopt pl_libcurl.curl_easy_setopt
#define curl_easy_strerror pl_libcurl.curl_easy_strerror
#define curl_global_init pl_libcurl.curl_global_init
#define curl_multi_add_handle pl_libcurl.curl_multi_add_handle
#define curl_multi_assign pl_libcurl.curl_multi_assign
#define curl_multi_cleanup pl_libcurl.curl_multi_cleanup
#define curl_multi_info_read pl_libcurl.curl_multi_info_read
#define curl_multi_init pl_libcurl.curl_multi_init
#define curl_multi_remove_handle pl_libcurl.curl_multi_remove_handle
#define curl_multi_setopt pl_libcurl.curl_multi_setopt
#define curl_multi_socket_action pl_libcurl.curl_multi_socket_action
#define curl_share_cleanup pl_libcurl.curl_share_cleanup
#define curl_share_init pl_libcurl.curl_share_init
#define curl_share_setopt pl_libcurl.curl_share_setopt
#define curl_slist_append pl_libcurl.curl_slist_append
#define curl_slist_free_all pl_libcurl.curl_slist_free_all

#endif

/* SPDX-License-Identifier: MIT */
#ifndef PL_LIBARCHIVE_H
#define PL_LIBARCHIVE_H

#include "base/late_library.h"

#include <archive.h>
#include <archive_entry.h>

/* <archive.h> for the installer, which loads libarchive late: to be included instead of it. */

#define PL_LIBARCHIVE_EACH(F)                                                                      \
    F(archive_entry_clear)                                                                         \
    F(archive_entry_free)                                                                          \
    F(archive_entry_new)                                                                           \
    F(archive_entry_set_filetype)                                                                  \
    F(archive_entry_set_mtime)                                                                     \
    F(archive_entry_set_pathname)                                                                  \
    F(archive_entry_set_perm)                                                                      \
    F(archive_entry_set_size)                                                                      \
    F(archive_error_string)                                                                        \
    F(archive_filter_count)                                                                        \
    F(archive_read_data)                                                                           \
    F(archive_read_free)                                                                           \
    F(archive_read_new)                                                                            \
    F(archive_read_next_header)                                                                    \
    F(archive_read_open_fd)                                                                        \
    F(archive_read_open_memory)                                                                    \
    F(archive_read_support_filter_bzip2)                                                           \
    F(archive_read_support_filter_xz)                                                              \
    F(archive_read_support_filter_zstd)                                                            \
    F(archive_read_support_format_raw)                                                             \
    F(archive_set_error)                                                                           \
    F(archive_write_close)                                                                         \
    F(archive_write_data)                                                                          \
    F(archive_write_free)                                                                          \
    F(archive_write_header)                                                                        \
    F(archive_write_new)                                                                           \
    F(archive_write_open)                                                                          \
    F(archive_write_set_format_pax_restricted)

struct pl_libarchive {
    PL_LIBARCHIVE_EACH(PB_LATE_MEMBER)
};
extern struct pl_libarchive pl_libarchive;

/* Before any of the functions; loads it once. Any thread. */
int pl_libarchive_load(struct pb_err *err) PB_MUST_CHECK;

#define archive_entry_clear pl_libarchive.archive_entry_clear
#define archive_entry_free pl_libarchive.archive_entry_free
#define archive_entry_new pl_libarchive.archive_entry_new
#define archive_entry_set_filetype pl_libarchive.archive_entry_set_filetype
#define archive_entry_set_mtime pl_libarchive.archive_entry_set_mtime
#define archive_entry_set_pathname pl_libarchive.archive_entry_set_pathname
#define archive_entry_set_perm pl_libarchive.archive_entry_set_perm
#define archive_entry_set_size pl_libarchive.archive_entry_set_size
#define archive_error_string pl_libarchive.archive_error_string
#define archive_filter_count pl_libarchive.archive_filter_count
#define archive_read_data pl_libarchive.archive_read_data
#define archive_read_free pl_libarchive.archive_read_free
#define archive_read_new pl_libarchive.archive_read_new
#define archive_read_next_header pl_libarchive.archive_read_next_header
#define archive_read_open_fd pl_libarchive.archive_read_open_fd
#define archive_read_open_memory pl_libarchive.archive_read_open_memory
#define archive_read_support_filter_bzip2 pl_libarchive.archive_read_support_filter_bzip2
#define archive_read_support_filter_xz pl_libarchive.archive_read_support_filter_xz
#define archive_read_support_filter_zstd pl_libarchive.archive_read_support_filter_zstd
#define archive_read_support_format_raw pl_libarchive.archive_read_support_format_raw
#define archive_set_error pl_libarchive.archive_set_error
#define archive_write_close pl_libarchive.archive_write_close
#define archive_write_data pl_libarchive.archive_write_data
#define archive_write_free pl_libarchive.archive_write_free
#define archive_write_header pl_libarchive.archive_write_header
#define archive_write_new pl_libarchive.archive_write_new
#define archive_write_open pl_libarchive.archive_write_open
#define archive_write_set_format_pax_restricted                                                    \
    pl_libarchive.archive_write_set_format_pax_restricted

#endif

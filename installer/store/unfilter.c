/* SPDX-License-Identifier: MIT */
#include "installer/store/unfilter.h"

#include <archive.h>
#include <archive_entry.h>

static int fail(struct archive *a, struct pb_err *err)
{
    const char *why = archive_error_string(a);
    return pb_err_set(err, PB_E_BAD_INPUT,
                      "archive: it is neither a tar archive nor one packed by gzip, bzip2, xz or "
                      "zstd, or it is damaged: %s",
                      why ? why : "unknown format");
}

/* The filters are named one by one: archive_read_support_filter_all() includes ones that start
 * programs. */
static int set_up(struct archive *a, const void *data, size_t n)
{
    int worst = ARCHIVE_OK;
    int results[] = {archive_read_support_filter_bzip2(a), archive_read_support_filter_xz(a),
                     archive_read_support_filter_zstd(a), archive_read_support_format_raw(a)};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (results[i] < worst) worst = results[i];
    if (worst != ARCHIVE_OK) return worst; /* a library that would start a program instead */
    return archive_read_open_memory(a, data, n);
}

static int copy_out(struct archive *a, struct pb_buf *out, struct pb_err *err)
{
    struct archive_entry *entry;
    if (archive_read_next_header(a, &entry) != ARCHIVE_OK) return fail(a, err);
    /* Without a filter the raw format would hand back any bytes as they are. */
    if (archive_filter_count(a) < 2) return fail(a, err);
    for (;;) {
        const void *block;
        size_t size;
        la_int64_t offset;
        int result = archive_read_data_block(a, &block, &size, &offset);
        if (result == ARCHIVE_EOF) return 0;
        if (result != ARCHIVE_OK) return fail(a, err);
        pb_buf_add(out, block, size);
        if (!pb_buf_ok(out))
            return pb_err_set(err, PB_E_LIMIT, "archive: it unpacks to more than %zu bytes",
                              out->max);
    }
}

int pl_unfilter(const void *data, size_t n, struct pb_buf *out, struct pb_err *err)
{
    struct archive *a = archive_read_new();
    if (!a) return pb_err_set(err, PB_E_LIMIT, "archive: no memory to unpack it");
    int result = set_up(a, data, n) == ARCHIVE_OK ? copy_out(a, out, err) : fail(a, err);
    archive_read_free(a);
    return result;
}

/* SPDX-License-Identifier: MIT */
#include "installer/store/unfilter.h"

#include "installer/late_libraries/libarchive.h"
#include "installer/store/inflate.h"

#include <unistd.h>

static int fail(struct archive *a, struct pb_err *err)
{
    const char *why = archive_error_string(a);
    return pb_err_set(err, PB_E_BAD_INPUT,
                      "archive: it is neither a tar archive nor one packed by gzip, bzip2, xz or "
                      "zstd, or it is damaged: %s",
                      why ? why : "unknown format");
}

#define FILE_BLOCK ((size_t)64 << 10)

/* The filters are named one by one: archive_read_support_filter_all() includes ones that start
 * programs. */
static int set_up(struct archive *a, const struct pl_packed *in)
{
    int worst = ARCHIVE_OK;
    int results[] = {archive_read_support_filter_bzip2(a), archive_read_support_filter_xz(a),
                     archive_read_support_filter_zstd(a), archive_read_support_format_raw(a)};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (results[i] < worst) worst = results[i];
    if (worst != ARCHIVE_OK) return worst; /* a library that would start a program instead */
    if (in->fd < 0) return archive_read_open_memory(a, in->data, in->n);
    if (lseek(in->fd, 0, SEEK_SET) != 0) return ARCHIVE_FATAL;
    return archive_read_open_fd(a, in->fd, FILE_BLOCK);
}

/* Without a filter the raw format would hand back any bytes as they are. */
static bool is_filtered(struct archive *a)
{
    struct archive_entry *entry;
    return archive_read_next_header(a, &entry) == ARCHIVE_OK && archive_filter_count(a) >= 2;
}

struct archive *pl_unfilter_open(const struct pl_packed *in, struct pb_err *err)
{
    if (pl_libarchive_load(err) != 0) {
        (void)pb_err_wrap(err, "unpack");
        return NULL;
    }
    struct archive *a = archive_read_new();
    if (!a) {
        (void)pb_err_set(err, PB_E_LIMIT, "archive: no memory to unpack it");
        return NULL;
    }
    if (set_up(a, in) == ARCHIVE_OK && is_filtered(a)) return a;
    (void)fail(a, err);
    archive_read_free(a);
    return NULL;
}

int pl_unfilter_read(struct archive *a, void *to, size_t room, size_t *got, struct pb_err *err)
{
    la_ssize_t n = archive_read_data(a, to, room);
    if (n < 0) return fail(a, err);
    *got = (size_t)n;
    return 0;
}

void pl_unfilter_close(struct archive *a)
{
    if (a) archive_read_free(a);
}

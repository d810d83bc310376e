/* SPDX-License-Identifier: MIT */
#include "reports/markdown_parts.h"

#include "base/mem.h"

#include <stdlib.h>

enum { PART_MAX_BYTES = 64 << 20, NOTICE_BYTES = 400 };

struct pb_buf *pb_md_part(struct pb_md_parts *parts, enum pb_md_rank rank)
{
    PB_GROW(parts->items, parts->cap, parts->n + 1);
    struct pb_md_part *part = &parts->items[parts->n++];
    *part = (struct pb_md_part){.rank = rank, .text = PB_BUF_INIT(PART_MAX_BYTES)};
    return &part->text;
}

static size_t total_bytes(const struct pb_md_parts *parts)
{
    size_t total = 0;
    for (size_t i = 0; i < parts->n; i++)
        total += parts->items[i].left_out ? 0 : parts->items[i].text.n;
    return total;
}

/* The last of the least needed ones; NULL: only those that always stay are left. */
static struct pb_md_part *least_needed(const struct pb_md_parts *parts)
{
    struct pb_md_part *least = NULL;
    for (size_t i = 0; i < parts->n; i++) {
        struct pb_md_part *part = &parts->items[i];
        if (part->left_out || part->rank == PB_MD_ALWAYS || part->text.n == 0) continue;
        if (!least || part->rank >= least->rank) least = part;
    }
    return least;
}

static size_t shorten(struct pb_md_parts *parts, size_t max_bytes)
{
    size_t left_out = 0, total = total_bytes(parts);
    if (total <= max_bytes) return 0;
    for (struct pb_md_part *part; total + NOTICE_BYTES > max_bytes; left_out++) {
        if (!(part = least_needed(parts))) break;
        part->left_out = true;
        total -= part->text.n;
    }
    return left_out;
}

static void add_notice(struct pb_buf *out, size_t left_out, const char *workflow_url)
{
    pb_buf_printf(out, "_%zu %s left out to fit here; ", left_out,
                  left_out == 1 ? "part was" : "parts were");
    if (workflow_url && pb_str(workflow_url).n < NOTICE_BYTES / 2)
        pb_buf_printf(out, "all of it is in the report of the [workflow run](%s)._\n",
                      workflow_url);
    else
        pb_buf_add_cstr(out, "all of it is in the report of the run._\n");
}

int pb_md_write(struct pb_md_parts *parts, size_t max_bytes, const char *workflow_url,
                struct pb_buf *out, struct pb_err *err)
{
    size_t left_out = max_bytes ? shorten(parts, max_bytes) : 0;
    for (size_t i = 0; i < parts->n; i++)
        if (!pb_buf_ok(&parts->items[i].text))
            return pb_err_set(err, PB_E_LIMIT, "make the markdown report: a part is over %d bytes",
                              PART_MAX_BYTES);
    size_t total = total_bytes(parts) + (left_out ? NOTICE_BYTES : 0);
    if (max_bytes && total > max_bytes)
        return pb_err_set(err, PB_E_LIMIT,
                          "make the markdown report: its title and verdict alone need %zu of %zu "
                          "bytes: allow more",
                          total, max_bytes);
    for (size_t i = 0; i < parts->n; i++)
        if (!parts->items[i].left_out) pb_buf_add_str(out, pb_buf_str(&parts->items[i].text));
    if (left_out) add_notice(out, left_out, workflow_url);
    return 0;
}

void pb_md_parts_release(struct pb_md_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        pb_buf_release(&parts->items[i].text);
    free(parts->items);
    *parts = (struct pb_md_parts){0};
}

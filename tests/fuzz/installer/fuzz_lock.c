/* SPDX-License-Identifier: MIT */
/* Lockfiles from anywhere: what is accepted has safe places only, and what is printed is accepted
 * and printed the same again. */
#include "installer/lockfile/lock.h"
#include "installer/lockfile/lock_path.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct pl_lock *lock, struct pb_buf *out)
{
    *out = PB_BUF_INIT((size_t)1 << 26);
    pl_lock_print(lock, out);
    if (!pb_buf_ok(out)) abort();
}

static void check_places(const struct pl_lock *lock)
{
    for (size_t i = 1; i < lock->n; i++)
        if (!pl_lock_path_is_safe(lock->entries[i].path)) abort();
}

/* What printing gives must be readable. */
static void parse_and_print(const struct pb_buf *text, struct pb_buf *out)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    if (pl_lock_parse(pb_buf_str(text), "fuzz", &lock, &err)) abort();
    print(&lock, out);
    pl_lock_release(&lock);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    if (pl_lock_parse(pb_strn((const char *)data, size), "fuzz", &lock, &err) == 0) {
        /* The first print puts right what is not UTF-8; from then on nothing changes. */
        struct pb_buf first, second, third;
        check_places(&lock);
        print(&lock, &first);
        parse_and_print(&first, &second);
        parse_and_print(&second, &third);
        if (!pb_str_eq(pb_buf_str(&second), pb_buf_str(&third))) abort();
        pb_buf_release(&first);
        pb_buf_release(&second);
        pb_buf_release(&third);
    }
    pl_lock_release(&lock);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Bodies that are received: what stays in memory, what goes to a file, and that it comes out whole.
 */
#include "installer/stages/body.h"

#include "../store/temp_dir.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_BYTES ((uint64_t)64 << 20)

struct fixture {
    struct temp_dir dir;
    struct pl_body_room room;
};

static struct fixture begin(void)
{
    struct fixture f = {.dir = temp_dir_new()};
    struct pb_err err = PB_ERR_INIT;
    f.room.store = pl_store_open(f.dir.path, &err);
    cr_assert_not_null(f.room.store, "%s", err.msg);
    return f;
}

static void end(struct fixture *f)
{
    cr_assert_eq(atomic_load(&f->room.large_bytes), 0, "room is lost");
    pl_store_close(f->room.store);
    expect_tree(f->dir.fd, "v4/files", "");
    temp_dir_remove(&f->dir);
}

static char byte_at(size_t i)
{
    return (char)(i * 31 + i / 4096);
}

/* Bytes `from` to `to`, as they would come from a socket. */
static void receive(struct pl_incoming *in, size_t from, size_t to)
{
    char piece[16384];
    struct pb_err err = PB_ERR_INIT;
    while (from < to) {
        size_t n = to - from < sizeof piece ? to - from : sizeof piece;
        for (size_t i = 0; i < n; i++)
            piece[i] = byte_at(from + i);
        cr_assert_eq(pl_incoming_add(in, piece, n, &err), 0, "%s", err.msg);
        from += n;
    }
}

static struct pl_body take(struct pl_incoming *in, size_t n)
{
    struct pl_body body;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_incoming_take(in, &body, &err), 0, "%s", err.msg);
    cr_assert_eq(body.n, n);
    pl_incoming_release(in);
    char *bytes = malloc(n + 1);
    if (body.fd >= 0)
        cr_assert_eq(pread(body.fd, bytes, n + 1, 0), (ssize_t)n);
    else
        memcpy(bytes, body.data, n);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(bytes[i], byte_at(i), "byte %zu", i);
    free(bytes);
    return body;
}

static struct pl_body receive_all(struct fixture *f, size_t n, bool says_length)
{
    struct pl_incoming in;
    pl_incoming_init(&in, &f->room, MAX_BYTES);
    if (says_length) pl_incoming_expect(&in, n);
    receive(&in, 0, n);
    return take(&in, n);
}

Test(body, goes_to_a_file_only_when_it_must)
{
    static const struct {
        size_t n;
        bool says_length, in_file;
    } cases[] = {
        {0, true, false},
        {100000, false, false},
        {PL_SMALL_BODY_BYTES, false, false},
        {PL_SMALL_BODY_BYTES + 1, false, true},
        {PL_SMALL_BODY_BYTES + 1, true, false},
        {PL_LARGE_BODIES_BYTES, true, false},
        {PL_LARGE_BODIES_BYTES + 1, true, true},
    };
    struct fixture f = begin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pl_body body = receive_all(&f, cases[i].n, cases[i].says_length);
        cr_assert_eq(body.fd >= 0, cases[i].in_file, "case %zu", i);
        pl_body_release(&body);
    }
    end(&f);
}

Test(body, large_ones_share_the_room_until_they_are_released)
{
    struct fixture f = begin();
    size_t half = PL_LARGE_BODIES_BYTES / 2;
    struct pl_body one = receive_all(&f, half, true), two = receive_all(&f, half, true);
    struct pl_body late = receive_all(&f, half, true), small = receive_all(&f, 1000, true);
    cr_assert(one.fd < 0 && two.fd < 0 && small.fd < 0);
    cr_assert_geq(late.fd, 0);
    pl_body_release(&one);
    struct pl_body next = receive_all(&f, half, true);
    cr_assert_lt(next.fd, 0);
    pl_body_release(&two);
    pl_body_release(&late);
    pl_body_release(&small);
    pl_body_release(&next);
    end(&f);
}

/* A transfer that broke off begins anew, possibly shorter. */
Test(body, begins_anew_after_a_reset)
{
    static const size_t firsts[] = {1000, PL_SMALL_BODY_BYTES * 3};
    for (size_t i = 0; i < 2; i++)
        for (int says_length = 0; says_length < 2; says_length++) {
            struct fixture f = begin();
            struct pl_incoming in;
            pl_incoming_init(&in, &f.room, MAX_BYTES);
            if (says_length) pl_incoming_expect(&in, firsts[i]);
            receive(&in, 5, firsts[i]);
            pl_incoming_reset(&in);
            receive(&in, 0, 2000);
            struct pl_body body = take(&in, 2000);
            pl_body_release(&body);
            end(&f);
        }
}

Test(body, keeps_to_its_ceiling)
{
    struct fixture f = begin();
    for (int said = 0; said < 2; said++) {
        struct pl_incoming in;
        char byte = 'x';
        struct pb_err err = PB_ERR_INIT;
        size_t most = PL_SMALL_BODY_BYTES * 2;
        pl_incoming_init(&in, &f.room, most);
        if (said) pl_incoming_expect(&in, most);
        receive(&in, 0, most);
        cr_assert_eq(pl_incoming_add(&in, &byte, 1, &err), -1);
        cr_assert_eq(err.code, PB_E_LIMIT);
        pl_incoming_release(&in);
    }
    end(&f);
}

Test(body, says_more_than_it_sends)
{
    struct fixture f = begin();
    struct pl_incoming in;
    pl_incoming_init(&in, &f.room, MAX_BYTES);
    pl_incoming_expect(&in, PL_SMALL_BODY_BYTES * 4);
    receive(&in, 0, 10);
    struct pl_body body = take(&in, 10);
    cr_assert_eq(atomic_load(&f.room.large_bytes), 10);
    pl_body_release(&body);
    end(&f);
}

/* SPDX-License-Identifier: MIT */
#include "unpacking.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int new_folder(int dirfd, const char *name)
{
    cr_assert_eq(mkdirat(dirfd, name, 0777), 0);
    return openat(dirfd, name, O_RDONLY | O_DIRECTORY);
}

/* The package as a target would show it. */
static void lay_out(const struct unpacked *u)
{
    for (size_t i = 0; i < u->package.dir_count; i++)
        cr_assert_eq(mkdirat(u->in, u->package.dirs[i].p, 0777), 0);
    for (size_t i = 0; i < u->package.file_count; i++) {
        char name[PL_STORED_NAME_MAX];
        pl_stored_name(u->package.files[i].number, name);
        cr_assert_eq(linkat(u->packed, name, u->in, u->package.files[i].path.p, 0), 0);
    }
}

struct unpacked unpack_packed(const struct pl_packed *packed,
                              const struct pl_untar_options *options)
{
    struct unpacked u = {.dir = temp_dir_new()};
    u.packed = new_folder(u.dir.fd, "packed");
    u.in = new_folder(u.dir.fd, "in");
    u.boxes = pl_boxes_new(u.packed);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pl_unpacked unpacked;
    u.result = pl_untar(u.boxes, packed, options, &inflater, &u.arena, &unpacked, &u.err);
    u.package = unpacked.package;
    u.made_count = unpacked.made_count;
    pl_inflater_release(&inflater);
    if (u.result == 0) lay_out(&u);
    return u;
}

struct unpacked unpack_with(const struct pb_buf *tar, const struct pl_untar_options *options)
{
    return unpack_packed(&PL_PACKED(tar->p, tar->n), options);
}

struct unpacked unpack(const struct pb_buf *tar)
{
    struct unpacked u = unpack_with(tar, NULL);
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    return u;
}

void unpacked_done(struct unpacked *u)
{
    pl_boxes_free(u->boxes);
    close(u->packed);
    close(u->in);
    pb_arena_release(&u->arena);
    temp_dir_remove(&u->dir);
}

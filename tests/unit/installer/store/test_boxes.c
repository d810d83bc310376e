/* SPDX-License-Identifier: MIT */
#include "installer/store/boxes.h"

#include "base/fs.h"

#include "temp_dir.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t next_number(struct pl_boxes *boxes, struct pl_box *box)
{
    uint64_t number;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_box_number(boxes, box, &number, &err), 0, "%s", err.msg);
    return number;
}

/* Makes the file by its short name and expects it under the long one. */
static void make_file(struct pl_boxes *boxes, const struct pl_box *box, uint64_t number)
{
    char name[PL_STORED_NAME_MAX];
    pl_stored_name(number, name);
    write_text(box->fd, name + PL_STORED_NAME_IN_BOX, "x");
    expect_text(pl_boxes_dirfd(boxes), name, "x");
}

Test(boxes, numbers_name_files)
{
    static const struct {
        uint64_t number;
        const char *name;
    } names[] = {{0, "00000000/00/00"},        {63, "00000000/00/3f"},
                 {64, "00000000/01/00"},       {64 * 256 - 1, "00000000/ff/3f"},
                 {64 * 256, "00000001/00/00"}, {((uint64_t)1 << 46) - 1, "ffffffff/ff/3f"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[PL_STORED_NAME_MAX];
        pl_stored_name(names[i].number, name);
        cr_assert_str_eq(name, names[i].name);
    }
}

Test(boxes, a_box_is_filled_by_one_and_goes_on_where_it_was)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_boxes *boxes = pl_boxes_new(dir.fd);
    struct pl_box a = pl_box_take(boxes), b = pl_box_take(boxes);
    uint64_t first = next_number(boxes, &a), other = next_number(boxes, &b);
    cr_assert_eq(other, first + PL_BOX_FILES);
    make_file(boxes, &a, first);
    make_file(boxes, &b, other);
    pl_box_give(boxes, &a);
    struct pl_box again = pl_box_take(boxes);
    cr_assert_eq(next_number(boxes, &again), first + 1);
    make_file(boxes, &again, first + 1);
    pl_box_give(boxes, &b);
    pl_box_give(boxes, &again);
    pl_boxes_free(boxes);
    cr_assert_eq(count_files(dir.fd, "."), 3);
    temp_dir_remove(&dir);
}

Test(boxes, full_boxes_and_racks_are_followed_by_new_ones)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_boxes *boxes = pl_boxes_new(dir.fd);
    struct pl_box box = pl_box_take(boxes);
    uint64_t first = next_number(boxes, &box), last = first;
    for (unsigned i = 1; i < PL_BOX_FILES * PL_RACK_BOXES; i++) {
        uint64_t number = next_number(boxes, &box);
        cr_assert_eq(number, last + 1);
        last = number;
    }
    uint64_t next = next_number(boxes, &box);
    cr_assert_neq(next / PL_BOX_FILES / PL_RACK_BOXES, first / PL_BOX_FILES / PL_RACK_BOXES);
    make_file(boxes, &box, next);
    pl_box_give(boxes, &box);
    pl_boxes_free(boxes);
    temp_dir_remove(&dir);
}

Test(boxes, racks_are_locked_while_in_use)
{
    struct temp_dir dir = temp_dir_new();
    struct pl_boxes *boxes = pl_boxes_new(dir.fd);
    struct pl_box box = pl_box_take(boxes);
    uint64_t number = next_number(boxes, &box);
    make_file(boxes, &box, number);
    char rack[PL_STORED_NAME_MAX];
    pl_stored_name(number, rack);
    rack[8] = '\0';
    PB_AUTO_FD int fd = openat(dir.fd, rack, O_RDONLY | O_DIRECTORY);
    cr_assert_neq(flock(fd, LOCK_EX | LOCK_NB), 0);
    pl_box_give(boxes, &box);
    pl_boxes_free(boxes);
    cr_assert_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
    temp_dir_remove(&dir);
}

Test(boxes, what_was_never_filled_does_not_stay)
{
    struct temp_dir dir = temp_dir_new();
    pl_boxes_free(pl_boxes_new(dir.fd));
    struct pl_boxes *boxes = pl_boxes_new(dir.fd);
    struct pl_box box = pl_box_take(boxes);
    uint64_t numbers[3];
    for (size_t i = 0; i < 3; i++)
        numbers[i] = next_number(boxes, &box);
    make_file(boxes, &box, numbers[0]);
    make_file(boxes, &box, numbers[2]);
    pl_boxes_discard(boxes, numbers, 3); /* one was never made */
    pl_box_give(boxes, &box);
    pl_boxes_free(boxes);
    expect_tree(dir.fd, ".", "");
    temp_dir_remove(&dir);
}

Test(boxes, a_folder_that_cannot_be_made_is_an_error)
{
    struct temp_dir dir = temp_dir_new();
    write_text(dir.fd, "file", "");
    PB_AUTO_FD int no_folder = openat(dir.fd, "file", O_RDONLY);
    struct pl_boxes *boxes = pl_boxes_new(no_folder);
    struct pl_box box = pl_box_take(boxes);
    uint64_t number;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_box_number(boxes, &box, &number, &err), -1);
    cr_assert(strstr(err.msg, "cannot create a folder"), "%s", err.msg);
    pl_box_give(boxes, &box);
    pl_boxes_free(boxes);
    temp_dir_remove(&dir);
}

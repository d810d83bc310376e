/* SPDX-License-Identifier: MIT */
#include "installer/store/boxes.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BITS 6
#define BOX_BITS 8
#define IDLE_MAX 64
#define RACK_TRIES 16

_Static_assert(PL_BOX_FILES == 1u << FILE_BITS && PL_RACK_BOXES == 1u << BOX_BITS, "one layout");

struct rack {
    uint32_t name;
    int fd; /* holds the lock */
};

struct pl_boxes {
    int dirfd;
    pthread_mutex_t lock; /* guards all below it */
    struct rack *racks;   /* the last one is being filled */
    size_t n, cap;
    uint32_t next_box; /* of it */
    struct pl_box idle[IDLE_MAX];
    size_t idle_count;
};

static char *add_hex(char *out, uint32_t number, unsigned digits)
{
    for (unsigned i = digits; i-- > 0;)
        *out++ = "0123456789abcdef"[number >> 4 * i & 15];
    return out;
}

void pl_stored_name(uint64_t number, char out[PL_STORED_NAME_MAX])
{
    out = add_hex(out, (uint32_t)(number >> (FILE_BITS + BOX_BITS)), 8);
    *out++ = '/';
    out = add_hex(out, number >> FILE_BITS & (PL_RACK_BOXES - 1), 2);
    *out++ = '/';
    out = add_hex(out, number & (PL_BOX_FILES - 1), 2);
    *out = '\0';
}

int pl_number_cmp(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

struct pl_boxes *pl_boxes_new(int dirfd)
{
    struct pl_boxes *boxes = pb_calloc(1, sizeof *boxes);
    boxes->dirfd = dirfd;
    (void)pthread_mutex_init(&boxes->lock, NULL);
    return boxes;
}

int pl_boxes_dirfd(const struct pl_boxes *boxes)
{
    return boxes->dirfd;
}

static void rack_name(uint32_t name, char out[9])
{
    *add_hex(out, name, 8) = '\0';
}

/* The name of the folder that the number's file stands in. */
static void box_name(uint64_t number, char out[PL_STORED_NAME_MAX])
{
    pl_stored_name(number, out);
    out[PL_STORED_NAME_IN_BOX - 1] = '\0';
}

/* --- racks --- */

/*
 * A rack is locked before it gets its name, so that nobody sees one that its maker has not locked
 * yet. Prune may take the unnamed folder away between two of these steps: then it is made again.
 */
static int make_rack(const struct pl_boxes *boxes, struct rack *rack)
{
    char name[9], unnamed[16];
    if (getrandom(&rack->name, sizeof rack->name, 0) < 0) return -1; /* so few come whole */
    rack_name(rack->name, name);
    (void)snprintf(unnamed, sizeof unnamed, "new-%s", name);
    if (mkdirat(boxes->dirfd, unnamed, 0777) != 0) return -1;
    rack->fd = openat(boxes->dirfd, unnamed, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (rack->fd >= 0 && flock(rack->fd, LOCK_EX | LOCK_NB) == 0 &&
        renameat(boxes->dirfd, unnamed, boxes->dirfd, name) == 0)
        return 0;
    int sys = errno;
    pb_cleanup_close(&rack->fd);
    (void)unlinkat(boxes->dirfd, unnamed, AT_REMOVEDIR);
    errno = sys;
    return -1;
}

static int add_rack(struct pl_boxes *boxes, struct pb_err *err)
{
    struct rack rack = {.fd = -1};
    for (unsigned tries = 0; make_rack(boxes, &rack) != 0; tries++) {
        bool is_disturbed =
            errno == EEXIST || errno == ENOTEMPTY || errno == ENOENT || errno == EWOULDBLOCK;
        if (!is_disturbed || tries == RACK_TRIES)
            return pb_err_sys(err, errno, "store: cannot create a folder for files");
    }
    PB_GROW(boxes->racks, boxes->cap, boxes->n + 1);
    boxes->racks[boxes->n++] = rack;
    boxes->next_box = 0;
    return 0;
}

void pl_boxes_free(struct pl_boxes *boxes)
{
    if (!boxes) return;
    for (size_t i = 0; i < boxes->idle_count; i++) {
        char name[PL_STORED_NAME_MAX];
        box_name(boxes->idle[i].next - 1, name);
        (void)unlinkat(boxes->dirfd, name, AT_REMOVEDIR); /* succeeds on empty ones */
        pb_cleanup_close(&boxes->idle[i].fd);
    }
    for (size_t i = 0; i < boxes->n; i++) {
        char name[9];
        rack_name(boxes->racks[i].name, name);
        (void)unlinkat(boxes->dirfd, name, AT_REMOVEDIR);
        (void)close(boxes->racks[i].fd);
    }
    (void)pthread_mutex_destroy(&boxes->lock);
    free(boxes->racks);
    free(boxes);
}

/* --- boxes --- */

struct pl_box pl_box_take(struct pl_boxes *boxes)
{
    struct pl_box box = {.fd = -1};
    (void)pthread_mutex_lock(&boxes->lock);
    if (boxes->idle_count > 0) box = boxes->idle[--boxes->idle_count];
    (void)pthread_mutex_unlock(&boxes->lock);
    return box;
}

void pl_box_give(struct pl_boxes *boxes, struct pl_box *box)
{
    if (box->fd < 0) return;
    (void)pthread_mutex_lock(&boxes->lock);
    bool is_kept = boxes->idle_count < IDLE_MAX;
    if (is_kept) boxes->idle[boxes->idle_count++] = *box;
    (void)pthread_mutex_unlock(&boxes->lock);
    if (!is_kept) (void)close(box->fd);
    box->fd = -1;
}

static int take_box_number(struct pl_boxes *boxes, uint64_t *first, struct pb_err *err)
{
    int result = 0;
    (void)pthread_mutex_lock(&boxes->lock);
    if (boxes->n == 0 || boxes->next_box == PL_RACK_BOXES) result = add_rack(boxes, err);
    if (result == 0)
        *first = ((uint64_t)boxes->racks[boxes->n - 1].name << BOX_BITS | boxes->next_box++)
                 << FILE_BITS;
    (void)pthread_mutex_unlock(&boxes->lock);
    return result;
}

static int new_box(struct pl_boxes *boxes, struct pl_box *box, struct pb_err *err)
{
    char name[PL_STORED_NAME_MAX];
    pb_cleanup_close(&box->fd);
    if (take_box_number(boxes, &box->next, err) != 0) return -1;
    box_name(box->next, name);
    if (mkdirat(boxes->dirfd, name, 0777) != 0)
        return pb_err_sys(err, errno, "store: cannot create a folder: %s", name);
    box->fd = openat(boxes->dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (box->fd < 0) return pb_err_sys(err, errno, "store: cannot open a folder: %s", name);
    return 0;
}

int pl_box_number(struct pl_boxes *boxes, struct pl_box *box, uint64_t *number, struct pb_err *err)
{
    bool is_full = box->next % PL_BOX_FILES == 0;
    if ((box->fd < 0 || is_full) && new_box(boxes, box, err) != 0) return -1;
    *number = box->next++;
    return 0;
}

void pl_boxes_discard(struct pl_boxes *boxes, const uint64_t *numbers, size_t n)
{
    char name[PL_STORED_NAME_MAX];
    for (size_t i = 0; i < n; i++) {
        pl_stored_name(numbers[i], name);
        (void)unlinkat(boxes->dirfd, name, 0);
    }
}

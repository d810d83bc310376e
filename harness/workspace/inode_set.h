/* SPDX-License-Identifier: MIT */
#ifndef PB_INODE_SET_H
#define PB_INODE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* The inodes seen so far, so that hard links are counted once. Zero-initialised, then released. */
struct pb_inode_set {
    struct pb_inode {
        uint64_t dev, ino; /* ino 0: free slot (no file system uses it) */
    } * slots;
    size_t n, cap;
};

/* True the first time; an inode with a single link is not remembered. */
bool pb_inode_set_add(struct pb_inode_set *set, const struct stat *st);
void pb_inode_set_release(struct pb_inode_set *set);

#endif

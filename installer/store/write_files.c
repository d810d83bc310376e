/* SPDX-License-Identifier: MIT */
#include "installer/store/write_files.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/store/shebang.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Longer chains than real packages have are not followed to their end: a crafted package would
 * make them as long as it likes. */
#define CHAIN_MAX 64

/* Content in up to two pieces, and more behind them: what is left out lies between the two. */
struct content {
    struct pb_str head, tail;
    bool is_all;
};

struct pl_file_writer pl_file_writer(struct pl_boxes *boxes, struct pl_same_files *same)
{
    return (struct pl_file_writer){.boxes = boxes, .box = pl_box_take(boxes), .same = same};
}

void pl_file_writer_release(struct pl_file_writer *writer)
{
    pl_box_give(writer->boxes, &writer->box);
    free(writer->files);
    writer->files = NULL;
}

static struct content content_of(const struct pl_tar_entry *entry, bool is_bin)
{
    struct content c = {.head = entry->data, .is_all = entry->data.n == entry->bytes};
    size_t cr = is_bin ? pl_shebang_cr(entry->data) : 0;
    if (cr == 0) return c;
    c.head = pb_strn(entry->data.p, cr);
    c.tail = pb_str_skip(entry->data, cr + 1);
    return c;
}

static int write_piece(int fd, struct pb_str piece, struct pl_written *file, struct pb_err *err)
{
    if (piece.n == 0) return 0;
    file->bytes += piece.n;
    return pb_write_all(fd, piece.p, piece.n, err);
}

static int write_rest(int fd, struct pl_tar_reader *reader, struct pl_written *file,
                      struct pb_err *err)
{
    struct pb_str piece;
    int got;
    while ((got = pl_tar_rest(reader, &piece, err)) > 0) {
        file->crc32 = libdeflate_crc32(file->crc32, piece.p, piece.n);
        if (write_piece(fd, piece, file, err) != 0) return -1;
    }
    return got;
}

static int write_content(int fd, const struct content *content, struct pl_tar_reader *reader,
                         struct pl_written *file, struct pb_err *err)
{
    file->bytes = 0;
    if (write_piece(fd, content->head, file, err) != 0) return -1;
    if (write_piece(fd, content->tail, file, err) != 0) return -1;
    return content->is_all ? 0 : write_rest(fd, reader, file, err);
}

static int create(const struct pl_file_writer *writer, const struct content *content,
                  struct pl_tar_reader *reader, struct pl_written *file, const char *path,
                  struct pb_err *err)
{
    char stored[PL_STORED_NAME_MAX];
    pl_stored_name(file->number, stored);
    const char *name = stored + PL_STORED_NAME_IN_BOX;
    mode_t mode = 0666 | (file->mode & 0111); /* & ~umask, as npm */
    int fd =
        openat(writer->box.fd, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) return pb_err_sys(err, errno, "unpack: cannot create: %s", path);
    int result = write_content(fd, content, reader, file, err);
    if (result != 0) (void)pb_err_wrap(err, "unpack: %s", path);
    if (close(fd) != 0 && result == 0)
        result = pb_err_sys(err, errno, "unpack: cannot write: %s", path);
    if (result != 0) (void)unlinkat(writer->box.fd, name, 0);
    return result;
}

/* Empty files stay apart: an edit of one would fill them all. */
static bool may_be_shared(const struct pl_file_writer *writer, const struct content *content)
{
    return writer->same && content->head.n > 0 && content->tail.n == 0 && content->is_all;
}

static bool is_alike(const struct pl_file_writer *writer, const struct pl_tar_reader *reader,
                     const struct pl_written *other, const struct pl_written *file)
{
    if (other->crc32 != file->crc32 || other->mode != file->mode || other->bytes != file->bytes)
        return false;
    if (other->data.n > 0 && other->given_up == reader->given_up)
        return pb_str_eq(other->data, file->data);
    return pl_file_holds(pl_boxes_dirfd(writer->boxes), other->number, file->data);
}

/* A file before it with its mode and bytes, or NULL. */
static const struct pl_written *find_alike(const struct pl_file_writer *writer,
                                           const struct pl_tar_reader *reader,
                                           const struct pl_written *file)
{
    uint32_t at = writer->chains[file->crc32 % PL_WRITTEN_CHAINS];
    for (unsigned steps = 0; at > 0 && steps < CHAIN_MAX; steps++) {
        const struct pl_written *other = &writer->files[at - 1];
        if (is_alike(writer, reader, other, file)) return other;
        at = other->next_alike;
    }
    return NULL;
}

static void add(struct pl_file_writer *writer, const struct pl_written *file)
{
    PB_GROW(writer->files, writer->cap, writer->n + 1);
    writer->files[writer->n++] = *file;
}

/* Later ones of the package may be the same. */
static void add_new(struct pl_file_writer *writer, const struct pl_written *file)
{
    add(writer, file);
    struct pl_written *added = &writer->files[writer->n - 1];
    uint32_t *chain = &writer->chains[file->crc32 % PL_WRITTEN_CHAINS];
    added->next_alike = *chain;
    *chain = (uint32_t)writer->n;
}

/* True when the package has a file with its content and mode already. */
static bool is_there(struct pl_file_writer *writer, const struct pl_tar_reader *reader,
                     struct pl_written *file)
{
    const struct pl_written *alike = find_alike(writer, reader, file);
    if (!alike) return false;
    file->number = alike->number;
    add(writer, file);
    return true;
}

/* True when another package has it. */
static bool is_shared(struct pl_file_writer *writer, struct pl_written *file)
{
    const struct pl_store_file wanted = {
        .mode = file->mode, .crc32 = file->crc32, .bytes = file->bytes};
    if (!pl_same_files_find(writer->same, &wanted, file->data, &file->number)) return false;
    add_new(writer, file);
    return true;
}

int pl_write_file(struct pl_file_writer *writer, struct pl_tar_reader *reader,
                  const struct pl_tar_entry *entry, bool is_bin, const char *path,
                  struct pb_err *err)
{
    struct content content = content_of(entry, is_bin);
    struct pl_written file = {.mode = 0644 | (is_bin ? 0111 : entry->exec_bits)};
    file.crc32 = libdeflate_crc32(0, content.head.p, content.head.n);
    if (content.tail.n > 0) /* NULL would begin anew */
        file.crc32 = libdeflate_crc32(file.crc32, content.tail.p, content.tail.n);
    bool may_share = may_be_shared(writer, &content);
    if (may_share) {
        file.bytes = entry->bytes;
        file.data = content.head;
        file.given_up = reader->given_up;
        if (is_there(writer, reader, &file) || is_shared(writer, &file)) return 0;
    }
    if (pl_box_number(writer->boxes, &writer->box, &file.number, err) != 0) return -1;
    if (create(writer, &content, reader, &file, path, err) != 0) return -1;
    file.is_made = true;
    add_new(writer, &file);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include "sample_package.h"

#include "base/digest.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <criterion/criterion.h>
#include <stdio.h>

void sample_archive(unsigned number, struct pb_buf *out)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%u", number);
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "package/package.json", text);
    tar_add_file(&tar, "package/lib/a.js", "module.exports = 1\n");
    tar_add_file(&tar, "package/lib/deep/b.js", "module.exports = 2\n");
    tar_add_file(&tar, "package/empty.js", "");
    tar_add_header(&tar, &(struct tar_header){.name = "package/cli.js", .mode = 0755, .size = 7});
    tar_add_data(&tar, "#!node\n", 7);
    tar_end(&tar);
    gzip_add(out, tar.p, tar.n);
}

void sample_key(unsigned number, char out[128])
{
    struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
    sample_archive(number, &gz);
    uint8_t digest[PB_DIGEST_MAX];
    size_t n = pb_digest_once(PB_SHA512, gz.p, gz.n, digest);
    (void)snprintf(out, 128, "sha512-");
    pb_base64(digest, n, out + strlen(out));
}

const struct pl_store_package *sample_read(struct pl_store *store, const char *key)
{
    static struct pb_arena arena;
    return pl_store_find(store, pb_str(key), &arena);
}

const struct pl_store_package *sample_add(struct pl_store *store, unsigned number)
{
    struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
    char key[128];
    bool reused;
    struct pb_err err = PB_ERR_INIT;
    sample_archive(number, &gz);
    sample_key(number, key);
    cr_assert_eq(
        pl_store_add_archive(store, pb_str(key), &PL_PACKED(gz.p, gz.n), NULL, &reused, &err), 0,
        "%s", err.msg);
    const struct pl_store_package *package = sample_read(store, key);
    cr_assert_not_null(package);
    return package;
}

const char *sample_stored(const struct pl_store_package *package, const char *path)
{
    static char out[PL_STORED_NAME_MAX];
    for (size_t i = 0; i < package->file_count; i++) {
        pl_stored_name(package->files[i].number, out);
        if (pb_str_is(package->files[i].path, path)) return out;
    }
    cr_assert_fail("%s is not in the package", path);
    return NULL;
}

struct pl_store *sample_store(const char *parent)
{
    char path[4096];
    struct pb_err err = PB_ERR_INIT;
    (void)snprintf(path, sizeof path, "%s/store", parent);
    struct pl_store *store = pl_store_open(path, &err);
    cr_assert_not_null(store, "%s", err.msg);
    return store;
}

const struct pl_store_package *sample_find(struct pl_store *store, unsigned number)
{
    char key[128];
    sample_key(number, key);
    return sample_read(store, key);
}

void expect_sample(struct pl_store *store, const struct pl_store_package *p, unsigned number)
{
    char key[128], text[32];
    sample_key(number, key);
    (void)snprintf(text, sizeof text, "%u", number);
    cr_assert_not_null(p);
    cr_assert(pb_str_is(p->key, key));
    cr_assert_eq(p->file_count, SAMPLE_FILES);
    cr_assert_eq(p->dir_count, 2);
    cr_assert_str_eq(p->dirs[0].p, "lib");
    cr_assert_str_eq(p->dirs[1].p, "lib/deep");
    cr_assert_str_eq(p->files[0].path.p, "cli.js");
    cr_assert_eq(p->files[0].mode, 0755);
    cr_assert_eq(p->files[1].bytes, 0);
    cr_assert_eq(p->bytes, 7 + 19 + 19 + strlen(text));
    expect_text(pl_store_dirfd(store), sample_stored(p, "package.json"), text);
    expect_text(pl_store_dirfd(store), sample_stored(p, "lib/deep/b.js"), "module.exports = 2\n");
}

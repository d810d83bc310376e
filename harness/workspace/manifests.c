/* SPDX-License-Identifier: MIT */
#include "harness/workspace/manifests.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/json.h"
#include "harness/workspace/tree_walk.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PACKAGE_JSON_MAX_BYTES (16u << 20)

/* The walk is in directory order, which differs between copies: digests of single files are added
 * up, so that their order does not matter. */
struct digesting {
    uint8_t sum[32];
    struct pb_buf text;
};

static void add_file(struct digesting *d, const char *path)
{
    uint8_t one[PB_DIGEST_MAX];
    struct pb_digest *digest = pb_digest_new(PB_SHA256);
    pb_digest_add(digest, path, strlen(path) + 1);
    pb_digest_add(digest, d->text.p, d->text.n);
    pb_digest_finish(digest, one);
    pb_digest_free(digest);
    unsigned carry = 0;
    for (size_t i = 0; i < sizeof d->sum; i++) {
        carry += (unsigned)d->sum[i] + one[i];
        d->sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static enum pb_walk_next visit(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    struct digesting *d = user;
    if (e->type == DT_DIR)
        return e->name[0] == '.' || strcmp(e->name, "node_modules") == 0 ? PB_WALK_SKIP
                                                                         : PB_WALK_ENTER;
    if (e->type != DT_REG || strcmp(e->name, "package.json") != 0) return PB_WALK_ENTER;
    pb_buf_clear(&d->text);
    if (pb_read_file(e->dirfd, e->name, &d->text, err) != 0) return PB_WALK_FAIL;
    add_file(d, e->path);
    return PB_WALK_ENTER;
}

int pb_manifests_digest(const char *project, char digest[65], struct pb_err *err)
{
    struct digesting d = {.text = PB_BUF_INIT(PACKAGE_JSON_MAX_BYTES)};
    int rc = pb_walk(project, visit, &d, err);
    pb_buf_release(&d.text);
    if (rc != 0) return pb_err_wrap(err, "read the package.json files of %s", project);
    pb_hex(d.sum, sizeof d.sum, digest);
    return 0;
}

static int load(const char *project, struct pb_json *doc, struct pb_err *err)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/package.json", project);
    return pb_json_load(doc, AT_FDCWD, path, PACKAGE_JSON_MAX_BYTES, err);
}

int pb_manifest_unpin(const char *project, bool *removed, struct pb_err *err)
{
    struct pb_json doc;
    *removed = false;
    int rc = load(project, &doc, err);
    if (rc == 0) {
        cJSON *engines = cJSON_GetObjectItemCaseSensitive(doc.root, "devEngines");
        *removed =
            pb_json_get(doc.root, "packageManager") || pb_json_get(engines, "packageManager");
        cJSON_DeleteItemFromObjectCaseSensitive(doc.root, "packageManager");
        cJSON_DeleteItemFromObjectCaseSensitive(engines, "packageManager");
    }
    if (*removed) {
        char path[PATH_MAX];
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PACKAGE_JSON_MAX_BYTES);
        snprintf(path, sizeof path, "%s/package.json", project);
        pb_json_print(doc.root, &text);
        pb_buf_add_char(&text, '\n');
        rc = pb_write_file(AT_FDCWD, path, pb_buf_str(&text), 0644, err);
    }
    pb_json_free(&doc);
    return rc;
}

bool pb_manifest_pin(const char *project, char out[64])
{
    struct pb_json doc;
    bool found = false;
    if (load(project, &doc, NULL) == 0) {
        const char *pin = pb_json_cstr(doc.root, "packageManager");
        const cJSON *engine = pb_json_get(pb_json_get(doc.root, "devEngines"), "packageManager");
        if (!pin) pin = pb_json_cstr(engine, "name");
        found = pin || engine;
        snprintf(out, 64, "%s", pin ? pin : "several");
    }
    pb_json_free(&doc);
    return found;
}

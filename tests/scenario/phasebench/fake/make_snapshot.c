/* SPDX-License-Identifier: MIT */
/* A tiny registry snapshot with its project, for tests with the fake manager: make_snapshot DIR. */
#include "base/fs.h"
#include "fixtures/registry/snapshot.h"

#include <fcntl.h>
#include <stdio.h>

static int add(struct pb_snapshot *s, enum pb_response_class class, const char *path,
               struct pb_str body, struct pb_err *err)
{
    struct pb_response r = {.path = pb_str(path),
                            .class = class,
                            .status = 200,
                            .content_type = class == PB_RESPONSE_TARBALL
                                                ? PB_LIT("application/octet-stream")
                                                : PB_LIT("application/json")};
    return pb_snapshot_add(s, &r, body, err);
}

/* The fake manager keeps tarballs as they are, so they need not be archives. */
static int add_package(struct pb_snapshot *s, const char *name, struct pb_err *err)
{
    static const char leaves_mark[] =
        "\"scripts\":{\"postinstall\":\": > \\\"$INIT_CWD/.phasebench-script-ran\\\"\"},";
    const char *script = name[0] == 'g' ? leaves_mark : "";
    char tarball[64], metadata[512], body[4096];
    snprintf(tarball, sizeof tarball, "%s/-/%s-1.0.0.tgz", name, name);
    snprintf(metadata, sizeof metadata,
             "{\"name\":\"%s\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{"
             "\"name\":\"%s\","
             "\"version\":\"1.0.0\",%s\"dist\":{\"tarball\":\"" PB_REGISTRY_MARKER "%s\"}}}}",
             name, name, script, tarball);
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)(name[0] + (int)(i % 7));
    if (add(s, PB_RESPONSE_FULL, name, pb_str(metadata), err) != 0) return -1;
    return add(s, PB_RESPONSE_TARBALL, tarball, pb_strn(body, sizeof body), err);
}

static int make(const char *dir, struct pb_err *err)
{
    static const char *const names[] = {"alpha", "beta", "gamma", "delta"};
    static const char project[] =
        "{\"name\":\"tiny\",\"version\":\"1.0.0\",\"dependencies\":{\"alpha\":\"^1.0.0\","
        "\"beta\":\"^1.0.0\"},\"devDependencies\":{\"gamma\":\"^1.0.0\"}}\n";
    struct pb_snapshot s = PB_SNAPSHOT_INIT;
    if (pb_snapshot_create(&s, dir, "tiny", "2026-01-01T00:00:00Z", err) != 0) return -1;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof names / sizeof *names; i++)
        rc = add_package(&s, names[i], err);
    if (rc == 0) rc = pb_mkdir_p(s.dirfd, "project", err);
    if (rc == 0) rc = pb_write_file(s.dirfd, "project/package.json", pb_str(project), 0644, err);
    if (rc == 0) rc = pb_snapshot_commit(&s, err);
    pb_snapshot_close(&s);
    return rc;
}

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    if (argc == 2 && make(argv[1], &err) == 0) return 0;
    fprintf(stderr, "make_snapshot: %s\n", argc == 2 ? err.msg : "usage: make_snapshot DIR");
    return 1;
}

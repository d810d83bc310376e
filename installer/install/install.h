/* SPDX-License-Identifier: MIT */
#ifndef PL_INSTALL_H
#define PL_INSTALL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "installer/config/config.h"
#include "installer/install/edit.h"
#include "installer/manifest/manifest.h"
#include "installer/registry/http.h"
#include "installer/scheduler/scheduler.h"

/* From a project to its lock and its node_modules. */

enum pl_install_action {
    PL_ACTION_INSTALL, /* the lock as it is when it fits package.json, else resolved afresh */
    PL_ACTION_CI,      /* the lock must fit; node_modules is made from nothing */
    PL_ACTION_RESOLVE  /* the lock alone: no tarball is fetched, nothing is placed */
};

/* Where packages stand: as npm has them; each once in a virtual store in the project, with links to
 * what it declares (isolate.h); the same in a virtual store of the machine, shared by all projects
 * (share.h). */
enum pl_linker { PL_LINKER_HOISTED, PL_LINKER_ISOLATED, PL_LINKER_GLOBAL };

struct pl_install_settings {
    enum pl_install_action action;
    enum pl_linker linker;
    const char *project_dir, *store_dir, *cache_dir;
    struct pl_config *config; /* borrowed */
    bool use_lock;            /* false: package-lock.json is neither read nor written */
    bool omit_dev, omit_optional, omit_peer;
    bool legacy_peer_deps, strict_peer_deps, engine_strict, force;
    bool offline, prefer_offline;
    bool ignore_scripts;
    bool install_links;                 /* file: folders are installed, not linked */
    bool ignore_resolutions;            /* yarn's in package.json, as npm does */
    bool omit_registry_resolved;        /* leave the tarballs' URLs out of the lock */
    int lockfile_version;               /* 1, 2 or 3; 0: as it is, 3 for a new one and for 1 */
    const struct pl_edit_request *edit; /* NULL: package.json is taken as it is */
    unsigned workers;                   /* 0: default */
    const char *trace_path;             /* trace.h; NULL: none */
    bool show_progress;
    bool output_is_data; /* stdout is for a program: scripts of the project speak on stderr */
    const char *command; /* npm_command of scripts; NULL: "install" */
    /* Place packages that may run scripts again, with files of their own, to run them: of these
     * names, of all when it is empty. NULL: only what is placed anyway runs them. */
    const struct pl_strs *rebuild;
};

struct pl_install_result {
    struct pb_arena arena; /* owns the texts */
    bool up_to_date;       /* nothing had to be done in node_modules */
    bool by_stamp;         /* and that was known without reading a lockfile (tree_stamp.h) */
    bool resolved, lock_written;
    uint64_t packages; /* places that stand in the end */
    uint64_t added, changed, removed;
    uint64_t scripts_run;
    uint64_t skipped_optional;       /* optional places that failed */
    struct pl_install_counts counts; /* the scheduler's */
    uint64_t metadata_fetched, metadata_cached;
    struct pl_http_counts http;
    int64_t resolve_ns, place_ns, link_ns, total_ns;
    struct pl_strs with_scripts; /* "name@version" of packages whose install scripts did not run */
    struct pl_strs warnings;
};

/* The result is to be released also after a failure. */
int pl_install_run(const struct pl_install_settings *settings, struct pl_install_result *result,
                   struct pb_err *err) PB_MUST_CHECK;
void pl_install_result_release(struct pl_install_result *result);

/* One JSON object: what --stats prints. Appends. */
void pl_install_print_stats(const struct pl_install_result *result, struct pb_buf *out);

#endif

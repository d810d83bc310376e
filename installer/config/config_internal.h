/* SPDX-License-Identifier: MIT */
#ifndef PL_CONFIG_INTERNAL_H
#define PL_CONFIG_INTERNAL_H

#include "installer/config/config.h"

#include "base/map.h"
#include "installer/config/npmrc.h"

/* Shared by config.c (answers) and config_sources.c (where settings come from). */

enum pl_layer { /* strongest first */
                PL_LAYER_CLI,
                PL_LAYER_ENV,
                PL_LAYER_PROJECT,
                PL_LAYER_USER,
                PL_LAYER_GLOBAL,
                PL_LAYER_BUILTIN,
                PL_LAYER_COUNT
};

struct pl_config {
    struct pb_arena arena;
    const char *const *envp;
    struct pb_map layers[PL_LAYER_COUNT]; /* key -> char * */
    const char *files[PL_LAYER_COUNT];    /* the npmrc of a layer; NULL: it has none */
    bool has_credentials;                 /* any key with a place */
    const char *default_registry;         /* with its slash, once it was asked for */
};

/* Fills the layers; `config` has its envp. */
int pl_config_read_sources(struct pl_config *config, const struct pl_config_sources *sources,
                           struct pb_err *err) PB_MUST_CHECK;

#endif

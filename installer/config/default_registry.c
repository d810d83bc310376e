/* SPDX-License-Identifier: MIT */
#include "installer/config/default_registry.h"

#include "base/clock.h"
#include "base/process.h"
#include "installer/config/url.h"
#include "pl_built_in_registry.h" /* generated in the build tree */

const char *pl_built_in_registry(void)
{
    return PL_BUILT_IN_REGISTRY;
}

static const char *checked(struct pb_arena *arena, struct pb_str text, struct pb_err *err)
{
    struct pl_url url;
    if (pl_url_parse(text, &url)) return pb_arena_cstr(arena, text);
    pb_err_set(err, PB_E_BAD_INPUT,
               "find the registry: npm names \"" PB_FMT "\", which is no http: or https: URL: set "
               "registry in .npmrc or give --registry",
               PB_ARG(text));
    return NULL;
}

const char *pl_default_registry(struct pb_arena *arena, const char *built_in,
                                const char *const *envp, struct pb_err *err)
{
    if (*built_in) return checked(arena, pb_str(built_in), err);
    static const char *const argv[] = {"npm", "config", "get", "registry", NULL};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(64u << 10);
    PB_AUTO_BUF struct pb_buf log = PB_BUF_INIT(64u << 10);
    struct pb_process_spec spec = {
        .argv = argv, .envp = envp, .timeout_ns = 30 * PB_NS_PER_S, .out = &out, .err = &log};
    if (pb_process_check(&spec, err) != 0) {
        pb_err_wrap(err, "find the registry: no configuration names one (set registry in .npmrc or "
                         "give --registry) and npm cannot be asked");
        return NULL;
    }
    return checked(arena, pb_str_trim(pb_buf_str(&out)), err);
}

/* SPDX-License-Identifier: MIT */
/* The managers that are here, and whether npm's registry can be reached for others. */
#include "harness/doctor/doctor.h"

#include "base/buf.h"
#include "harness/plan/arm.h"
#include "harness/run/cache_dir.h"
#include "harness/run/npm_registry.h"

#include <curl/curl.h>

#define REACH_TIMEOUT_S 5L

void pb_doctor_examine_managers(struct pb_arena *arena, const char *cache,
                                struct pb_doctor_report *out)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_manager *managers;
    size_t n, here = 0;
    PB_AUTO_BUF struct pb_buf found = PB_BUF_INIT(4096), missing = PB_BUF_INIT(4096);
    const char *cache_dir = pb_cache_dir(arena, cache, &err);
    if (!cache_dir || pb_managers_load(arena, NULL, &managers, &n, &err) != 0) {
        pb_doctor_add(out, "managers", PB_DOCTOR_POOR, pb_arena_cstr(arena, pb_str(err.msg)), NULL);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct pb_arm arm;
        struct pb_err ignored = PB_ERR_INIT;
        bool is_here =
            pb_arm_make(arena, managers[i].name, managers, n, cache_dir, &arm, &ignored) == 0 &&
            arm.binary;
        here += is_here;
        if (is_here)
            pb_buf_printf(&found, "%s%s %s", found.n ? ", " : "", arm.name, arm.version);
        else if (managers[i].fetch_package)
            pb_buf_printf(&missing, " %s", managers[i].name);
    }
    pb_doctor_add(out, "managers", here ? PB_DOCTOR_GOOD : PB_DOCTOR_POOR,
                  here ? pb_arena_cstr(arena, pb_buf_str(&found)) : "none",
                  missing.n ? pb_arena_printf(arena, "more: phasebench managers fetch%s", missing.p)
                            : NULL);
}

static size_t ignore_body(char *data, size_t size, size_t n, void *user)
{
    (void)data;
    (void)user;
    return size * n;
}

/* NULL: it answers. */
static const char *why_unreachable(struct pb_arena *arena, const char *url)
{
    CURL *curl = curl_easy_init();
    if (!curl) return "libcurl cannot be started";
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, REACH_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code == CURLE_OK ? NULL : pb_arena_cstr(arena, pb_str(curl_easy_strerror(code)));
}

/* Any answer will do: runs of a snapshot need none at all. */
void pb_doctor_examine_registry(struct pb_arena *arena, struct pb_doctor_report *out)
{
    static const char advice[] =
        "needed for fetching managers, recording and live runs only; see npm config get registry";
    struct pb_err err = PB_ERR_INIT;
    const char *url = pb_npm_registry(arena, &err);
    if (!url) {
        pb_doctor_add(out, "registry", PB_DOCTOR_NOTE, "npm's configuration names none", advice);
        return;
    }
    const char *why = why_unreachable(arena, url);
    pb_doctor_add(out, "registry", why ? PB_DOCTOR_NOTE : PB_DOCTOR_GOOD,
                  why ? pb_arena_printf(arena, "%s: %s", url, why)
                      : pb_arena_printf(arena, "%s answers", url),
                  why ? advice : NULL);
}

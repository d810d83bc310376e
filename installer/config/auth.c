/* SPDX-License-Identifier: MIT */
#include "installer/config/auth.h"

#include "base/digest.h"
#include "base/mem.h"
#include "installer/config/url.h"

#include <stdlib.h>

/* "//host" with the whole path. */
static struct pb_str place_of(struct pb_arena *arena, struct pb_str text)
{
    struct pl_url url;
    if (!pl_url_parse(text, &url)) return PB_LIT("");
    bool tls = url.scheme.n == 5;
    struct pb_str host = url.host;
    const char *own_port = tls ? ":443" : ":80";
    if (pb_str_ends(host, own_port)) host.n -= strlen(own_port);
    struct pb_str path = url.path.n ? url.path : PB_LIT("/");
    char *out = pb_arena_printf(arena, "//" PB_FMT PB_FMT, PB_ARG(host), PB_ARG(path));
    for (size_t i = 2; i < 2 + host.n; i++)
        if (out[i] >= 'A' && out[i] <= 'Z') out[i] = (char)(out[i] + 32);
    return pb_str(out);
}

struct pb_str pl_nerf_dart(struct pb_arena *arena, struct pb_str url)
{
    struct pb_str place = place_of(arena, url);
    ptrdiff_t slash = pb_str_rfind(place, '/');
    return pb_strn(place.p, slash < 0 ? 0 : (size_t)slash + 1);
}

struct finder {
    struct pb_arena *arena;
    pl_auth_lookup lookup;
    const void *user;
};

static const char *value_at(const struct finder *f, struct pb_str place, const char *name)
{
    const char *value =
        f->lookup(f->user, pb_arena_printf(f->arena, PB_FMT ":%s", PB_ARG(place), name));
    return value && *value ? value : NULL;
}

/* The password is kept as base64; what is sent is the base64 of both together. */
static const char *basic_of(const struct finder *f, const char *user, const char *password64)
{
    size_t user_n = strlen(user), password_n = 0, max = strlen(password64) + 1;
    uint8_t *both = pb_arena_alloc(f->arena, user_n + 1 + max);
    memcpy(both, user, user_n);
    both[user_n] = ':';
    if (!pb_unbase64(pb_str(password64), both + user_n + 1, max, &password_n)) return NULL;
    size_t n = user_n + 1 + password_n;
    char *text = pb_arena_alloc(f->arena, 4 * ((n + 2) / 3) + 1);
    pb_base64(both, n, text);
    return pb_arena_printf(f->arena, "Basic %s", text);
}

static const char *credentials_at(const struct finder *f, struct pb_str place)
{
    const char *token = value_at(f, place, "_authToken");
    if (token) return pb_arena_printf(f->arena, "Bearer %s", token);
    const char *auth = value_at(f, place, "_auth");
    if (auth) return pb_arena_printf(f->arena, "Basic %s", auth);
    const char *user = value_at(f, place, "username");
    const char *password = user ? value_at(f, place, "_password") : NULL;
    return password ? basic_of(f, user, password) : NULL;
}

/* A line break in a token would add header lines. */
static bool is_header_value(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f) return false;
    return true;
}

/* "//host/a/b", "//host/a/", "//host/a", "//host/", "//host": keys come with or without "/". */
static struct pb_str place_above(struct pb_str place)
{
    if (place.p[place.n - 1] == '/') return pb_strn(place.p, place.n - 1);
    while (place.p[place.n - 1] != '/')
        place.n--;
    return place;
}

static const char *find_upwards(const struct finder *f, struct pb_str place)
{
    for (; place.n > 2; place = place_above(place)) {
        const char *found = credentials_at(f, place);
        if (found) return found;
    }
    return NULL;
}

const char *pl_auth_find(struct pb_arena *arena, struct pb_str url, pl_auth_lookup lookup,
                         const void *user)
{
    struct pb_arena scratch = PB_ARENA_INIT;
    const struct finder f = {&scratch, lookup, user};
    const char *found = find_upwards(&f, place_of(&scratch, url));
    bool usable = found && is_header_value(found);
    const char *out = usable ? pb_arena_cstr(arena, pb_str(found)) : NULL;
    pb_arena_release(&scratch);
    return out;
}

bool pl_auth_find_certificate(struct pb_arena *arena, struct pb_str url, pl_auth_lookup lookup,
                              const void *user, struct pl_client_certificate *out)
{
    struct pb_arena scratch = PB_ARENA_INIT;
    const struct finder f = {&scratch, lookup, user};
    const char *cert = NULL, *key = NULL;
    for (struct pb_str at = place_of(&scratch, url); at.n > 2 && !(cert && key);
         at = place_above(at)) {
        cert = value_at(&f, at, "certfile");
        key = value_at(&f, at, "keyfile");
    }
    bool found = cert && key;
    if (found)
        *out = (struct pl_client_certificate){pb_arena_cstr(arena, pb_str(cert)),
                                              pb_arena_cstr(arena, pb_str(key))};
    pb_arena_release(&scratch);
    return found;
}

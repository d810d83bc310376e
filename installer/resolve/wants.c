/* SPDX-License-Identifier: MIT */
#include "installer/manifest/spec_path.h"
#include "installer/resolve/model.h"

/* Local paths are kept as written: they are based on the folder of whoever asks. */
static bool read_local(struct pl_want *want)
{
    struct pb_str raw = want->raw;
    bool has_scheme = pb_str_starts(raw, "file:");
    if (!has_scheme && !pb_str_starts(raw, "./") && !pb_str_starts(raw, "../") &&
        !pb_str_starts(raw, "/") && !pb_str_is(raw, ".") && !pb_str_is(raw, ".."))
        return false;
    want->fetch = has_scheme ? pb_str_skip(raw, 5) : raw;
    want->kind = pl_spec_is_tarball_name(want->fetch) ? PL_SPEC_FILE : PL_SPEC_DIRECTORY;
    return true;
}

static void mark_malformed(struct pl_resolver *r, struct pl_want *want, const struct pb_err *err)
{
    want->malformed = true;
    want->failure = PB_ARENA_NEW(&r->arena, struct pb_err);
    *want->failure = *err;
}

/* The key is no name of a package: it has a colon. */
static struct pl_source *direct_source(struct pl_resolver *r, struct pb_str key,
                                       const struct pl_spec *spec)
{
    const char *kind = spec->kind == PL_SPEC_GIT         ? "git"
                       : spec->kind == PL_SPEC_DIRECTORY ? "folder"
                                                         : "tarball";
    const char *text = pb_arena_printf(&r->arena, "%s:" PB_FMT, kind, PB_ARG(key));
    struct pl_source *source = pl_source_get(r, pl_name_intern(&r->names, pb_str(text)));
    source->is_direct = true;
    source->where =
        (struct pl_direct_want){source->name->text, spec->kind, spec->fetch, spec->committish};
    return source;
}

struct pl_source *pl_source_of_file(struct pl_resolver *r, struct pb_str path)
{
    const struct pl_spec spec = {
        .kind = pl_spec_is_tarball_name(path) ? PL_SPEC_FILE : PL_SPEC_DIRECTORY, .fetch = path};
    return direct_source(r, path, &spec);
}

static void read_spec(struct pl_resolver *r, struct pl_want *want)
{
    struct pb_err err = PB_ERR_INIT;
    if (!pl_name_is_safe(want->name->text)) {
        (void)pb_err_set(&err, PB_E_BAD_INPUT,
                         "cannot depend on \"" PB_FMT "\": not a name that can be installed",
                         PB_ARG(want->name->text));
        mark_malformed(r, want, &err);
        return;
    }
    if (read_local(want)) return;
    struct pl_spec spec;
    if (pl_spec_parse(&r->arena, want->name->text, want->raw, "", &spec, &err)) {
        mark_malformed(r, want, &err);
        return;
    }
    want->is_alias = spec.kind == PL_SPEC_ALIAS;
    const struct pl_spec *at = want->is_alias && spec.sub ? spec.sub : &spec;
    want->kind = at->kind;
    want->fetch = at->fetch;
    if (pl_spec_is_registry(&spec))
        want->source = pl_source_get(r, pl_name_intern(&r->names, pl_spec_registry_name(&spec)));
    else if (spec.kind == PL_SPEC_GIT || spec.kind == PL_SPEC_REMOTE)
        want->source = direct_source(r, want->raw, &spec);
    want->committish = spec.committish;
    want->any = want->kind == PL_SPEC_RANGE && pb_str_is(pb_str_trim(want->fetch), "*");
    if (want->kind == PL_SPEC_RANGE || want->kind == PL_SPEC_VERSION)
        want->range = pl_range_parse(&r->arena, want->fetch, PL_RANGE_LOOSE);
}

struct pl_want *pl_want_get(struct pl_resolver *r, struct pl_name *name, struct pb_str raw)
{
    raw = pb_str_trim(raw);
    for (struct pl_want *w = name->wants; w; w = w->next)
        if (pb_str_eq(w->raw, raw)) return w;
    struct pl_want *want = PB_ARENA_NEW(&r->arena, struct pl_want);
    want->name = name;
    want->raw = pb_arena_str(&r->arena, raw);
    want->next = name->wants;
    name->wants = want;
    read_spec(r, want);
    return want;
}

struct pl_source *pl_source_get(struct pl_resolver *r, struct pl_name *name)
{
    if (name->source) return name->source;
    struct pl_source *source = PB_ARENA_NEW(&r->arena, struct pl_source);
    source->name = name;
    name->source = source;
    return source;
}

static const struct pl_package *package_of(struct pl_resolver *r, struct pl_source *source,
                                           size_t i, struct pb_err *err)
{
    for (const struct pl_package *known = source->packages; known; known = known->next)
        if (known->version_at == i) return known;
    const struct pl_manifest *m = pl_packument_manifest(source->doc, i, err);
    if (!m) return NULL;
    struct pl_package *pkg = pl_package_new(r, m);
    pkg->version_at = i;
    pkg->next = source->packages;
    source->packages = pkg;
    return pkg;
}

const struct pl_package *pl_want_pick(struct pl_resolver *r, struct pl_want *want)
{
    struct pl_source *source = want->source;
    if (want->is_picked || !source || !source->is_fed) return want->picked;
    struct pb_err err = PB_ERR_INIT;
    want->is_picked = true;
    if (source->failure) {
        want->failure = source->failure;
        return NULL;
    }
    if (source->is_direct) return want->picked = source->package;
    ptrdiff_t i = pl_packument_pick(source->doc, want->fetch, &r->options.pick, &err);
    if (i >= 0) want->picked = package_of(r, source, (size_t)i, &err);
    pl_packument_rest(source->doc);
    if (want->picked && want->picked->m->version.n == 0) {
        (void)pb_err_set(&err, PB_E_BAD_INPUT, "cannot use " PB_FMT ": its manifest has no version",
                         PB_ARG(want->name->text));
        want->picked = NULL;
    }
    if (want->picked) return want->picked;
    want->failure = PB_ARENA_NEW(&r->arena, struct pb_err);
    *want->failure = err;
    return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "installer/install/edit.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/install/direct.h"
#include "installer/install/edit_internal.h"
#include "installer/install/local_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int add_target(struct pl_edit *edit, struct install *in, struct pb_str folder,
                      struct pl_manifest *manifest, struct pb_err *err)
{
    struct edit_target *t = &edit->targets[edit->n_targets++];
    *t = (struct edit_target){
        .folder = folder,
        .path = pb_arena_printf(&in->arena, PB_FMT "%spackage.json", PB_ARG(folder),
                                folder.n ? "/" : ""),
        .manifest = manifest,
    };
    return pl_package_file_load(in->root_dirfd, t->path, &t->file, err);
}

static bool is_chosen_by_any(const struct pl_edit_request *request, const struct pl_workspace *ws)
{
    bool chosen = request->all_workspaces;
    for (size_t i = 0; i < request->workspaces.n && !chosen; i++)
        chosen = pl_workspace_is_chosen(request->workspaces.items[i], ws);
    return chosen;
}

static int choose_targets(struct pl_edit *edit, struct install *in, struct pb_err *err)
{
    const struct pl_edit_request *request = edit->request;
    bool by_workspace = request->all_workspaces || request->workspaces.n > 0;
    edit->targets = PB_ARENA_ARRAY(&in->arena, struct edit_target, in->workspaces.n + 1);
    for (size_t i = 0; i < in->workspaces.n && by_workspace; i++) {
        struct pl_workspace *ws = &in->workspaces.items[i];
        if (is_chosen_by_any(request, ws) &&
            add_target(edit, in, ws->path, &ws->manifest, err) != 0)
            return -1;
    }
    if (by_workspace && edit->n_targets == 0)
        return pb_err_set(
            err, PB_E_NOT_FOUND,
            "choose workspaces: none matches \"" PB_FMT "\": give a name or path of a member",
            PB_ARG(request->workspaces.n ? request->workspaces.items[0] : PB_LIT("--workspaces")));
    if (!by_workspace || request->include_root)
        return add_target(edit, in, PB_LIT(""), &in->manifest, err);
    return 0;
}

static int name_of_folder(struct install *in, const struct pl_spec *spec, struct pb_str *name,
                          struct pb_err *err)
{
    struct pl_manifest m;
    const char *path = pb_arena_printf(&in->arena, PB_FMT "/package.json", PB_ARG(spec->fetch));
    if (pl_manifest_load(&in->arena, AT_FDCWD, path, &m, err) != 0) return -1;
    *name = m.name;
    if (m.name.n > 0) return 0;
    return pb_err_set(err, PB_E_BAD_INPUT, "add " PB_FMT ": its package.json has no name",
                      PB_ARG(spec->raw));
}

/* A package that is named by its place alone is asked for its name. */
static int name_of_package(struct install *in, const struct pl_spec *spec, struct pb_str *name,
                           struct pb_err *err)
{
    const struct pl_direct_want want = {
        .kind = spec->kind, .fetch = spec->fetch, .committish = spec->committish};
    if (!in->direct) in->direct = pl_direct_new(in);
    const struct pl_manifest *m = pl_direct_get(in->direct, &want, err);
    if (!m) return -1;
    *name = m->name;
    if (pl_name_is_safe(m->name)) return 0;
    return pb_err_set(err, PB_E_BAD_INPUT, "add " PB_FMT ": its package.json has no proper name",
                      PB_ARG(spec->raw));
}

/* "file:../x" from a target's folder to an absolute path. */
static const char *relative_spec(struct install *in, struct pb_str folder, struct pb_str to)
{
    PB_AUTO_FREE char *root = pb_real_path(in->set->project_dir, NULL);
    struct pb_str from = pb_str(pb_arena_printf(&in->arena, "%s%s" PB_FMT, root ? root : "",
                                                folder.n ? "/" : "", PB_ARG(folder)));
    size_t same = 0;
    for (size_t i = 0; i <= from.n && i <= to.n; i++) {
        bool ends = (i == from.n || from.p[i] == '/') && (i == to.n || to.p[i] == '/');
        if (ends) same = i;
        if (i == from.n || i == to.n || from.p[i] != to.p[i]) break;
    }
    const char *up = "";
    for (size_t i = same; i < from.n; i++)
        if (from.p[i] == '/') up = pb_arena_printf(&in->arena, "../%s", up);
    struct pb_str down = pb_str_skip(to, same + 1);
    if (down.n == 0 && *up)
        return pb_arena_printf(&in->arena, "file:%.*s", (int)strlen(up) - 1, up);
    return pb_arena_printf(&in->arena, "file:%s" PB_FMT, up, PB_ARG(down));
}

/* What goes into package.json for the time of resolving. */
static int wish_of(struct install *in, struct pb_str text, struct edit_wish *out,
                   struct pb_err *err)
{
    char cwd[4096];
    if (!getcwd(cwd, sizeof cwd)) return pb_err_sys(err, errno, "find the current folder");
    if (pl_spec_parse(&in->arena, PB_LIT(""), text, cwd, &out->spec, err) != 0) return -1;
    struct pb_str name = out->spec.name;
    bool is_folder = out->spec.kind == PL_SPEC_DIRECTORY;
    if (is_folder && name_of_folder(in, &out->spec, &name, err) != 0) return -1;
    if (name.n == 0 && name_of_package(in, &out->spec, &name, err) != 0) return -1;
    out->name = pb_arena_cstr(&in->arena, name);
    out->is_path = is_folder || out->spec.kind == PL_SPEC_FILE;
    return 0;
}

/* "user/repo" is saved as "github:user/repo". */
static const char *saved_spec(struct install *in, struct pb_str folder,
                              const struct edit_wish *wish)
{
    struct pb_str raw = wish->spec.raw;
    bool is_short = wish->spec.kind == PL_SPEC_GIT && pb_str_find(raw, ':') < 0;
    if (wish->is_path) return relative_spec(in, folder, wish->spec.fetch);
    return pb_arena_printf(&in->arena, "%s" PB_FMT, is_short ? "github:" : "", PB_ARG(raw));
}

static int apply_to(struct pl_edit *edit, struct install *in, struct edit_target *t,
                    struct pb_err *err)
{
    const struct pl_edit_request *request = edit->request;
    for (size_t i = 0; i < request->remove.n; i++)
        pl_package_file_remove(&t->file, pb_arena_cstr(&in->arena, request->remove.items[i]));
    for (size_t i = 0; i < request->add.n; i++) {
        struct edit_wish wish = {0};
        if (wish_of(in, request->add.items[i], &wish, err) != 0) return -1;
        const char *spec = saved_spec(in, t->folder, &wish);
        pl_package_file_add(&t->file, request->save_type, wish.name, spec);
        if (request->save_bundle && request->save_type != PL_SAVE_PEER)
            pl_package_file_bundle(&t->file, wish.name);
        wish.target = (size_t)(t - edit->targets);
        edit->wishes[edit->n_wishes++] = wish;
    }
    struct pb_str kept_name = t->manifest->name; /* a member without one has its folder's */
    if (pl_manifest_from_json(&in->arena, t->file.doc.root, t->manifest, err) != 0) return -1;
    if (t->manifest->name.n == 0) t->manifest->name = kept_name;
    return 0;
}

static int check_update_names(const struct pl_edit_request *request, struct pb_err *err)
{
    for (size_t i = 0; i < request->update.n; i++)
        if (!pl_name_is_safe(request->update.items[i]))
            return pb_err_set(err, PB_E_USAGE,
                              "update " PB_FMT ": give names of packages only, without versions",
                              PB_ARG(request->update.items[i]));
    return 0;
}

struct pl_edit *pl_edit_apply(struct install *in, const struct pl_edit_request *request,
                              struct pb_err *err)
{
    struct pl_edit *edit = pb_calloc(1, sizeof *edit);
    edit->request = request;
    int rc = check_update_names(request, err);
    if (rc == 0) rc = choose_targets(edit, in, err);
    edit->wishes =
        PB_ARENA_ARRAY(&in->arena, struct edit_wish, request->add.n * edit->n_targets + 1);
    for (size_t i = 0; i < edit->n_targets && rc == 0; i++)
        rc = apply_to(edit, in, &edit->targets[i], err);
    if (rc == 0) return edit;
    pl_edit_free(edit);
    return NULL;
}

struct pl_wanted_now *pl_edit_wanted_now(const struct pl_edit *edit, struct pb_arena *arena,
                                         size_t *n)
{
    struct pl_wanted_now *list = PB_ARENA_ARRAY(arena, struct pl_wanted_now, edit->n_wishes);
    for (size_t i = 0; i < edit->n_wishes; i++)
        list[i] = (struct pl_wanted_now){.folder = edit->targets[edit->wishes[i].target].folder,
                                         .name = pb_str(edit->wishes[i].name)};
    *n = edit->n_wishes;
    return list;
}

void pl_edit_free(struct pl_edit *edit)
{
    if (!edit) return;
    for (size_t i = 0; i < edit->n_targets; i++)
        pl_package_file_free(&edit->targets[i].file);
    free(edit);
}

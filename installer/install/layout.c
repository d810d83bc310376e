/* SPDX-License-Identifier: MIT */
#include "installer/install/layout.h"

#include "installer/install/install_internal.h"
#include "installer/install/node_version.h"

static struct pl_wanted_filter filter_of(const struct pl_install_settings *set)
{
    return (struct pl_wanted_filter){.omit_dev = set->omit_dev,
                                     .omit_optional = set->omit_optional,
                                     .omit_peer = set->omit_peer,
                                     .with_extraneous = set->action != PL_ACTION_CI,
                                     .force = set->force,
                                     .engine_strict = set->engine_strict};
}

static void warn_unfit(struct install *in, struct pl_layout *layout)
{
    for (size_t i = 0; i < layout->wanted.n; i++) {
        const struct pl_lock_entry *e = layout->wanted.items[i].entry;
        if (!layout->wanted.items[i].is_unfit) continue;
        const char *text =
            pb_arena_printf(&in->arena, PB_FMT "@" PB_FMT " wants node " PB_FMT ", this is " PB_FMT,
                            PB_ARG(e->name), PB_ARG(e->manifest.version),
                            PB_ARG(pl_engines_node_range(&layout->engines, &e->manifest)),
                            PB_ARG(layout->engines.node_version));
        pl_strs_add(&in->arena, &in->unfit, text);
        pl_result_warn(in->result, "%s", text);
    }
}

int pl_layout_again(struct install *in, struct pl_layout *layout, struct pb_err *err)
{
    const struct pl_wanted_filter all = {.with_extraneous = true, .force = true};
    pl_wanted_release(&layout->laid_tree);
    pl_lock_release(&layout->laid);
    pl_units_find(&in->arena, &layout->wanted, &layout->units);
    if (in->set->linker == PL_LINKER_GLOBAL &&
        pl_share_decide(in, &layout->wanted, &layout->units, &layout->share, err) != 0)
        return -1;
    pl_isolate(&in->arena, &layout->wanted, &layout->units, &layout->share, &layout->laid,
               &layout->origins);
    layout->tree = &layout->laid_tree;
    return pl_wanted_build(&in->arena, &layout->laid, &all, &layout->laid_tree, err);
}

int pl_layout_make(struct install *in, struct pl_layout *layout, struct pb_err *err)
{
    struct pl_wanted_filter filter = filter_of(in->set);
    layout->engines.node_version = pl_node_version(&in->arena, in->set->cache_dir);
    filter.engines = &layout->engines;
    layout->tree = &layout->wanted;
    if (pl_wanted_build(&in->arena, &in->lock, &filter, &layout->wanted, err) != 0) return -1;
    warn_unfit(in, layout);
    return in->set->linker == PL_LINKER_HOISTED ? 0 : pl_layout_again(in, layout, err);
}

void pl_layout_release(struct pl_layout *layout)
{
    pl_engines_release(&layout->engines);
    pl_wanted_release(&layout->wanted);
    pl_wanted_release(&layout->laid_tree);
    pl_lock_release(&layout->laid);
    pl_share_release(&layout->share);
}

void pl_layout_spread(struct install *in, const struct pl_layout *layout)
{
    for (size_t i = 1; layout->origins && i < layout->wanted.n; i++) {
        size_t unit = layout->units.of_place[i];
        if (unit == PL_UNIT_NONE) continue;
        struct pl_lock_entry *to = &in->lock.entries[i];
        const struct pl_lock_entry *from =
            &in->lock.entries[layout->units.items[unit].place - layout->wanted.items];
        if (to->integrity.n == 0) to->integrity = from->integrity;
        if (!to->manifest.license_json.p) to->manifest.license_json = from->manifest.license_json;
    }
}

struct pl_lock_entry *pl_layout_lock_entry(struct install *in, const struct pl_layout *layout,
                                           size_t index)
{
    return &in->lock.entries[layout->origins ? layout->origins[index] : index];
}

/* SPDX-License-Identifier: MIT */
#ifndef PB_TEMPLATE_H
#define PB_TEMPLATE_H

#include "base/arena.h"
#include "base/str.h"

/*
 * Texts of manager files with {registry} {store} {meta} {home} {tmp} {project} {package} {trace}
 * {plan}. Other braces are refused when the file is loaded, except around what cannot be a name
 * ("{}", "{ ").
 */
struct pb_template_vars {
    const char *registry, *store, *meta, *home, *tmp, *project, *package, *trace, *plan;
};

/* The first unknown {name} of the text (without braces), or an empty slice. */
struct pb_str pb_template_unknown(const char *text);
/* Expands; the result lives in the arena. The text was checked when its file was loaded; a variable
 * that is NULL expands to nothing. */
const char *pb_template_expand(struct pb_arena *arena, const char *text,
                               const struct pb_template_vars *vars);

#endif

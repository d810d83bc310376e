/* SPDX-License-Identifier: MIT */
#ifndef PL_CLI_WORDS_H
#define PL_CLI_WORDS_H

#include "base/arena.h"
#include "base/opt.h"
#include "installer/manifest/manifest.h"

/* Words of the command line as slices; the list is in the arena, the texts are borrowed. */
struct pl_strs pl_cli_words(struct pb_arena *arena, const char *const *items, size_t n);
/* All operands of a command. */
struct pl_strs pl_cli_operands(struct pb_arena *arena, const struct pb_args *args);

#endif

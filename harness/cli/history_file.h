/* SPDX-License-Identifier: MIT */
#ifndef PB_HISTORY_FILE_H
#define PB_HISTORY_FILE_H

#include "base/opt.h"
#include "harness/history/history.h"

/* What the sub-commands of `history` have in common. */
#define PB_HISTORY_FILE_OPT(struct_, member)                                                       \
    {                                                                                              \
        .name = "db", .kind = PB_OPT_STRING, .offset = offsetof(struct_, member), .arg = "FILE",   \
        .def = "see below", .help = "file of the history"                                          \
    }
#define PB_HISTORY_FILE_HELP                                                                       \
    "The file is --db, $PHASEBENCH_HISTORY, $XDG_DATA_HOME/phasebench/history.sqlite or\n"         \
    "~/.local/share/phasebench/history.sqlite.\n"

struct pb_history *pb_history_file_open(struct pb_arena *arena, const char *given,
                                        enum pb_history_mode mode, struct pb_err *err);

extern const struct pb_cmd pb_history_show_cmd, pb_history_plot_cmd, pb_history_export_cmd;

#endif

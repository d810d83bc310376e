/* SPDX-License-Identifier: MIT */
/* scenario_runner PLUMB FILE.scn: plays one scenario (README.md). 0 holds, 1 does not, 77 skipped.
 */
#include "base/fs.h"
#include "base/term.h"
#include "script.h"

#include <fcntl.h>
#include <stdio.h>

#define MAX_SCRIPT_BYTES (1u << 20)

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: scenario_runner PLUMB FILE.scn\n");
        return 2;
    }
    pb_log_init("scenario", PB_INFO);
    struct pb_err err = PB_ERR_INIT;
    struct scenario s = {.plumb = argv[1], .file = argv[2]};
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_SCRIPT_BYTES);
    int rc = pb_read_file(AT_FDCWD, argv[2], &text, &err);
    if (rc == 0) rc = scenario_open(&s, &err);
    if (rc == 0) rc = scenario_play(&s, pb_buf_str(&text), &err);
    if (rc != 0) fprintf(stderr, "%s\n", err.msg);
    bool skipped = rc == 0 && s.skipped;
    if (skipped) printf("skipped: %s\n", s.skip_reason);
    scenario_close(&s);
    return rc != 0 ? 1 : skipped ? 77 : 0;
}

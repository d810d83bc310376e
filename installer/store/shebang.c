/* SPDX-License-Identifier: MIT */
#include "installer/store/shebang.h"

size_t pl_shebang_cr(struct pb_str head)
{
    if (!pb_str_starts(head, "#!")) return 0;
    if (head.n > PL_SHEBANG_MAX) head.n = PL_SHEBANG_MAX;
    ptrdiff_t end = pb_str_find(head, '\n');
    /* At least one byte between "#!" and CR. */
    if (end < 4 || head.p[end - 1] != '\r') return 0;
    return (size_t)end - 1;
}

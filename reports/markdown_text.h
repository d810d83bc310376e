/* SPDX-License-Identifier: MIT */
#ifndef PB_MARKDOWN_TEXT_H
#define PB_MARKDOWN_TEXT_H

#include "base/buf.h"

/*
 * Text from outside (anyone who may open a pull request writes a journal) inside a line of GitHub's
 * or GitLab's Markdown: it stays the text it is. No markup, HTML, table bar, line break; nothing
 * that the hosting side would turn into a mention, a reference to an issue or a link; no invisible
 * or direction-changing characters. Long text is cut after PB_MARKDOWN_TEXT_MAX bytes.
 * NULL is shown as "?".
 */
enum { PB_MARKDOWN_TEXT_MAX = 300 };
void pb_md_text(struct pb_buf *out, const char *text);
/* As a code span: backticks become quotes, bars broken bars. */
void pb_md_code(struct pb_buf *out, const char *text);
/* As a fenced block of one line, up to 4096 bytes: for a command to copy. */
void pb_md_block(struct pb_buf *out, const char *text);

#endif

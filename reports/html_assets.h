/* SPDX-License-Identifier: MIT */
#ifndef PB_HTML_ASSETS_H
#define PB_HTML_ASSETS_H

#include "base/str.h"

/* reports/html/page.css and page.js, built in. */
extern const struct pb_str pb_html_css, pb_html_js;

#endif

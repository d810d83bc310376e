/* SPDX-License-Identifier: MIT */
#ifndef DATA_DIR_H
#define DATA_DIR_H

/* A fresh folder with one file `name` of `text`; malloc'd path. remove_data_dir() frees it. */
char *make_data_dir(const char *name, const char *text);
void remove_data_dir(char *dir);

#endif

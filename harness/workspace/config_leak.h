/* SPDX-License-Identifier: MIT */
#ifndef PB_CONFIG_LEAK_H
#define PB_CONFIG_LEAK_H

#include "base/str.h"

/*
 * Settings that reach a sample from outside of its plan: configuration in a folder above the
 * project (managers look upwards), a "packageManager" field, an .npmrc of the project that sends a
 * scope elsewhere or moves the tree.
 */
enum { PB_CONFIG_LEAK_BYTES = 256 };

/* Describes the first leak; false when there is none. */
bool pb_config_leak_find(const char *project, const char *registry_url,
                         char out[PB_CONFIG_LEAK_BYTES]);

/* The part for the text of an .npmrc (npm-docs: configuring-npm/npmrc). */
bool pb_npmrc_leak(struct pb_str text, const char *registry_url, char out[PB_CONFIG_LEAK_BYTES]);

#endif

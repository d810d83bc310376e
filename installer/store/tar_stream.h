/* SPDX-License-Identifier: MIT */
#ifndef PL_TAR_STREAM_H
#define PL_TAR_STREAM_H

#include "installer/store/inflate.h"
#include "installer/store/tar_reader.h"

/* A tar reader over what an inflater unpacks. The inflater has an archive open and stays. */
struct pl_tar_reader pl_tar_stream(struct pl_inflater *inflater, size_t max_headers);

#endif

// SPDX-License-Identifier: ISC
// Parts of paths. Any thread.
#ifndef GRUFF_DSP_BASE_PATH_H
#define GRUFF_DSP_BASE_PATH_H

// What stands behind the last slash of a path: the file's own name. What stands before it, the
// slash included, is the folder: path_name(path) - path bytes.
const char *path_name(const char *path);

#endif

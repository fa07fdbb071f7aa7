// SPDX-License-Identifier: ISC
// Texts from files and users, which may hold any bytes. Any thread.
#ifndef GRUFF_DSP_BASE_UTF8_H
#define GRUFF_DSP_BASE_UTF8_H

#include <stddef.h>

// Copies the whole characters of `from` for which to[size] has room (size 1 and up), with a final
// zero; '?' stands for each byte that is not UTF-8. `to` may be `from`.
void utf8_copy(char *to, size_t size, const char *from);

#endif

// SPDX-License-Identifier: ISC
// The smallest model file with everything in it, to be read and to be spoilt.
#ifndef GRUFF_TESTS_RIG_TINY_MODEL_H
#define GRUFF_TESTS_RIG_TINY_MODEL_H

// A GRU of hidden size 2 with easy numbers: kernel 1x6, recurrent kernel 2x6, bias 2x6, then a
// dense layer of 2x1 and one bias.
extern const char *const tiny_model;

// The same with the first `from` replaced by `to`. free() it.
char *tiny_model_with(const char *from, const char *to);

#endif

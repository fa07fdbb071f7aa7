// SPDX-License-Identifier: ISC
// Which files to train on: a pair, a folder of pairs, or a manifest.
//
//   INPUT TARGET    a pair
//   FOLDER          train/, val/ and test/ with NAME-input.wav and NAME-target.wav in them (Wright
//                   et al.); or input.wav and target.wav, and test-input.wav and test-target.wav
//   LIST.csv        a line of column names (input, target, split, knob names), then a line for each
//                   pair; paths are relative to the list; `split` is train, val or test; `seen` is
//                   yes or no, whether a test's setting was trained (training/gallery tells them
//                   apart); what else a column is named is a knob, and its cells are where it
//                   stood: a number, with a decimal comma or in percent if need be, or on and off.
//                   As all spreadsheets save it (dsp/base/csv.h), capitals or not, in UTF-8 or
//                   UTF-16
//
// Test parts train nothing; the finished model is scored on them. WAV may as well be FLAC or AIFF.
#ifndef GRUFF_TRAINING_DATA_SOURCE_FIND_H
#define GRUFF_TRAINING_DATA_SOURCE_FIND_H

#include "training/data/source.h"

// Finds the pairs that `paths` (one or two, as above) stand for. End with source_clear; on failure
// *source is all zero. STATUS_BAD_ARGUMENT names file and line of what makes no sense in a list.
Status source_find(Source *source, const char *const *paths, int count, Diagnostic *diagnostic);

#endif

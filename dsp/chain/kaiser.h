// SPDX-License-Identifier: ISC
// Kaiser's window, for filters that are a sinc under it (Kaiser and Schafer, On the use of the
// I0-sinh window for spectrum analysis, 1980). Any thread but the audio thread.
#ifndef GRUFF_DSP_CHAIN_KAISER_H
#define GRUFF_DSP_CHAIN_KAISER_H

// The window at `edge`, from -1 to 1 over its length, and 0 outside; its height is that at 0. The
// higher `shape`, the lower the side lobes (9: about 90 dB) and the wider the transition.
double kaiser(double edge, double shape);

#endif

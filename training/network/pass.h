// SPDX-License-Identifier: ISC
// Forward pass, loss and backward pass of the network over a group of sequences, one sequence to
// a SIMD lane: truncated back-propagation through time (Williams & Peng 1990). One body
// (pass_body.h), compiled once per ISA in float and once in double for the gradient test.
//
// Thread: a Pass belongs to one thread at a time; a PassWeights may be read by many.
#ifndef GRUFF_TRAINING_NETWORK_PASS_H
#define GRUFF_TRAINING_NETWORK_PASS_H

#include <stdbool.h>

#include "dsp/base/random.h"
#include "dsp/network/isa.h"
#include "training/network/loss.h"
#include "training/network/network.h"
#include "training/network/tone.h"

enum { PASS_MAX_LANES = 16 };

typedef struct Pass Pass;               // state, history and gradient of one group
typedef struct PassWeights PassWeights; // weights in the kernels' order

// Units left out of a sequence, the same ones at all its steps: of what the recurrent products see
// (Gal & Ghahramani 2016), and of what the head sees.
typedef struct PassDropout {
    double recurrent, head; // shares, 0 to 1
    uint64_t seed;          // of the masks
} PassDropout;

// A loss on pairs of sequences that hear the same but remember different pasts: how much they come
// apart.
typedef struct ContractionScale {
    double factor;   // of each pair's loss
    double distance; // of a pair's states at the beginning of a segment
    double rate;     // nepers a sample by which they must at least come closer
    double rise;     // nepers by which they may come apart in between
} ContractionScale;

// How far a pair has come apart, in nepers, ContractionScale's rate added. All zero: it is new.
typedef struct PairGrowth {
    double sum;   // since it is there
    double rise;  // since it was closest
    double most;  // that rise was
    bool counted; // it had a part in a loss
} PairGrowth;

typedef struct PassKernels {
    Isa isa;
    int lanes; // sequences in a group

    // The packed weights for networks of this shape; NULL when memory is short.
    PassWeights *(*weights_new)(const NetworkShape *shape);
    void (*weights_free)(PassWeights *weights);
    void (*weights_pack)(PassWeights *weights, const Network *network);

    // A group for segments of at most `frames` samples, with room for masks if `dropout`; NULL when
    // memory is short.
    Pass *(*pass_new)(const NetworkShape *shape, int frames, bool dropout);
    void (*pass_free)(Pass *pass);

    // Starts new sequences: zero state, filters of the loss at rest, knobs[lane][knob] from now on.
    // Only while the gradient is zero (as after `gradient`).
    // `dropout` NULL: none.
    void (*start)(Pass *pass, const float *const *knobs, const PassDropout *dropout);

    // Runs `frames` samples forward without a gradient; input[lane] and target[lane] point to them.
    void (*warm)(Pass *pass, const PassWeights *weights, const LossScale *scale,
                 const float *const *input, const float *const *target, int frames);

    // Runs one segment forward and back from the carried state and adds its gradient to the
    // group's. Gives the segment's loss.
    double (*train)(Pass *pass, const PassWeights *weights, const LossScale *scale,
                    const float *const *input, const float *const *target, int frames);

    // Runs one segment forward and back of pairs of lanes, i and i + lanes / 2, whose input and
    // knobs must be the same. The second of each starts at `distance` from the first, in the
    // direction in which it was (a random one where it was nowhere else). How much farther it ends,
    // in nepers, and `rate` for each sample goes to growth[i]. The loss, `factor` times that, is of
    // the pairs that have grown altogether, and of those that grow now and have risen by more than
    // `rise`: they do not forget. Adds its gradient to the group's, for directions and first states
    // as they are. Gives the loss.
    double (*contract)(Pass *pass, const PassWeights *weights, const ContractionScale *scale,
                       const float *const *input, int frames, PairGrowth *growth, Random *random);

    // The same growth, without a gradient.
    void (*grow)(Pass *pass, const PassWeights *weights, const ContractionScale *scale,
                 const float *const *input, int frames, PairGrowth *growth, Random *random);

    // Runs one segment forward and back of lanes that hear sines, tones[lane], all of them at a
    // phase of their own. The loss is `factor` times the sum of their tone_loss. Adds its gradient
    // to the group's. Gives the loss.
    double (*purify)(Pass *pass, const PassWeights *weights, const Tone *tones, double factor,
                     const float *const *input, int frames);

    // Adds the group's gradient to `gradient` and zeroes it.
    void (*gradient)(Pass *pass, Network *gradient);
} PassKernels;

// The kernels of `isa`, which must be available; ISA_SCALAR means the double ones.
const PassKernels *pass_kernels(Isa isa);

// Double precision with libm's activations: the reference of the gradient test.
extern const PassKernels pass_double;

#endif

// SPDX-License-Identifier: ISC
// The coordinates in which Adam works best: the eigenvectors of the gradients' row and column
// covariances, one matrix of weights at a time (the preconditioner of Shampoo, Gupta et al. 2018;
// Adam in its eigenbasis: SOAP, Vyas et al. 2024, algorithm 3). Each gate of a layer is a matrix,
// its units the rows, its inputs, states and biases the columns; the head is one more.
#ifndef GRUFF_TRAINING_LEARNING_SOAP_H
#define GRUFF_TRAINING_LEARNING_SOAP_H

#include "dsp/base/thread_pool.h"
#include "training/network/network.h"

enum { SOAP_MAX_BLOCKS = NETWORK_MAX_LAYERS * 4 + 1 }; // four gates, a head

// One matrix of weights.
typedef struct SoapBlock {
    int rows, columns;
    size_t *index;             // [rows][columns] places in the network's block, owned
    double *row_covariance;    // [rows][rows] mean of G G^T, in the soap's `state`
    double *row_vectors;       // [rows][rows] its eigenvectors, one in each row, in `state`
    double *column_covariance; // [columns][columns] mean of G^T G, in `state`
    double *column_vectors;    // [columns][columns] its eigenvectors, one in each row, in `state`
    double *work[2];           // of the two jobs that share the block, in the soap's `work`
} SoapBlock;

typedef struct Soap {
    int blocks;
    SoapBlock block[SOAP_MAX_BLOCKS];
    size_t count;      // numbers of `state`
    double *state;     // [count] all that it has learnt, owned
    double *work;      // of all jobs, owned
    size_t weights;    // number of the network's
    double *projected; // [weights] in other coordinates, owned
} Soap;

// Coordinates for `network`'s weights, which at first are the weights themselves. End with
// soap_clear; all zero on failure.
Status soap_init(Soap *soap, const Network *network, Diagnostic *diagnostic);

// All zero is fine.
void soap_clear(Soap *soap);

// Forgets all gradients.
void soap_restart(Soap *soap);

// Takes the `update`th gradient (from 1) into the covariances, and now and then refines the
// eigenvectors; `moment`, a vector in their coordinates, is brought to the new ones. `pool` shares
// the work, here and below; the bytes do not depend on it.
void soap_update(Soap *soap, ThreadPool *pool, long update, const double *gradient, double *moment);

// `to` becomes `from` in these coordinates, or, back, `from`, in these coordinates, in the
// network's. In place is fine.
void soap_project(const Soap *soap, ThreadPool *pool, double *to, const double *from);
void soap_project_back(const Soap *soap, ThreadPool *pool, double *to, const double *from);

#endif

// SPDX-License-Identifier: ISC
#include "training/learning/soap.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/learning/matrix.h"

enum {
    REFINE_ALWAYS = 32, // updates at first
    REFINE_EVERY = 8,   // updates, after these
    AREAS = 3,          // matrices of working memory for each job
};

#define COVARIANCE_DECAY 0.95 // of the covariances at each update
#define RIDGE 1e-9 // of a covariance's mean: directions that no gradient has had stay defined

static size_t area(int rows, int columns) {
    return (size_t)rows * (size_t)columns;
}

// ---- Which weights make a matrix ----

static void index_gate(SoapBlock *block, const Network *network, const NetworkLayer *layer,
                       int gate) {
    int hidden = network->shape.hidden;
    const double *origin = network->weights;
    for (int unit = 0; unit < hidden; unit++) {
        size_t *to = block->index + area(unit, block->columns);
        int row = gate * hidden + unit;
        for (int i = 0; i < layer->inputs; i++) {
            *to++ = (size_t)(layer->kernel - origin) + area(row, layer->inputs) + (size_t)i;
        }
        for (int i = 0; i < hidden; i++) {
            *to++ = (size_t)(layer->recurrent_kernel - origin) + area(row, hidden) + (size_t)i;
        }
        *to++ = (size_t)(layer->bias - origin) + (size_t)row;
        if (block->columns > layer->inputs + hidden + 1) {
            *to = (size_t)(layer->recurrent_bias - origin) + (size_t)unit;
        }
    }
}

static bool add_block(Soap *soap, int rows, int columns) {
    SoapBlock *block = &soap->block[soap->blocks++];
    *block = (SoapBlock){.rows = rows, .columns = columns};
    block->index = memory_new(area(rows, columns), sizeof *block->index);
    soap->count += 2 * (area(rows, rows) + area(columns, columns));
    return block->index != NULL;
}

static bool add_layer(Soap *soap, const Network *network, const NetworkLayer *layer) {
    bool made = true;
    for (int gate = 0; gate < layer_gates(network->shape.cell) && made; gate++) {
        int biases = layer->recurrent_bias && gate == 2 ? 2 : 1; // the candidate's
        made = add_block(soap, network->shape.hidden,
                         layer->inputs + network->shape.hidden + biases);
        if (made) {
            index_gate(&soap->block[soap->blocks - 1], network, layer, gate);
        }
    }
    return made;
}

static bool add_head(Soap *soap, const Network *network) {
    int hidden = network->shape.hidden;
    bool made = add_block(soap, 1, hidden + 1);
    for (int i = 0; made && i <= hidden; i++) {
        const double *weight = i < hidden ? network->head + i : network->head_bias;
        soap->block[soap->blocks - 1].index[i] = (size_t)(weight - network->weights);
    }
    return made;
}

// Numbers that a job on `block` works with; a side is at most as long as there are columns.
static size_t work_of(const SoapBlock *block) {
    return AREAS * area(block->columns, block->columns);
}

static void place_state(Soap *soap) {
    double *at = soap->state, *work = soap->work;
    for (int i = 0; i < soap->blocks; i++) {
        SoapBlock *block = &soap->block[i];
        double **const places[] = {&block->row_covariance, &block->row_vectors,
                                   &block->column_covariance, &block->column_vectors};
        for (int k = 0; k < 4; k++) {
            int side = k < 2 ? block->rows : block->columns;
            *places[k] = at;
            at += area(side, side);
        }
        for (int k = 0; k < 2; k++) {
            block->work[k] = work;
            work += work_of(block);
        }
    }
}

Status soap_init(Soap *soap, const Network *network, Diagnostic *diagnostic) {
    *soap = (Soap){0};
    bool made = true;
    soap->weights = network->count;
    for (int i = 0; i < network->shape.layers && made; i++) {
        made = add_layer(soap, network, &network->layer[i]);
    }
    made = made && add_head(soap, network);
    size_t work = 0;
    for (int i = 0; i < soap->blocks; i++) {
        work += 2 * work_of(&soap->block[i]);
    }
    if (made) {
        soap->state = memory_new(soap->count, sizeof(double));
        soap->work = memory_new(work, sizeof(double));
        soap->projected = memory_new(soap->weights, sizeof(double));
    }
    if (!soap->state || !soap->work || !soap->projected) {
        soap_clear(soap);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the optimiser");
    }
    place_state(soap);
    soap_restart(soap);
    return STATUS_OK;
}

void soap_clear(Soap *soap) {
    for (int i = 0; i < soap->blocks; i++) {
        memory_free(soap->block[i].index);
    }
    memory_free(soap->state);
    memory_free(soap->work);
    memory_free(soap->projected);
    *soap = (Soap){0};
}

void soap_restart(Soap *soap) {
    memset(soap->state, 0, soap->count * sizeof(double));
    for (int i = 0; i < soap->blocks; i++) {
        SoapBlock *block = &soap->block[i];
        matrix_identity(block->row_vectors, block->rows);
        matrix_identity(block->column_vectors, block->columns);
    }
}

// ---- Coordinates ----

static void gather(double *to, const SoapBlock *block, const double *from) {
    for (size_t i = 0; i < area(block->rows, block->columns); i++) {
        to[i] = from[block->index[i]];
    }
}

// What a job of a pool works on.
typedef struct Projection {
    const Soap *soap;
    const double *from;
    bool into;
} Projection;

// Columns `begin` .. `end` - 1 of a matrix in other coordinates. With E the eigenvectors (in rows)
// and G the matrix: E_rows G E_columns^T, and back E_rows^T G E_columns.
static void project_columns(const SoapBlock *block, const Projection *projection, int begin,
                            int end) {
    int rows = block->rows, columns = block->columns, width = end - begin;
    double *a = block->work[begin > 0], *b = a + area(columns, columns);
    double *transposed = b + area(columns, columns);
    const double *left = block->row_vectors, *right = block->column_vectors;
    gather(a, block, projection->from);
    if (projection->into) {
        matrix_transpose(transposed, right + area(begin, columns), width, columns);
    } else {
        for (int i = 0; i < columns; i++) {
            memcpy(transposed + area(i, width), right + area(i, columns) + begin,
                   (size_t)width * sizeof *transposed);
        }
    }
    matrix_multiply(b, a, transposed, rows, columns, width);
    if (!projection->into) {
        matrix_transpose(transposed, left, rows, rows);
        left = transposed;
    }
    matrix_multiply(a, left, b, rows, rows, width);
    for (int i = 0; i < rows; i++) {
        for (int k = 0; k < width; k++) {
            projection->soap->projected[block->index[area(i, columns) + (size_t)(begin + k)]] =
                a[area(i, width) + (size_t)k];
        }
    }
}

// A job for each half of each block's columns: the halves have the same bytes as the whole.
static void project_half(void *context, int index) {
    const Projection *projection = context;
    const SoapBlock *block = &projection->soap->block[index / 2];
    int middle = (block->columns + 1) / 2;
    project_columns(block, projection, index % 2 ? middle : 0, index % 2 ? block->columns : middle);
}

static void project_all(const Soap *soap, ThreadPool *pool, double *to, const double *from,
                        bool into) {
    Projection projection = {soap, from, into};
    thread_pool_run(pool, project_half, &projection, 2 * soap->blocks);
    memcpy(to, soap->projected, soap->weights * sizeof(double));
}

void soap_project(const Soap *soap, ThreadPool *pool, double *to, const double *from) {
    project_all(soap, pool, to, from, true);
}

void soap_project_back(const Soap *soap, ThreadPool *pool, double *to, const double *from) {
    project_all(soap, pool, to, from, false);
}

// ---- Updates ----

typedef struct Update {
    const Soap *soap;
    const double *gradient;
    double decay; // of the covariances
    bool refines;
} Update;

// covariance += (1 - decay) * (a b - covariance), a b being [side][side] and its inner dimension
// `inner`.
static void update_covariance(double *covariance, double *work, const double *a, const double *b,
                              int side, int inner, double decay) {
    matrix_multiply(work, a, b, side, inner, side);
    for (size_t i = 0; i < area(side, side); i++) {
        covariance[i] += (1.0 - decay) * (work[i] - covariance[i]);
    }
}

// One step of orthogonal iteration towards the eigenvectors.
static void refine_vectors(double *vectors, const double *covariance, int side, double *work) {
    double mean = 0.0;
    for (int i = 0; i < side; i++) {
        mean += covariance[area(i, side) + (size_t)i] / side;
    }
    if (side == 1 || !(mean > 0.0)) {
        return;
    }
    matrix_multiply(work, vectors, covariance, side, side, side);
    for (size_t i = 0; i < area(side, side); i++) {
        work[i] = work[i] / mean + RIDGE * vectors[i];
    }
    matrix_orthonormalise(work, side);
    memcpy(vectors, work, area(side, side) * sizeof(double));
}

// A job for the rows and one for the columns of each block.
static void update_side(void *context, int index) {
    const Update *job = context;
    const SoapBlock *block = &job->soap->block[index / 2];
    int rows = block->rows, columns = block->columns;
    double *g = block->work[index % 2], *transposed = g + area(columns, columns);
    double *work = transposed + area(columns, columns);
    gather(g, block, job->gradient);
    matrix_transpose(transposed, g, rows, columns);
    if (index % 2 == 0) {
        update_covariance(block->row_covariance, work, g, transposed, rows, columns, job->decay);
    } else {
        update_covariance(block->column_covariance, work, transposed, g, columns, rows, job->decay);
    }
    if (job->refines && index % 2 == 0) {
        refine_vectors(block->row_vectors, block->row_covariance, rows, work);
    } else if (job->refines) {
        refine_vectors(block->column_vectors, block->column_covariance, columns, work);
    }
}

void soap_update(Soap *soap, ThreadPool *pool, long update, const double *gradient,
                 double *moment) {
    Update job = {.soap = soap,
                  .gradient = gradient,
                  .decay = fmin(COVARIANCE_DECAY, 1.0 - 1.0 / (double)update),
                  .refines = update <= REFINE_ALWAYS || update % REFINE_EVERY == 0};
    if (job.refines) {
        soap_project_back(soap, pool, moment, moment);
    }
    thread_pool_run(pool, update_side, &job, 2 * soap->blocks);
    if (job.refines) {
        soap_project(soap, pool, moment, moment);
    }
}

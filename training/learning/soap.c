// SPDX-License-Identifier: ISC
#include "training/learning/soap.h"

#include <math.h>
#include <string.h>

#include "dsp/base/memory.h"
#include "training/learning/matrix.h"

enum {
    TURN_ALWAYS = 32, // updates at first
    TURN_EVERY = 8,   // updates, after these
    AREAS = 3,        // matrices of working memory for each job
};

#define KEEP 0.95  // of the covariances at each update
#define RIDGE 1e-9 // of a covariance's mean: directions that no gradient has had stay defined

static size_t area(int rows, int columns) {
    return (size_t)rows * (size_t)columns;
}

// ---- Which weights make a matrix ----

static void index_gate(BasisBlock *block, const Network *network, const NetworkLayer *layer,
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

static bool add_block(Basis *basis, int rows, int columns) {
    BasisBlock *block = &basis->block[basis->blocks++];
    *block = (BasisBlock){.rows = rows, .columns = columns};
    block->index = memory_new(area(rows, columns), sizeof *block->index);
    basis->count += 2 * (area(rows, rows) + area(columns, columns));
    return block->index != NULL;
}

static bool add_layer(Basis *basis, const Network *network, const NetworkLayer *layer) {
    bool made = true;
    for (int gate = 0; gate < layer_gates(network->shape.cell) && made; gate++) {
        int biases = layer->recurrent_bias && gate == 2 ? 2 : 1; // the candidate's
        made = add_block(basis, network->shape.hidden,
                         layer->inputs + network->shape.hidden + biases);
        if (made) {
            index_gate(&basis->block[basis->blocks - 1], network, layer, gate);
        }
    }
    return made;
}

static bool add_head(Basis *basis, const Network *network) {
    int hidden = network->shape.hidden;
    bool made = add_block(basis, 1, hidden + 1);
    for (int i = 0; made && i <= hidden; i++) {
        const double *weight = i < hidden ? network->head + i : network->head_bias;
        basis->block[basis->blocks - 1].index[i] = (size_t)(weight - network->weights);
    }
    return made;
}

// Numbers that a job on `block` works with; a side is at most as long as there are columns.
static size_t work_of(const BasisBlock *block) {
    return AREAS * area(block->columns, block->columns);
}

static void place_state(Basis *basis) {
    double *at = basis->state, *work = basis->work;
    for (int i = 0; i < basis->blocks; i++) {
        BasisBlock *block = &basis->block[i];
        double **const places[] = {&block->rows_spread, &block->rows_basis, &block->columns_spread,
                                   &block->columns_basis};
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

Status basis_init(Basis *basis, const Network *network, Diagnostic *diagnostic) {
    *basis = (Basis){0};
    bool made = true;
    basis->weights = network->count;
    for (int i = 0; i < network->shape.layers && made; i++) {
        made = add_layer(basis, network, &network->layer[i]);
    }
    made = made && add_head(basis, network);
    size_t work = 0;
    for (int i = 0; i < basis->blocks; i++) {
        work += 2 * work_of(&basis->block[i]);
    }
    if (made) {
        basis->state = memory_new(basis->count, sizeof(double));
        basis->work = memory_new(work, sizeof(double));
        basis->moved = memory_new(basis->weights, sizeof(double));
    }
    if (!basis->state || !basis->work || !basis->moved) {
        basis_clear(basis);
        return diagnose(diagnostic, STATUS_NO_MEMORY, "no memory for the optimiser");
    }
    place_state(basis);
    basis_restart(basis);
    return STATUS_OK;
}

void basis_clear(Basis *basis) {
    for (int i = 0; i < basis->blocks; i++) {
        memory_free(basis->block[i].index);
    }
    memory_free(basis->state);
    memory_free(basis->work);
    memory_free(basis->moved);
    *basis = (Basis){0};
}

void basis_restart(Basis *basis) {
    memset(basis->state, 0, basis->count * sizeof(double));
    for (int i = 0; i < basis->blocks; i++) {
        BasisBlock *block = &basis->block[i];
        matrix_identity(block->rows_basis, block->rows);
        matrix_identity(block->columns_basis, block->columns);
    }
}

// ---- Coordinates ----

static void gather(double *to, const BasisBlock *block, const double *from) {
    for (size_t i = 0; i < area(block->rows, block->columns); i++) {
        to[i] = from[block->index[i]];
    }
}

// What a job of a team works on.
typedef struct Change {
    const Basis *basis;
    const double *from;
    bool enter;
} Change;

// Columns `begin` .. `end` - 1 of a matrix in other coordinates. With E the eigenvectors (in rows)
// and G the matrix: E_rows G E_columns^T, and back E_rows^T G E_columns.
static void change_columns(const BasisBlock *block, const Change *change, int begin, int end) {
    int rows = block->rows, columns = block->columns, width = end - begin;
    double *a = block->work[begin > 0], *b = a + area(columns, columns);
    double *turned = b + area(columns, columns);
    const double *left = block->rows_basis, *right = block->columns_basis;
    gather(a, block, change->from);
    if (change->enter) {
        matrix_transpose(turned, right + area(begin, columns), width, columns);
    } else {
        for (int i = 0; i < columns; i++) {
            memcpy(turned + area(i, width), right + area(i, columns) + begin,
                   (size_t)width * sizeof *turned);
        }
    }
    matrix_multiply(b, a, turned, rows, columns, width);
    if (!change->enter) {
        matrix_transpose(turned, left, rows, rows);
        left = turned;
    }
    matrix_multiply(a, left, b, rows, rows, width);
    for (int i = 0; i < rows; i++) {
        for (int k = 0; k < width; k++) {
            change->basis->moved[block->index[area(i, columns) + (size_t)(begin + k)]] =
                a[area(i, width) + (size_t)k];
        }
    }
}

// A job for each half of each block's columns: the halves have the same bytes as the whole.
static void change_half(void *context, int index) {
    const Change *change = context;
    const BasisBlock *block = &change->basis->block[index / 2];
    int middle = (block->columns + 1) / 2;
    change_columns(block, change, index % 2 ? middle : 0, index % 2 ? block->columns : middle);
}

static void change_all(const Basis *basis, Team *team, double *to, const double *from, bool enter) {
    Change change = {basis, from, enter};
    team_run(team, change_half, &change, 2 * basis->blocks);
    memcpy(to, basis->moved, basis->weights * sizeof(double));
}

void basis_enter(const Basis *basis, Team *team, double *to, const double *from) {
    change_all(basis, team, to, from, true);
}

void basis_leave(const Basis *basis, Team *team, double *to, const double *from) {
    change_all(basis, team, to, from, false);
}

// ---- Learning ----

typedef struct Lesson {
    const Basis *basis;
    const double *gradient;
    double keep; // of the covariances
    bool turns;
} Lesson;

// spread += (1 - keep) * (a b - spread), a b being [side][side] and its inner dimension `inner`.
static void learn_spread(double *spread, double *work, const double *a, const double *b, int side,
                         int inner, double keep) {
    matrix_multiply(work, a, b, side, inner, side);
    for (size_t i = 0; i < area(side, side); i++) {
        spread[i] += (1.0 - keep) * (work[i] - spread[i]);
    }
}

// One step of orthogonal iteration towards the eigenvectors.
static void turn(double *vectors, const double *spread, int side, double *work) {
    double mean = 0.0;
    for (int i = 0; i < side; i++) {
        mean += spread[area(i, side) + (size_t)i] / side;
    }
    if (side == 1 || !(mean > 0.0)) {
        return;
    }
    matrix_multiply(work, vectors, spread, side, side, side);
    for (size_t i = 0; i < area(side, side); i++) {
        work[i] = work[i] / mean + RIDGE * vectors[i];
    }
    matrix_orthonormalise(work, side);
    memcpy(vectors, work, area(side, side) * sizeof(double));
}

// A job for the rows and one for the columns of each block.
static void learn_side(void *context, int index) {
    const Lesson *lesson = context;
    const BasisBlock *block = &lesson->basis->block[index / 2];
    int rows = block->rows, columns = block->columns;
    double *g = block->work[index % 2], *turned = g + area(columns, columns);
    double *work = turned + area(columns, columns);
    gather(g, block, lesson->gradient);
    matrix_transpose(turned, g, rows, columns);
    if (index % 2 == 0) {
        learn_spread(block->rows_spread, work, g, turned, rows, columns, lesson->keep);
    } else {
        learn_spread(block->columns_spread, work, turned, g, columns, rows, lesson->keep);
    }
    if (lesson->turns && index % 2 == 0) {
        turn(block->rows_basis, block->rows_spread, rows, work);
    } else if (lesson->turns) {
        turn(block->columns_basis, block->columns_spread, columns, work);
    }
}

void basis_learn(Basis *basis, Team *team, long update, const double *gradient, double *carried) {
    Lesson lesson = {.basis = basis,
                     .gradient = gradient,
                     .keep = fmin(KEEP, 1.0 - 1.0 / (double)update),
                     .turns = update <= TURN_ALWAYS || update % TURN_EVERY == 0};
    if (lesson.turns) {
        basis_leave(basis, team, carried, carried);
    }
    team_run(team, learn_side, &lesson, 2 * basis->blocks);
    if (lesson.turns) {
        basis_enter(basis, team, carried, carried);
    }
}

// SPDX-License-Identifier: ISC
#include "dsp/network/kernels/pack.h"

#include <string.h>

// Where the model has a packed gate.
static int model_gate(const Layer *layer, int gate) {
    if (layer->kind == LAYER_LSTM || gate == GATE_C) {
        return gate;
    }
    return gate == GATE_R ? 1 : 0;
}

int pack_padded(int count, int lanes) {
    return (count + lanes - 1) / lanes * lanes;
}

void pack_put(const Kernels *kernels, void *numbers, size_t index, double value) REALTIME {
    if (kernels->number == sizeof(double)) {
        ((double *)numbers)[index] = value;
    } else {
        ((float *)numbers)[index] = (float)value;
    }
}

void pack_put_all(const Kernels *kernels, void *numbers, size_t first, const double *values,
                  size_t count) REALTIME {
    if (kernels->number == sizeof(double)) {
        memcpy((double *)numbers + first, values, count * sizeof(double));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ((float *)numbers)[first + i] = (float)values[i];
    }
}

size_t pack_recurrent_count(const CellLayout *layout, const Layer *layer) {
    return (size_t)layer_gates(layer->kind) * (size_t)(layout->lanes * layout->blocks) *
           (size_t)layout->columns;
}

// Scaled weight from unit `column` to gate `gate` of unit `unit`; zero in the padding.
static double recurrent_weight(const CellLayout *layout, const Layer *layer, int gate, int unit,
                               int column) {
    int n = layer->outputs;
    if (unit >= n || column >= n) {
        return 0.0;
    }
    double scale = gate == GATE_C ? layout->scales.candidate_product : layout->scales.gate[gate];
    size_t row = (size_t)(model_gate(layer, gate) * n + unit);
    return scale * (double)layer->recurrent_kernel[row * (size_t)n + (size_t)column];
}

// `gates` gates from `first_gate` on, of one set of row blocks.
typedef struct Group {
    int first_gate;
    int gates;
    int set;
} Group;

static int set_count(const CellLayout *layout) {
    return (layout->blocks + layout->set - 1) / layout->set;
}

// Row blocks of a set.
static int set_size(const CellLayout *layout, int set) {
    int left = layout->blocks - set * layout->set;
    return left < layout->set ? left : layout->set;
}

static int group_count(const CellLayout *layout, const Layer *layer) {
    int sets = set_count(layout);
    switch (layout->order) {
    case ORDER_PAIRS:
        return 2 * sets;
    case ORDER_UNITS:
        return sets;
    default:
        return layer_gates(layer->kind) * sets;
    }
}

static Group group_at(const CellLayout *layout, const Layer *layer, int index) {
    int sets = set_count(layout);
    int gates = layer_gates(layer->kind);
    if (layout->order == ORDER_UNITS) {
        return (Group){0, gates, index};
    }
    if (layout->order == ORDER_PAIRS) {
        return index < sets ? (Group){0, 2, index} : (Group){2, gates - 2, index - sets};
    }
    return (Group){index / sets, 1, index % sets};
}

// The column that lane `lane` multiplies where the weights hold column `column`: shuffled within
// its column block, or the same for all lanes.
static int lane_column(const CellLayout *layout, int column, int lane) {
    int step = column % layout->lanes;
    return layout->shuffled ? column - step + (lane ^ step) : column;
}

static size_t pack_column(const Kernels *kernels, void *weights, size_t at,
                          const CellLayout *layout, const Layer *layer, const Group *group,
                          int column) {
    int lanes = layout->lanes;
    for (int g = 0; g < group->gates; g++) {
        for (int b = 0; b < set_size(layout, group->set); b++) {
            for (int lane = 0; lane < lanes; lane++) {
                int unit = (group->set * layout->set + b) * lanes + lane;
                int source = lane_column(layout, column, lane);
                pack_put(kernels, weights, at++,
                         recurrent_weight(layout, layer, group->first_gate + g, unit, source));
            }
        }
    }
    return at;
}

// Where column `column` of a group starts of paged weights: `total` numbers are in a column of
// all groups, of which there are `columns`; `before` of them come before the group's own `width`.
static size_t paged_at(int total, int columns, int before, int width, int column) {
    int page_columns = WEIGHT_PAGE / total;
    int pages = columns / page_columns;
    int page = column % pages;
    int place = column / pages;
    return (size_t)(page * WEIGHT_PAGE + before * page_columns + place * width);
}

void pack_recurrent(const Kernels *kernels, void *weights, const CellLayout *layout,
                    const Layer *layer) {
    size_t at = 0;
    int total = layer_gates(layer->kind) * layout->blocks * layout->lanes;
    int before = 0;
    for (int i = 0; i < group_count(layout, layer); i++) {
        Group group = group_at(layout, layer, i);
        int width = group.gates * set_size(layout, group.set) * layout->lanes;
        for (int column = 0; column < layout->columns; column++) {
            if (layout->paged) {
                at = paged_at(total, layout->columns, before, width, column);
            }
            at = pack_column(kernels, weights, at, layout, layer, &group, column);
        }
        before += width;
    }
}

void pack_cell_input(double *rows, const CellLayout *layout, const Layer *layer, int input) {
    int width = layout->lanes * layout->blocks;
    int n = layer->outputs;
    for (int gate = 0; gate < layer_gates(layer->kind); gate++) {
        for (int unit = 0; unit < n; unit++) {
            int row = model_gate(layer, gate) * n + unit;
            double value;
            if (input >= 0) {
                value = (double)layer->kernel[row * layer->inputs + input];
            } else {
                value = (double)layer->bias[row];
                if (layer->kind != LAYER_GRU || gate != GATE_C) {
                    value += (double)layer->recurrent_bias[row];
                }
            }
            rows[gate * width + unit] = layout->scales.gate[gate] * value;
        }
    }
}

void pack_recurrent_bias(const Kernels *kernels, void *row, const CellLayout *layout,
                         const Layer *layer) {
    int n = layer->outputs;
    for (int unit = 0; unit < n; unit++) {
        double value = (double)layer->recurrent_bias[model_gate(layer, GATE_C) * n + unit];
        pack_put(kernels, row, (size_t)unit, layout->scales.candidate_product * value);
    }
}

void pack_dense(const Kernels *kernels, void *packed, const double *columns, int inputs,
                int outputs) {
    size_t at = 0;
    for (int block = 0; block < outputs; block += kernels->lanes) {
        for (int input = 0; input < inputs; input++) {
            for (int lane = 0; lane < kernels->lanes; lane++) {
                pack_put(kernels, packed, at++, columns[input * outputs + block + lane]);
            }
        }
    }
}

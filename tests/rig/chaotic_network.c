// SPDX-License-Identifier: ISC
#include "tests/rig/chaotic_network.h"

#include <string.h>

#define GAIN 2.0

void make_chaotic(Network *network) {
    static const double gru[] = {-3.0, 3.0, 0.0}, lstm[] = {3.0, -3.0, 0.0, 3.0};
    const bool is_lstm = network->shape.cell == LAYER_LSTM;
    const int hidden = network->shape.hidden;
    network_randomise(network, 3, 4.0);
    for (int i = 0; i < network->shape.layers; i++) {
        NetworkLayer *layer = &network->layer[i];
        for (int k = 0; k < (is_lstm ? 4 : 3) * hidden; k++) {
            layer->bias[k] = is_lstm ? lstm[k / hidden] : gru[k / hidden];
        }
        for (int k = 2 * hidden * hidden; k < 3 * hidden * hidden; k++) {
            layer->recurrent_kernel[k] *= GAIN; // the candidate's
        }
    }
    memset(network->head, 0, (size_t)hidden * sizeof(double));
}

// SPDX-License-Identifier: ISC
#include "dsp/chain/processor_state.h"

void processor_clear(Processor *processor) REALTIME {
    swap_end(&processor->stages);
    swap_end(&processor->cabinets);
    gate_reset(&processor->gate);
    tone_reset(&processor->before);
    tone_reset(&processor->after);
    for (int i = 0; i < CONTROL_COUNT; i++) {
        ramp_end(&processor->ramps[i]);
    }
}

void processor_apply_knobs(const Processor *processor, ModelStage *stage, int frames) REALTIME {
    for (int i = 0; stage && i < MODEL_MAX_KNOBS; i++) {
        if (processor->knob_set[i]) {
            model_stage_set_knob(stage, i, processor->knobs[i], frames);
        } else {
            float percent = processor->settings[CONTROL_KNOB_1 + i];
            model_stage_turn_knob(stage, i, percent < 0.0f ? -1.0f : percent / 100.0f, frames);
        }
    }
}

void processor_apply_oversampling(const Processor *processor, ModelStage *stage, int frames)
    REALTIME {
    if (stage) {
        model_stage_set_oversampling(stage, (int)processor->settings[CONTROL_OVERSAMPLING], frames);
    }
}

int processor_lag(const Processor *processor) REALTIME {
    const ModelStage *stage = swap_now(&processor->stages);
    return stage ? model_stage_lag(stage) : 0;
}

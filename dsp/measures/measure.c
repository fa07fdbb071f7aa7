// SPDX-License-Identifier: ISC
#include "dsp/measures/measure.h"

#include <math.h>

#include "dsp/measures/esr.h"

static double ratio(double numerator, double denominator) {
    return denominator > 0.0 ? numerator / denominator : (double)NAN;
}

void measure(Measure *result, const float *reference, const float *other, size_t frames) {
    double error_energy = 0.0, reference_energy = 0.0, other_energy = 0.0, product = 0.0;
    double emphasised_error = 0.0, emphasised_reference = 0.0, dc = 0.0;
    double last_error = 0.0, last_reference = 0.0;
    Measure m = {0};
    for (size_t i = 0; i < frames; i++) {
        double a = reference[i], b = other[i], error = a - b;
        error_energy += error * error;
        reference_energy += a * a;
        other_energy += b * b;
        product += a * b;
        dc -= error;
        double high = error - ESR_PREEMPHASIS * last_error;
        double high_reference = a - ESR_PREEMPHASIS * last_reference;
        emphasised_error += high * high;
        emphasised_reference += high_reference * high_reference;
        last_error = error;
        last_reference = a;
        if (fabs(error) > m.max_abs) {
            m.max_abs = fabs(error);
            m.max_at = i;
        }
        m.peak_reference = fmax(m.peak_reference, fabs(a));
        m.peak_other = fmax(m.peak_other, fabs(b));
    }
    double count = frames > 0 ? (double)frames : 1.0;
    m.esr = esr_ratio(&(Esr){error_energy, reference_energy});
    m.esr_preemphasis = esr_ratio(&(Esr){emphasised_error, emphasised_reference});
    m.rms_difference = sqrt(error_energy / count);
    m.rms_reference = sqrt(reference_energy / count);
    m.rms_other = sqrt(other_energy / count);
    m.dc = dc / count;
    m.correlation = ratio(product, sqrt(reference_energy) * sqrt(other_energy));
    m.gain = ratio(product, reference_energy);
    *result = m;
}

// SPDX-License-Identifier: ISC
// What becomes of the events of ALSA's sequencer. The test has a sequencer of its own, in place of
// libasound: machines that build have none.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <alsa/asoundlib.h>

#include "dsp/base/memory.h"
#include "plugin/backend/alsa_midi.h"

enum { MOST = 3000 };

// ---- The sequencer ----

static int opening;  // what snd_seq_open answers
static int making;   // what snd_seq_create_simple_port answers
static int open_now; // sequencers
static char client_name[64], port_name[64];
static unsigned port_abilities;
static struct {
    int fault; // or an event
    snd_seq_event_t event;
} queue[MOST];
static int queued, taken;

int snd_seq_open(snd_seq_t **handle, const char *name, int streams, int mode) {
    assert_string_equal(name, "default");
    assert_int_equal(streams, SND_SEQ_OPEN_INPUT);
    assert_int_equal(mode, SND_SEQ_NONBLOCK); // main's thread does not wait
    open_now += opening == 0;
    *handle = opening == 0 ? (snd_seq_t *)queue : NULL;
    return opening;
}

int snd_seq_close(snd_seq_t *handle) {
    assert_ptr_equal(handle, queue);
    open_now--;
    return 0;
}

int snd_seq_set_client_name(snd_seq_t *seq, const char *name) {
    assert_ptr_equal(seq, queue);
    strncpy(client_name, name, sizeof client_name - 1);
    return 0;
}

int snd_seq_create_simple_port(snd_seq_t *seq, const char *name, unsigned int caps,
                               unsigned int type) {
    assert_ptr_equal(seq, queue);
    assert_true(type & SND_SEQ_PORT_TYPE_MIDI_GENERIC);
    strncpy(port_name, name, sizeof port_name - 1);
    port_abilities = caps;
    return making;
}

int snd_seq_event_input(snd_seq_t *handle, snd_seq_event_t **event) {
    assert_ptr_equal(handle, queue);
    if (taken == queued) {
        return -EAGAIN;
    }
    *event = queue[taken].fault ? NULL : &queue[taken].event;
    return queue[taken++].fault;
}

const char *snd_strerror(int errnum) {
    return strerror(-errnum);
}

// ---- The tests ----

static int begin(void **state) {
    (void)state;
    opening = making = open_now = queued = taken = 0;
    return 0;
}

static void put(int type, int channel, unsigned number, int value) {
    assert_true(queued < MOST);
    memset(&queue[queued], 0, sizeof queue[queued]);
    snd_seq_event_t *event = &queue[queued++].event;
    event->type = (snd_seq_event_type_t)type;
    event->data.control.channel = (unsigned char)channel;
    event->data.control.param = number;
    event->data.control.value = value;
}

static AlsaMidi *open_midi(void) {
    AlsaMidi *midi = NULL;
    assert_int_equal(alsa_midi_new(&midi, "dut", NULL), STATUS_OK);
    assert_non_null(midi);
    return midi;
}

static void it_can_be_connected_to(void **state) {
    (void)state;
    AlsaMidi *midi = open_midi();
    assert_string_equal(client_name, "dut");
    assert_string_equal(port_name, "midi_in");
    assert_int_equal(port_abilities, SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE);
    assert_int_equal(open_now, 1);
    alsa_midi_free(midi);
    assert_int_equal(open_now, 0);
    alsa_midi_free(NULL);
}

static void controllers_and_programs_come_through(void **state) {
    (void)state;
    unsigned char message[3] = {0};
    AlsaMidi *midi = open_midi();
    assert_int_equal(alsa_midi_take(midi, message), 0);
    put(SND_SEQ_EVENT_NOTEON, 0, 60, 100);
    put(SND_SEQ_EVENT_CONTROLLER, 15, 7, 127);
    put(SND_SEQ_EVENT_PITCHBEND, 1, 0, 8000);
    put(SND_SEQ_EVENT_PGMCHANGE, 2, 0, 5);
    put(SND_SEQ_EVENT_PORT_SUBSCRIBED, 0, 0, 0);
    assert_int_equal(alsa_midi_take(midi, message), 3);
    assert_memory_equal(message, "\xbf\x07\x7f", 3);
    assert_int_equal(alsa_midi_take(midi, message), 2);
    assert_memory_equal(message, "\xc2\x05", 2);
    assert_int_equal(alsa_midi_take(midi, message), 0);
    alsa_midi_free(midi);
}

// Whoever wrote them.
static void numbers_stay_within_seven_bits(void **state) {
    (void)state;
    unsigned char message[3] = {0};
    AlsaMidi *midi = open_midi();
    put(SND_SEQ_EVENT_CONTROLLER, 16 + 3, 128 + 7, 128 + 5);
    put(SND_SEQ_EVENT_PGMCHANGE, 16 + 2, 0, 128 + 9);
    assert_int_equal(alsa_midi_take(midi, message), 3);
    assert_memory_equal(message, "\xb3\x07\x05", 3);
    assert_int_equal(alsa_midi_take(midi, message), 2);
    assert_memory_equal(message, "\xc2\x09", 2);
    alsa_midi_free(midi);
}

static void what_is_lost_is_told(void **state) {
    (void)state;
    unsigned char message[3] = {0};
    AlsaMidi *midi = open_midi();
    put(SND_SEQ_EVENT_CLOCK, 0, 0, 0);
    queue[0].fault = -ENOSPC;
    put(SND_SEQ_EVENT_CONTROLLER, 0, 1, 2);
    put(SND_SEQ_EVENT_CLOCK, 0, 0, 0);
    queue[2].fault = -ENODEV;
    assert_int_equal(alsa_midi_take(midi, message), -1);
    assert_int_equal(alsa_midi_take(midi, message), 3);
    assert_int_equal(alsa_midi_take(midi, message), 0);
    alsa_midi_free(midi);
}

// Nobody can keep main's thread with what is of no use.
static void a_flood_is_taken_in_pieces(void **state) {
    (void)state;
    unsigned char message[3] = {0};
    AlsaMidi *midi = open_midi();
    for (int i = 0; i < MOST - 1; i++) {
        put(SND_SEQ_EVENT_CLOCK, 0, 0, 0);
    }
    put(SND_SEQ_EVENT_CONTROLLER, 3, 1, 2);
    assert_int_equal(alsa_midi_take(midi, message), 0);
    assert_true(taken < MOST / 2);
    int calls = 1, length = 0;
    for (; length == 0 && calls < MOST; calls++) {
        length = alsa_midi_take(midi, message);
    }
    assert_int_equal(length, 3);
    assert_true(calls < 10);
    alsa_midi_free(midi);
}

static void without_a_sequencer_it_says_so(void **state) {
    (void)state;
    AlsaMidi *midi = NULL;
    Diagnostic diagnostic = {""};
    opening = -ENOENT;
    assert_int_equal(alsa_midi_new(&midi, "dut", &diagnostic), STATUS_CANNOT_READ);
    assert_null(midi);
    assert_non_null(strstr(diagnostic.text, "No such file"));
    opening = 0;
    making = -ENOMEM;
    assert_int_equal(alsa_midi_new(&midi, "dut", &diagnostic), STATUS_CANNOT_READ);
    assert_null(midi);
    assert_int_equal(open_now, 0); // none is left behind
    memory_fail_after(0);
    assert_int_equal(alsa_midi_new(&midi, "dut", &diagnostic), STATUS_NO_MEMORY);
    memory_fail_after(-1);
    assert_null(midi);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_can_be_connected_to, begin),
        cmocka_unit_test_setup(controllers_and_programs_come_through, begin),
        cmocka_unit_test_setup(numbers_stay_within_seven_bits, begin),
        cmocka_unit_test_setup(what_is_lost_is_told, begin),
        cmocka_unit_test_setup(a_flood_is_taken_in_pieces, begin),
        cmocka_unit_test_setup(without_a_sequencer_it_says_so, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

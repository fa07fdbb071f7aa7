// SPDX-License-Identifier: ISC
// Bytes as an audio file. What is read must be finite samples, as many as are told.
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsp/files/audio/audio_file.h"
#include "tests/fuzz/fuzz.h"

// A file that is only in memory, under a path.
static const char *put_file(const uint8_t *bytes, size_t size) {
    static int fd = -1;
    static char path[40];
    if (fd < 0) {
        fd = memfd_create("audio", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    fuzz_expect(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size,
                "no file in memory to be had");
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < FUZZ_HEADER) {
        return 0;
    }
    const char *path = put_file(data + FUZZ_HEADER, size - FUZZ_HEADER);
    fuzz_begin(data, size);
    Audio audio;
    Diagnostic diagnostic = {""};
    Status status = audio_file_read(&audio, path, &diagnostic);
    if (status == STATUS_OK) {
        fuzz_expect(audio.frames > 0 && audio.samples && audio.rate > 0 && audio.channels > 0,
                    "read, but there is nothing");
        for (size_t i = 0; i < audio.frames; i++) {
            fuzz_expect(isfinite(audio.samples[i]), "a sample is not a finite number");
        }
    } else {
        fuzz_expect(!audio.samples && audio.frames == 0, "failed, but gave samples");
        fuzz_expect_told(status, &diagnostic);
    }
    audio_clear(&audio);
    fuzz_end();
    return 0;
}

// SPDX-License-Identifier: ISC
#include "dsp/chain/swap.h"

#include <stdatomic.h>
#include <stddef.h>

_Static_assert(ATOMIC_POINTER_LOCK_FREE == 2, "things cross threads without a lock");

void *swap_offer(Swap *swap, void *item) {
    return atomic_exchange(&swap->offered, item);
}

void *swap_collect(Swap *swap) {
    return atomic_exchange(&swap->retired, NULL);
}

void swap_install(Swap *swap, void *item, void *gone[SWAP_GONE]) {
    gone[0] = swap_offer(swap, NULL);
    gone[1] = swap->old;
    gone[2] = swap->now;
    swap->old = NULL;
    swap->now = item;
    swap->fade_left = 0;
}

void *swap_now(const Swap *swap) REALTIME {
    return swap->now;
}

void *swap_old(const Swap *swap) REALTIME {
    return swap->old;
}

bool swap_has_retired(const Swap *swap) REALTIME {
    return atomic_load(&swap->retired) != NULL;
}

bool swap_begin(Swap *swap, int frames) REALTIME {
    if (swap->fade_left > 0 || swap_has_retired(swap)) {
        return false;
    }
    void *item = atomic_exchange(&swap->offered, NULL);
    if (!item) {
        return false;
    }
    swap->old = swap->now;
    swap->now = item;
    swap->fade_left = frames;
    return true;
}

void swap_prolong(Swap *swap, int frames) REALTIME {
    swap->fade_left += frames;
}

int swap_left(const Swap *swap) REALTIME {
    return swap->fade_left;
}

void swap_advance(Swap *swap, int frames) REALTIME {
    swap->fade_left -= frames;
    if (swap->fade_left <= 0) {
        swap_end(swap);
    }
}

void swap_end(Swap *swap) REALTIME {
    if (swap->old) {
        atomic_store(&swap->retired, swap->old);
    }
    swap->old = NULL;
    swap->fade_left = 0;
}

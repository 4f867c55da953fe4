#include "spm/ended.h"

#include <string.h>

/** Of each partition, bit n: it has to hear that the partition with number n has ended. */
static uint16_t untold[PARTITIONS_MAX];

_Static_assert(PARTITIONS_MAX <= 16u, "a bit for each");

void ended_init(void)
{
    memset(untold, 0, sizeof untold);
}

void ended_note(uint32_t number)
{
    const struct partition *listener;
    for (uint32_t i = 0; (listener = partitions_at(i)) != NULL; i++) {
        if (listener->hears_ends) {
            untold[i] = (uint16_t)(untold[i] | 1u << number);
        }
    }
    untold[number] = 0;
}

const struct partition *ended_take(uint32_t listener)
{
    uint16_t *ended = &untold[listener];
    for (uint32_t i = 0; *ended != 0; i++) {
        const uint16_t bit = (uint16_t)(1u << i);
        if ((*ended & bit) != 0) {
            *ended = (uint16_t)(*ended & ~bit);
            return partitions_at(i);
        }
    }
    return NULL;
}

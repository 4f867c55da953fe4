#include "support/toy_protection.h"

#include <string.h>

/* One round of a multiplicative mix (the finisher of SplitMix64). */
static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ value >> 27) * UINT64_C(0x94D049BB133111EB);
    return value ^ value >> 31;
}

static uint64_t absorb(uint64_t state, const uint8_t *data, uint32_t len)
{
    for (; len >= 8; data += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        state = mix(state ^ word) + UINT64_C(0x9E3779B97F4A7C15);
    }
    uint64_t rest = (uint64_t)len << 56;
    memcpy(&rest, data, len);
    return mix(state ^ rest) + len;
}

static void make_tag(const struct toy_protection *toy, struct view associated, const uint8_t *data,
                     uint32_t len, uint8_t tag[STORE_TAG_BYTES])
{
    uint64_t state = absorb(toy->key, associated.data, associated.len);
    if (len > 0) {
        state = absorb(state ^ UINT64_C(0xA5A5A5A5), data, len);
    }
    uint64_t second = mix(state ^ toy->key);
    memcpy(tag, &state, 8);
    memcpy(tag + 8, &second, 8);
}

static void crypt(const struct toy_protection *toy, const uint8_t tag[STORE_TAG_BYTES],
                  uint8_t *data, uint32_t len)
{
    uint64_t seed;
    memcpy(&seed, tag, 8);
    for (uint32_t i = 0; i < len; i += 8) {
        uint64_t stream = mix(seed + toy->key + i);
        uint64_t word = 0;
        uint32_t part = len - i < 8 ? len - i : 8;
        memcpy(&word, data + i, part);
        word ^= stream;
        memcpy(data + i, &word, part);
    }
}

static void toy_seal(void *context, struct view associated, uint8_t *data, uint32_t len,
                     uint8_t tag[STORE_TAG_BYTES])
{
    struct toy_protection *toy = context;
    toy->seals++;
    make_tag(toy, associated, data, len, tag);
    crypt(toy, tag, data, len);
}

static enum garrison_status toy_open(void *context, struct view associated, uint8_t *data,
                                     uint32_t len, const uint8_t tag[STORE_TAG_BYTES])
{
    struct toy_protection *toy = context;
    uint8_t own[STORE_TAG_BYTES];
    toy->opens++;
    crypt(toy, tag, data, len);
    make_tag(toy, associated, data, len, own);
    uint8_t differ = 0; /* a fuzzer that watched memcmp() could learn the tag from it */
    for (uint32_t i = 0; i < sizeof own; i++) {
        differ |= (uint8_t)(own[i] ^ tag[i]);
    }
    if (differ == 0) {
        return GARRISON_OK;
    }
    if (len > 0) {
        memset(data, 0, len);
    }
    return GARRISON_ERROR_DIGEST;
}

void toy_protection_init(struct toy_protection *toy, uint64_t key)
{
    *toy = (struct toy_protection){
        .protection = {.context = toy, .seal = toy_seal, .open = toy_open},
        .key = key,
    };
}

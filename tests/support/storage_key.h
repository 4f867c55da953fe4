/*
 * The services' own protection with a key for tests.
 */
#pragma once

#include "services/storage_protection.h"
#include "support/test.h"

/** Makes keys of a number, and the protection that uses them. */
static inline void storage_key_make(struct storage_keys *keys, struct store_protection *protection,
                                    uint8_t number)
{
    uint8_t key[STORAGE_KEY_BYTES];
    for (uint32_t i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)(number + 5u * i);
    }
    assert_int_equal(storage_keys_init(keys, key, sizeof key), GARRISON_OK);
    *protection =
        (struct store_protection){.context = keys, .seal = storage_seal, .open = storage_open};
}

/*
 * The same as store_sweep_toy.c, with the protection that the device has.
 */
#include "power/store_scenarios.h"
#include "services/storage_protection.h"

int main(int argc, char **argv)
{
    static const uint8_t key[STORAGE_KEY_BYTES] = {1, 2, 3};
    static struct storage_keys keys;
    static const struct store_protection protection = {
        .context = &keys, .seal = storage_seal, .open = storage_open};
    if (storage_keys_init(&keys, key, sizeof key) != GARRISON_OK) {
        return 1;
    }
    return store_sweep(argc, argv, &protection);
}

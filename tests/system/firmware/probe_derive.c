/*
 * In the manager's place: derives keys and shows them, so that a test can compare.
 */
#include <garrison/port.h>

#include "image.h"
#include "probe.h"

const char image_name[] = "probe";

static const char *const labels[] = {"its", "ps", ""};

_Noreturn void image_main(void)
{
    board_init();
    for (unsigned i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        uint8_t key[64];
        probe_log("status", (uint32_t)port_derive_key(labels[i], key));
        for (uint32_t k = 0; k < sizeof(key); k += 4u) {
            probe_log("key", (uint32_t)key[k] << 24 | (uint32_t)key[k + 1u] << 16 |
                                 (uint32_t)key[k + 2u] << 8 | key[k + 3u]);
        }
    }
    port_log("probe: ready");
    port_panic("probe: the end");
}

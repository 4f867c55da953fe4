/*
 * Which client may update what.
 */
#pragma once

#include <stdint.h>

/** A right; who has none is refused everything. */
struct update_right {
    int32_t client;      /**< As psa_msg_t.client_id. */
    uint16_t components; /**< A bit for each psa_fwu_component_t that it may query and update. */
    uint16_t reboot;     /**< 1: it may reset the chip. */
};

extern const struct update_right update_rights[];
extern const uint32_t update_rights_count;

#include "vendor_obk_field.h"

const struct vendor_obk_field vendor_obk_fields[] = {
    {"stirot-config", 0x21, 1, "clock"},
    {"stirot-config", 0x23, 1, "jump_to_bootloader"},
    {"stirot-config", 0x4C, 4, "minimal_product_state"},
    {"sm-general", 0x20, 1, "module_authentication"},
    {"sm-general", 0x21, 1, "flash_layout"},
    {"sm-general", 0x22, 1, "structure_version"},
    {"sm-general", 0x23, 1, "log_uart"},
    {"sm-general", 0x24, 1, "log_alternate_function"},
    {"sm-general", 0x25, 1, "log_tx_port"},
    {"sm-general", 0x26, 1, "log_tx_pin"},
    {"sm-general", 0x27, 1, "log_rx_port"},
    {"sm-general", 0x28, 1, "log_rx_pin"},
    {"sm-general", 0x29, 1, "log_baud"},
    {"sm-general", 0x2A, 1, "interface_sram_kb"},
    {"sm-general", 0x2E, 4, "secure_sram_first"},
    {"sm-general", 0x32, 4, "secure_sram_last"},
    {"sm-general", 0x36, 1, "modules"},
    {"sm-general", 0x52, 1, "nonsecure_primary_sector"},
    {"sm-general", 0x53, 1, "nonsecure_secondary_sector"},
    {"sm-general", 0x54, 1, "nonsecure_sectors"},
    {"sm-general", 0x55, 1, "nonsecure_reserved_sector"},
    {"sm-general", 0x56, 1, "nonsecure_reserved_sectors"},
    {"sm-general", 0x57, 1, "factory_its_sector"},
    {"sm-general", 0x58, 1, "factory_its_sectors"},
    {"sm-general", 0x59, 1, "its_sector"},
    {"sm-general", 0x5A, 1, "its_sectors"},
    {"sm-general", 0x5C, 1, "jump_to_bootloader"},
};
const unsigned vendor_obk_field_count = sizeof vendor_obk_fields / sizeof vendor_obk_fields[0];

uint32_t vendor_obk_field_value(const struct vendor_obk *obk, const struct vendor_obk_field *field)
{
    uint32_t value = 0;
    for (unsigned i = field->width; i > 0; i--) {
        value = value << 8 | obk->data[field->off + i - 1u];
    }
    return value;
}

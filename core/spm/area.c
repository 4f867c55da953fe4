/*
 * What a partition may do to the flash: use its own areas, and nothing else of it.
 *
 * The device behind reaches all of the flash, the images and other partitions' areas included, so
 * the decision is taken twice.
 */
#include <garrison/port.h>
#include <garrison/spm.h>

#include "base/hardened.h"
#include "spm/partitions.h"
#include "spm/running.h"

static bool is_own(uint32_t index, uint32_t off, uint32_t len)
{
    const struct partition *partition = spm_running();
    if (partition == NULL) {
        return false;
    }
    const struct partition_area area = partitions_area(partition, index);
    return area.len != 0 && off <= area.len && len <= area.len - off;
}

/** Where the range stands in the flash; does not return if the running partition has no such. */
static uint32_t require_range(uint32_t index, uint32_t off, uint32_t len)
{
    struct hardened_verdict verdict = HARDENED_REFUSED;
    if (is_own(index, off, len)) {
        hardened_grant_first(&verdict);
    }
    if (is_own(hardened_launder(index), hardened_launder(off), hardened_launder(len))) {
        hardened_grant_second(&verdict);
    }
    if (!hardened_granted(&verdict)) {
        running_mistake("flash is not its own");
    }
    return partitions_area(spm_running(), index).off + off;
}

uint32_t spm_area_size(uint32_t index)
{
    const struct partition *partition = spm_running();
    return partition != NULL ? partitions_area(partition, index).len : 0;
}

enum garrison_status spm_area_read(uint32_t index, uint32_t off, uint8_t *data, uint32_t len)
{
    const struct flash_device *flash = port_flash();
    const uint32_t from = require_range(index, off, len);
    running_require_own(data, len, PARTITION_READ | PARTITION_WRITE);
    return flash->read(flash, from, data, len);
}

enum garrison_status spm_area_program(uint32_t index, uint32_t off, const uint8_t *data,
                                      uint32_t len)
{
    const struct flash_device *flash = port_flash();
    const uint32_t to = require_range(index, off, len);
    running_require_own(data, len, PARTITION_READ);
    return flash->program(flash, to, data, len);
}

enum garrison_status spm_area_erase(uint32_t index, uint32_t off, uint32_t len)
{
    const struct flash_device *flash = port_flash();
    return flash->erase(flash, require_range(index, off, len), len);
}

#include "boot/layout_load.h"

#include "base/hardened.h"
#include "boot/record.h"

enum garrison_status layout_load(const struct layout_bounds *bounds, struct layout_record *record,
                                 struct layout_fault *fault)
{
    *fault = (struct layout_fault){0};
    const enum garrison_status status =
        record_load(LAYOUT_RECORD_OFF, (uint8_t *)record, sizeof *record);
    return hardened_ok(status) ? layout_check(record, bounds, fault) : status;
}

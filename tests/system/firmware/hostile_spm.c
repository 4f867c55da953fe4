/*
 * The SPM with a door for the test: in the place of spm_version() (the linker's --wrap), so that what
 * it tries is tried in Handler mode, with the MPU as it stands where the SPM works. It tells the
 * partitions' and modules' records too.
 */
#include <string.h>

#include <garrison/spm.h>

#include "linker.h"
#include "matrix.h"
#include "spm/modules.h"
#include "spm/partitions.h"

uint32_t __real_spm_version(int32_t client_id, uint32_t sid);
uint32_t __wrap_spm_version(int32_t client_id, uint32_t sid);

extern uint8_t linker_stack_limit[];

static struct matrix_spm spm;

static void tell_record(const struct partition *partition, struct matrix_record *record)
{
    strncpy(record->name, partition->name, sizeof record->name - 1);
    record->is_module = partition->is_module ? 1 : 0;
    record->handle = (uint32_t)partition->services[0].handle;
    for (uint32_t i = 0; i < MATRIX_REGIONS; i++) {
        record->region[i].base = partition->memory->region[i].base;
        record->region[i].limit = partition->memory->region[i].limit;
        record->region[i].access = partition->memory->region[i].access;
    }
}

static uint32_t tell(void)
{
    spm.text = (uint32_t)linker_spm_text;
    spm.text_end = (uint32_t)linker_spm_text_end;
    spm.stack = (uint32_t)linker_stack_limit;
    spm.ram_end = (uint32_t)linker_spm_ram_end;
    spm.gate_stack = (uint32_t)linker_gate_stack_limit;
    spm.gate_ram_end = (uint32_t)linker_gate_ram_end;
    spm.count = 0;
    for (uint32_t i = 0; i < partition_count; i++) {
        tell_record(&partition_table[i], &spm.partition[spm.count++]);
    }
    for (uint32_t i = 0; i < modules_count(); i++) {
        tell_record(modules_at(i), &spm.partition[spm.count++]);
    }
    return (uint32_t)&spm;
}

uint32_t __wrap_spm_version(int32_t client_id, uint32_t sid)
{
    switch (sid) {
    case MATRIX_SID_TELL:
        return tell();
    case MATRIX_SID_TRY:
        spm.value = matrix_try(spm.access, spm.addr);
        return 1;
    default:
        return __real_spm_version(client_id, sid);
    }
}

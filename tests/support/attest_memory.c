/*
 * The memory of the partition "attest" in a process of one sandbox, and what it asks of its port.
 */
#include <garrison/partition.h>
#include <garrison/spm.h>
#include <psa/lifecycle.h>

#define STACK_BYTES 4096u

static _Alignas(32) uint8_t stack[STACK_BYTES];

const struct partition_memory partition_memory_attest = {
    .stack_base = (uintptr_t)stack,
    .stack_limit = (uintptr_t)stack + STACK_BYTES,
    .region = {{.base = 32,
                .limit = UINTPTR_MAX & ~(uintptr_t)31,
                .access = PARTITION_READ | PARTITION_WRITE}},
};

uint32_t psa_rot_lifecycle_state(void)
{
    return spm_life_cycle();
}

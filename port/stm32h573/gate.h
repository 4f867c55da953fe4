/*
 * What gate.S offers to the manager's C code.
 */
#pragma once

#include <stdint.h>

#include <garrison/partition.h>

/**
 * Leaves Secure state for good: sets up both worlds' stacks, drops privilege and enters the
 * application. Lies in the gate, which unprivileged code may run.
 * @param entry     its first instruction, Thumb bit cleared
 * @param stack     its initial stack pointer
 */
_Noreturn void gate_start_application(uint32_t entry, uint32_t stack);

/** Where a partition's function returns to. */
void partition_return(void);

/** psa_call() of the partition that runs, with gate_control(). */
psa_status_t partition_call(psa_handle_t handle, uint32_t control, const psa_invec *in_vec,
                            psa_outvec *out_vec);

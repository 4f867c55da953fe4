/*
 * The gate's other side: supervisor calls, and the two stacks of unprivileged code without a
 * partition. gate.S and svc.c share it.
 */
#pragma once

/* Supervisor calls. Those below GATE_FUNCTIONS come from the gate, in the order of gate.h. */
#define SVC_PARTITION_RETURN 16
#define SVC_READ             17
#define SVC_SKIP             18
#define SVC_WRITE            19
#define SVC_PANIC            20

#ifndef __ASSEMBLER__
#include <stdint.h>

/**
 * Leaves Secure state for good: sets up both worlds' stacks, drops privilege and enters the
 * application. Lies in the gate, which unprivileged code may run.
 * @param entry     its first instruction, Thumb bit cleared
 * @param stack     its initial stack pointer
 */
_Noreturn void gate_start_application(uint32_t entry, uint32_t stack);

/** Where a partition's function returns to. */
void partition_return(void);
#endif

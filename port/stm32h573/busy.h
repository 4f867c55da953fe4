/*
 * The gate while a partition runs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>

/** Handler of MemManage: a call of the gate's is answered, all else is a fault. */
void busy_entry(void);

/**
 * Answers a call that was refused because a partition runs, as if the gate had: in the frame of the
 * exception, on the caller's own stack. @return false: the fault is none, or its frame is not one
 */
GARRISON_ENTRY bool busy_answer(uint32_t exc_return);

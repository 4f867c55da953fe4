/*
 * What the files of the hosted way share.
 */
#pragma once

#include <garrison/hosted.h>

/**
 * Puts the code of the gate's Secure side into the chip's SRAM2, resets the processor to there, and
 * listens to the gate. The isolation is not set up yet.
 */
void hosted_gate_start(void);

/** Where in the flash the Non-secure side may point a service to: its slot. */
void hosted_gate_set_slot(uint32_t base);

/** Makes the processor begin Non-secure code, as the manager's last act before it serves. */
void hosted_gate_leave_to(uint32_t vectors);

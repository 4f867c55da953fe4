/* What other blocks and tests need of TAMP: a tamper, and the loss of the backup domain. */
#pragma once

struct sim_device;

/**
 * A tamper event as numbered in TAMP_SR: 0 to 7 on TAMP_IN1 to TAMP_IN8, 16 to 30 internal tamper
 * 1 to 15. Without its enable bit it is not noticed; otherwise its flag is set and the device's
 * secrets are erased (backup registers, SRAM2, backup SRAM if RPCFGR says so, all that AES, HASH,
 * SAES and PKA hold) or, in potential mode, withheld until the flag is cleared.
 */
void tamp_detect(struct sim_device *dev, unsigned number);

/** RCC_BDCR.VSWRST: every register of TAMP takes its reset value, backup registers included. */
void tamp_domain_reset(struct sim_device *dev);

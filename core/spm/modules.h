/*
 * The modules that this device has and that are granted what they ask for.
 */
#pragma once

#include <garrison/partition.h>

/**
 * Reads the record of every module that the last boot stage has verified, and makes a partition of
 * each that may run; of the others it logs "module 0 (otp): refused: <reason>". Before
 * port_isolation_apply(), which asks what devices are theirs.
 */
void modules_admit(void);

/** Readies the memory of each that was admitted. Isolation is in force. */
void modules_start(void);

/** Modules that were admitted. */
uint32_t modules_count(void);

/** One of them, from 0; NULL: there are not so many. */
const struct partition *modules_at(uint32_t number);

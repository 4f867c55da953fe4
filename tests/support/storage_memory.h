/*
 * Where the storage partitions' areas stand in the flash of support/flash_ram.h, behind what other
 * tests use.
 */
#pragma once

#define STORAGE_ITS_OFF        0x10000u
#define STORAGE_ITS_BYTES      0x6000u
#define STORAGE_PS_OFF         0x16000u
#define STORAGE_PS_BYTES       0x8000u
#define STORAGE_COUNTERS_OFF   0x1E000u
#define STORAGE_COUNTERS_BYTES 0x4000u

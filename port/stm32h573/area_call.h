/*
 * What area.c asks of the manager, which knows which partition runs: garrison/spm.h, "Flash of the
 * running partition", has what each does.
 */
#pragma once

#include <stdint.h>

#include <garrison/status.h>

uint32_t area_call_size(uint32_t index);
enum garrison_status area_call_read(uint32_t index, uint32_t off, uint8_t *data,
                                    uint32_t len) GARRISON_MUST_USE;
enum garrison_status area_call_program(uint32_t index, uint32_t off, const uint8_t *data,
                                       uint32_t len) GARRISON_MUST_USE;
enum garrison_status area_call_erase(uint32_t index, uint32_t off, uint32_t len) GARRISON_MUST_USE;

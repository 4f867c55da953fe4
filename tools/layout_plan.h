/*
 * From the `layout` of a device description to a layout record.
 */
#pragma once

#include <garrison/layout.h>

#include "device_config.h"

/**
 * Makes the record that the description asks for, or the default one, and checks it.
 * @return EXIT_DONE; EXIT_USAGE: it breaks a rule, which has been said with its place.
 */
int layout_plan(const struct config *config, const struct device_values *values,
                struct layout_record *record);

/**
 * Reads the layout of a device description; nothing else that the description names is read.
 * @return as layout_plan(); EXIT_USAGE or EXIT_INTERNAL: the description cannot be read.
 */
int layout_read(const char *path, struct layout_record *record);

/** What layout_read() does, and whether the device has its iROT in system flash. */
int layout_read_all(const char *path, struct layout_record *record, bool *system_irot);

/** Address of an offset in the flash as the images of a role, and those who sign them, see it. */
uint32_t layout_address(uint32_t role, uint32_t off);

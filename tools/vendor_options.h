/*
 * Files of option bytes (CSV), as the vendor's installer takes them: one line for each option word,
 * its register's name and its value, in one order. docs/SPEC.md lists them.
 *
 * Names are told as sim_option_write() and sim_probe_options() take them: without "_PRG".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/sim.h>

/** Words of a file: all, in the order of vendor_options_name(). [I] */
#define VENDOR_OPTIONS 12u
/** Most bytes of a file that is written, with a NUL. */
#define VENDOR_OPTIONS_TEXT 512u

/** Where in a file something is wrong. */
struct vendor_options_problem {
    unsigned line; /**< From 1. */
    char why[160]; /**< In words. */
};

/** Name of the word of that index; NULL behind the last. */
const char *vendor_options_name(unsigned index);

/**
 * Reads a file: every word, in order, each value 0x and 8 hexadecimal digits. Lines may end in CR and
 * LF, spaces may stand around names and values, empty lines at the end.
 * @return false: *problem says where and why
 */
bool vendor_options_read(const char *text, size_t len,
                         struct sim_probe_option options[VENDOR_OPTIONS],
                         struct vendor_options_problem *problem);

/** Writes values in the order of vendor_options_name(). @return bytes, the NUL not counted */
size_t vendor_options_write(const uint32_t value[VENDOR_OPTIONS], char text[VENDOR_OPTIONS_TEXT]);

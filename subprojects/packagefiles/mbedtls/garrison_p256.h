/*
 * Included before p256-m.c: gives its source of randomness to whoever links it.
 *
 * The file defines p256_generate_random() over PSA's generator. Here that definition is weak, so a
 * program that makes keys or signatures defines its own, and the generator behind it always fails,
 * so a program that does not (a boot stage) cannot draw numbers by accident.
 */
#pragma once

#include <stdint.h>

int p256_generate_random(uint8_t *output, unsigned output_size) __attribute__((weak));

#define psa_generate_random p256_without_random

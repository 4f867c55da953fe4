/*
 * A device file in a folder of its own, and what a stranger may do to it.
 *
 * One file's tests share these variables; store_fixture_setup() makes them new for each test.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/nv.h"
#include "sim/store.h"

extern char folder[];
extern char path[64];
extern struct sim_nv nv;    /**< As it was stored. */
extern struct sim_nv again; /**< For what is read back. */
extern struct sim_error error;

/** Makes the folder; false: it cannot be. store_fixture_fini() removes it. */
bool store_fixture_init(void);
void store_fixture_fini(void);

/** Puts one new device file, and nothing else, into the folder. For cmocka_unit_test_setup(). */
int make_device(void **state);

int files_in_folder(void);

/** Whole content of a file, to be freed; and back. */
uint8_t *slurp(const char *name, size_t *len);
void spill(const char *name, const uint8_t *data, size_t len);

/** Opens the device for writing; a failure fails the test. */
struct store *open_device(struct sim_nv *into);

void assert_same_state(const struct sim_nv *a, const struct sim_nv *b);

/** Refused with a reason that contains `why`; neither the file nor its folder has changed. */
void assert_refused(const char *why);

/** Changes the device file with SQL, as a stranger might. */
void change_with_sql(const char *sql);

/*
 * A chip of 16 small sectors with a layout, keys and images, for the tests of the boot stages.
 */
#pragma once

#include <garrison/stage.h>

#include "support/image_maker.h"
#include "support/port_fake.h"

#define SECTOR            0x1000u
#define UROT_OFF          0x1000u
#define MANAGER_OFF       0x2000u
#define MODULE_OFF        0x4000u
#define APPLICATION_OFF   0x5000u
#define DOWNLOAD_OFF      0x8000u
#define UROT_DOWNLOAD_OFF 0xC000u
#define JOURNAL_OFF       0xE000u
#define UROT_ADDR         0x0C001000u
#define MANAGER_ADDR      0x0C002000u
#define MODULE_ADDR       0x0C004000u
#define APPLICATION_ADDR  0x08005000u
#define SECURE_STACK      0x30050000u
#define CLIENT_STACK      0x20040000u
#define HEADER            0x400u

/* The stages under test, with tables of their own. */
extern const struct boot_stage irot;
extern const struct boot_stage urot;

/** uROT, manager, application, and a module's slot that may be empty; and all their owners. */
extern struct layout_record layout;
extern struct key_record keys;

extern struct image_recipe manager;
extern struct image_recipe application;
extern struct made_image made; /**< The last one that was put. */
extern enum port_end ended;    /**< Of the last run. */

/** Makes an image and writes it into a sector. */
void put(const struct image_recipe *recipe, uint32_t off);

/** As the iROT leaves it to the uROT; and as provisioning leaves it to the iROT. */
void hand_over_to_urot(void);
void provision(void);

int set_up(void **state);

/** With the uROT's image in its slot, and the chip at the iROT's level. */
int set_up_irot(void **state);

void run(const struct boot_stage *stage);

/** Runs a stage, which must refuse in these words, with this verdict. */
void expect_refusal(const struct boot_stage *stage, const char *line, uint32_t role,
                    enum garrison_status reason);

#define TEST(name)      cmocka_unit_test_setup(name, set_up)
#define TEST_IROT(name) cmocka_unit_test_setup(name, set_up_irot)

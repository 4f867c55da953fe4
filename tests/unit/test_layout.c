/*
 * The port's memory map against the granularity of everything that protects it.
 */
#include "support/test.h"

#include <garrison/handoff.h>

#include "../../port/stm32h573/layout.h"
#include "../../port/stm32h573/layout_data.h"

#define SECTOR           0x2000u /* flash erase, watermark, HDP and SECBB */
#define WRITE_PROTECTION 0x8000u /* WRP: four sectors */
#define REGION           32u     /* SAU and MPU */
#define SUPERBLOCK       0x4000u /* MPCBB: one register */
#define VECTORS          (147u * 4u)
#define HANDOFF_RECORD   2240u

/** A stretch of flash or RAM. */
struct stretch {
    const char *name;
    uint32_t off;
    uint32_t size;
};

static const struct stretch slots[] = {
    {"iROT", LAYOUT_IROT_OFF, LAYOUT_IROT_SIZE},
    {"uROT", LAYOUT_UROT_OFF, LAYOUT_UROT_SIZE},
    {"manager", LAYOUT_MANAGER_OFF, LAYOUT_MANAGER_SIZE},
    {"application", LAYOUT_APPLICATION_OFF, LAYOUT_APPLICATION_SIZE},
};

static const struct stretch areas[] = {
    {"ITS", LAYOUT_ITS_OFF, LAYOUT_ITS_SIZE},
    {"PS", LAYOUT_PS_OFF, LAYOUT_PS_SIZE},
    {"PS counters", LAYOUT_PS_COUNTERS_OFF, LAYOUT_PS_COUNTERS_SIZE},
};

static void slots_are_whole_sectors_in_order_and_disjoint(void **state)
{
    (void)state;
    uint32_t behind = 0;
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        assert_int_equal(slots[i].off % SECTOR, 0);
        assert_int_equal(slots[i].size % SECTOR, 0);
        assert_true(slots[i].size > 0);
        assert_true(slots[i].off >= behind);
        behind = slots[i].off + slots[i].size;
    }
    assert_true(behind <= LAYOUT_FLASH_SIZE);
    assert_int_equal(LAYOUT_SECTOR, SECTOR);
}

/* Devices are provisioned with a watermark over them, and their bytes outlive the images. */
static void storage_areas_fill_the_end_of_bank_2(void **state)
{
    (void)state;
    uint32_t behind = LAYOUT_STORAGE_OFF;
    assert_int_equal(behind, 0x1EC000);
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        assert_int_equal(areas[i].off, behind);
        assert_int_equal(areas[i].size % SECTOR, 0);
        assert_true(areas[i].size >= 2 * SECTOR);
        behind += areas[i].size;
    }
    assert_int_equal(behind, LAYOUT_FLASH_SIZE);
    assert_int_equal(LAYOUT_BANK_SIZE, LAYOUT_FLASH_SIZE / 2);
    assert_true(LAYOUT_STORAGE_OFF >= LAYOUT_BANK_SIZE);
}

static void irot_fills_whole_write_protection_groups(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_IROT_OFF % WRITE_PROTECTION, 0);
    assert_int_equal(LAYOUT_IROT_SIZE % WRITE_PROTECTION, 0);
}

/* HDPEXTR hides sectors that follow the hidden area without a gap. */
static void urot_follows_the_irot_without_a_gap(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_UROT_OFF, LAYOUT_IROT_OFF + LAYOUT_IROT_SIZE);
}

/* What ST's own profile gives an application is 600 KB. */
static void default_layout_is_sound_and_has_800_kb_for_the_application(void **state)
{
    (void)state;
    struct layout_fault fault;
    assert_int_equal(layout_check(&layout_default, &layout_bounds, &fault), GARRISON_OK);
    const struct layout_slot *slot = layout_find(&layout_default, IMAGE_ROLE_APPLICATION);
    assert_true(slot->size >= 819200u);
    assert_int_equal(slot->off, LAYOUT_MANAGER_OFF + LAYOUT_MANAGER_SIZE);
    assert_int_equal(slot->download_size, slot->size + SECTOR);
    /* They come together if the application leaves the manager's part free. */
    const struct layout_slot *manager = layout_find(&layout_default, IMAGE_ROLE_MANAGER);
    assert_int_equal(manager->download_off + manager->download_size,
                     slot->download_off + slot->download_size);
    assert_true(manager->download_off - slot->download_off >= 600u * 1024u + SECTOR);
    const struct layout_secure first = layout_secure(&layout_default, &layout_bounds, 0);
    const struct layout_secure second = layout_secure(&layout_default, &layout_bounds, 1);
    assert_int_equal(first.first, 0);
    assert_int_equal(first.last, 30);
    assert_int_equal(second.first, 3);
    assert_int_equal(second.last, 127);
}

/* The manager runs on while what is stored is erased. */
static void manager_and_storage_are_in_different_banks(void **state)
{
    (void)state;
    assert_true(LAYOUT_MANAGER_OFF + LAYOUT_MANAGER_SIZE <= LAYOUT_BANK_SIZE);
}

static void vector_tables_have_the_alignment_that_vtor_needs(void **state)
{
    (void)state;
    uint32_t needed = 128;
    while (needed < VECTORS) {
        needed *= 2;
    }
    assert_true(LAYOUT_VECTORS_ALIGN >= needed);
    assert_int_equal(LAYOUT_IROT_OFF % LAYOUT_VECTORS_ALIGN, 0);
    for (size_t i = 1; i < COUNT_OF(slots); i++) {
        assert_int_equal((slots[i].off + LAYOUT_HEADER_SIZE) % LAYOUT_VECTORS_ALIGN, 0);
    }
}

static void gate_lies_behind_the_managers_vectors_in_its_slot(void **state)
{
    (void)state;
    assert_true(LAYOUT_GATE_OFF >= LAYOUT_MANAGER_OFF + LAYOUT_HEADER_SIZE + VECTORS);
    assert_true(LAYOUT_GATE_OFF + LAYOUT_GATE_SIZE <= LAYOUT_MANAGER_OFF + LAYOUT_MANAGER_SIZE);
    assert_int_equal(LAYOUT_GATE_OFF % REGION, 0);
    assert_int_equal(LAYOUT_GATE_SIZE % REGION, 0);
}

/* Applications are linked to it: a change is a new GARRISON_GATE_VERSION. */
static void gate_stands_where_applications_were_linked_to(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_FLASH_S + LAYOUT_GATE_OFF, 0x0C014800);
}

static void secure_ram_is_partitioned_without_overlap(void **state)
{
    (void)state;
    assert_true(LAYOUT_HANDOFF_SIZE >= HANDOFF_RECORD);
    assert_int_equal(LAYOUT_HANDOFF_ADDR, LAYOUT_SRAM2_S);
    assert_int_equal(LAYOUT_STAGE_RAM_ADDR, LAYOUT_HANDOFF_ADDR + LAYOUT_HANDOFF_SIZE);
    assert_int_equal(LAYOUT_STAGE_RAM_ADDR + LAYOUT_STAGE_RAM_SIZE,
                     LAYOUT_SRAM2_S + LAYOUT_SRAM2_SIZE);
    assert_int_equal(LAYOUT_TRAMPOLINE_ADDR + LAYOUT_TRAMPOLINE_SIZE,
                     LAYOUT_STAGE_RAM_ADDR + LAYOUT_STAGE_RAM_SIZE);
    assert_true(LAYOUT_STAGE_RAM_ADDR + LAYOUT_STAGE_STACK_SIZE < LAYOUT_TRAMPOLINE_ADDR);
}

static void boundaries_that_the_mpu_draws_are_multiples_of_its_regions(void **state)
{
    (void)state;
    const uint32_t boundaries[] = {
        LAYOUT_HANDOFF_ADDR,
        LAYOUT_STAGE_RAM_ADDR,
        LAYOUT_TRAMPOLINE_ADDR,
        LAYOUT_REGION_ALIGN,
        LAYOUT_SPM_STACK_SIZE,
        LAYOUT_GATE_STACK_SIZE,
        LAYOUT_CRYPTO_STACK_SIZE,
        LAYOUT_UPDATE_STACK_SIZE,
        LAYOUT_ITS_STACK_SIZE,
        LAYOUT_PS_STACK_SIZE,
        LAYOUT_OBK_S,
        LAYOUT_OBK_SIZE,
        LAYOUT_SYSTEM_NS,
        LAYOUT_SYSTEM_NS_END,
        LAYOUT_SRAM1_NS,
        LAYOUT_SRAM1_SIZE,
        LAYOUT_SRAM3_NS,
        LAYOUT_SRAM3_SIZE,
    };
    for (size_t i = 0; i < COUNT_OF(boundaries); i++) {
        assert_int_equal(boundaries[i] % REGION, 0);
    }
}

static void memories_are_whole_superblocks(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_SRAM1_SIZE % SUPERBLOCK, 0);
    assert_int_equal(LAYOUT_SRAM2_SIZE % SUPERBLOCK, 0);
    assert_int_equal(LAYOUT_SRAM3_SIZE % SUPERBLOCK, 0);
    assert_int_equal(LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE + LAYOUT_SRAM2_SIZE, LAYOUT_SRAM3_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_whole_sectors_in_order_and_disjoint),
        cmocka_unit_test(storage_areas_fill_the_end_of_bank_2),
        cmocka_unit_test(irot_fills_whole_write_protection_groups),
        cmocka_unit_test(urot_follows_the_irot_without_a_gap),
        cmocka_unit_test(default_layout_is_sound_and_has_800_kb_for_the_application),
        cmocka_unit_test(manager_and_storage_are_in_different_banks),
        cmocka_unit_test(vector_tables_have_the_alignment_that_vtor_needs),
        cmocka_unit_test(gate_lies_behind_the_managers_vectors_in_its_slot),
        cmocka_unit_test(gate_stands_where_applications_were_linked_to),
        cmocka_unit_test(secure_ram_is_partitioned_without_overlap),
        cmocka_unit_test(boundaries_that_the_mpu_draws_are_multiples_of_its_regions),
        cmocka_unit_test(memories_are_whole_superblocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What the manager has read of a module's image to decide about it is gone when it has decided.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>
#include <garrison/module.h>

#include "spm/modules.h"
#include "support/marks.h"
#include "support/port_fake.h"

#define HEADER   0x400u
#define SLOT_OFF 0x2000u
#define SLOT     0x2000u
#define TEXT     0x800u

/** An image whose record is nothing but a mark. */
static void install(const uint8_t *mark, size_t len)
{
    const struct image_header header = {
        .magic = IMAGE_MAGIC, .header_size = HEADER, .body_size = TEXT};
    const struct handoff_entry entry = {
        .role = IMAGE_ROLE_MODULE_0, .addr = 0x0C000000u + SLOT_OFF + HEADER, .size = TEXT};
    uint8_t *slot = port_fake.flash.bytes + SLOT_OFF;
    memcpy(slot, &header, sizeof header);
    memcpy(slot + HEADER, mark, len);
    assert_int_equal(handoff_append(&port_fake.handoff, &entry), GARRISON_OK);
    port_fake.handoff.layout.slot[0] = (struct layout_slot){.role = IMAGE_ROLE_MODULE_0,
                                                            .off = SLOT_OFF,
                                                            .size = SLOT,
                                                            .flags = 4u << LAYOUT_SLOT_RAM_POS};
    port_fake.handoff.layout.count = 1;
}

static void a_record_does_not_stay_on_the_stack(void **state)
{
    const size_t len = sizeof(struct module_record);
    uint8_t *mark = mark_make(len);
    (void)state;
    port_fake_reset();
    handoff_init(&port_fake.handoff, PORT_RESET_PIN);
    install(mark, len);
    marks_run(modules_admit);
    assert_int_equal(modules_count(), 0);
    assert_int_equal(port_fake.log_count, 1); /* it has been read */
    assert_int_equal(marks_on_stack(mark, len), 0);
    memset(&port_fake.flash, 0, sizeof port_fake.flash);
    assert_int_equal(marks_count(mark, len), 0);
    free(mark);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_does_not_stay_on_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

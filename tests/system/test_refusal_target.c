/*
 * The images that would be flashed refuse what was staged and may not be started: the old images run
 * on, the UART says why, and so does the journal. The tables of all that is refused are natively in
 * tests/unit/test_update_forged.c and test_update_refusal.c.
 */
#include "support/test.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "support/device_maker.h"

#define BOOT_INSNS 800000000u

/* Where the default layout has things: typed here, not taken from the port. */
#define MANAGER_STAGED     0x0C1A6000u /* one sector behind the start of its download slot */
#define APPLICATION_STAGED 0x0C108000u
#define UROT_STAGED        0x0C1D2000u
#define JOURNAL            0x0C1DE000u
#define JOURNAL_BYTES      0x4000u
#define JOURNAL_RECORDS    32u /* enough for what happens here */

#define FAILED       4u /* in the journal */
#define COUNTER      5u
#define APPLICATION  "examples/hello_psa/hello_psa"
#define AT_BODY      0x400u
#define AT_BODY_SIZE 12u

static void poke(struct device *device, uint32_t addr, const uint8_t *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_poke(device->sim, addr, data, len, &error), SIM_OK);
}

/** A quad-word of the journal's first sector, whose sequence is 1. */
static void poke_record(struct device *device, uint32_t index, const uint8_t record[12])
{
    uint8_t bytes[16];
    memcpy(bytes, record, 12);
    bytes_store_le32(bytes + 12, 1);
    bytes_store_le32(bytes + 12, crc32_of(bytes, sizeof bytes));
    poke(device, JOURNAL + 16u * index, bytes, sizeof bytes);
}

/** A journal that knows of one thing: this component is staged. */
static void poke_staged(struct device *device, uint8_t component)
{
    static const uint8_t header[12] = {'G', 'A', 'J', 'L', 1, 0, 0, 0, 1};
    const uint8_t staged[12] = {1, component, 3};
    poke_record(device, 0, header);
    poke_record(device, 1, staged);
}

/** What the journal says last of a component: its state and reason. */
static void read_journal(struct device *device, uint8_t component, uint8_t *state, uint8_t *reason)
{
    uint8_t records[JOURNAL_RECORDS][16];
    struct sim_error error;
    assert_int_equal(sim_peek(device->sim, JOURNAL, records[0], sizeof records, &error), SIM_OK);
    for (uint32_t i = 1; i < JOURNAL_RECORDS; i++) {
        const uint8_t *record = records[i];
        if (record[0] == 1 && record[1] == component) {
            *state = record[2];
            *reason = record[3];
        } else if (record[0] == 2 && (bytes_load_le16(record + 2) >> component & 1u) != 0) {
            *state = record[8];
            *reason = record[9];
        }
    }
}

struct refusal {
    uint8_t component; /**< As in the journal. */
    const char *role;  /**< Whose image it is. */
    const char *owner; /**< Who has signed it. */
    const char *image;
    uint32_t staged;  /**< Where. */
    uint32_t counter; /**< Its security counter. */
    uint32_t at;      /**< A byte of it that is then changed; `mask` 0: none. */
    uint8_t mask;
    uint8_t reason;   /**< Its place among those of include/garrison/status.h. */
    const char *line; /**< What the stage says. */
};

#define DIGEST    "content does not match its digest"
#define SIGNATURE "signature is not by the expected owner"
#define STALE     "authentic, but older than what a counter says"
#define FORM      "not of the expected form"
#define LEADS_OUT "a length or offset leads outside its container"

static const struct refusal refusals[] = {
    {2, "application", "application", APPLICATION, APPLICATION_STAGED, COUNTER, AT_BODY + 0x100, 4,
     6, "uROT: application update given up: " DIGEST},
    {2, "application", "manager", APPLICATION, APPLICATION_STAGED, COUNTER, 0, 0, 7,
     "uROT: application update given up: " SIGNATURE},
    {2, "application", "application", APPLICATION, APPLICATION_STAGED, COUNTER - 1u, 0, 0, 13,
     "uROT: application update given up: " STALE},
    {2, "application", "application", APPLICATION, APPLICATION_STAGED, COUNTER, AT_BODY_SIZE + 3u,
     0xFF, 5, "uROT: application update given up: " LEADS_OUT},
    {1, "manager", "manager", "port/stm32h573/manager", MANAGER_STAGED, COUNTER, 0, 1, 4,
     "uROT: manager update given up: " FORM},
    {1, "application", "application", APPLICATION, MANAGER_STAGED, COUNTER, 0, 0, 7,
     "uROT: manager update given up: " SIGNATURE},
    {0, "urot", "urot", "port/stm32h573/urot", UROT_STAGED, COUNTER - 1u, 0, 0, 13,
     "iROT: uROT update given up: " STALE},
    {0, "urot", "urot", "port/stm32h573/urot", UROT_STAGED, COUNTER, AT_BODY + 0x200, 1, 6,
     "iROT: uROT update given up: " DIGEST},
};

static void boot(struct device *device)
{
    device_boot(device);
    if (!device_run_until(device, "hello_psa: ok", BOOT_INSNS)) {
        fail_msg("not started:\n%s\n%s", device->uart, device->events);
    }
    assert_null(strstr(device->events, "fault: "));
}

static void expect_refused(struct device *device, const struct refusal *row)
{
    uint8_t state = 0;
    uint8_t reason = 0;
    device->counter = row->counter;
    device_put_image(device, row->role, row->owner, row->image, row->staged);
    if (row->mask != 0) {
        device_xor(device, row->staged + row->at, row->mask);
    }
    device_erase(device, JOURNAL, JOURNAL_BYTES);
    poke_staged(device, row->component);
    boot(device);
    if (strstr(device->uart, row->line) == NULL) {
        fail_msg("no '%s' in:\n%s", row->line, device->uart);
    }
    read_journal(device, row->component, &state, &reason);
    assert_int_equal(state, FAILED);
    assert_int_equal(reason, row->reason);
}

static void what_may_not_be_started_is_refused_and_the_reason_kept(void **state)
{
    struct device *device = *state;
    boot(device); /* which raises the counters */
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        expect_refused(device, &refusals[i]);
    }
    /* It is said once. */
    boot(device);
    assert_null(strstr(device->uart, "given up"));
}

static int open_device(void **state)
{
    static struct device device;
    const struct device_images images = {.counter = COUNTER};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_not_be_started_is_refused_and_the_reason_kept),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}

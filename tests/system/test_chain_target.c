/*
 * The images that would be flashed, run by the simulator through the whole chain: they boot, the
 * same run is the same run, and what has been changed by one bit never runs.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS 400000000u

/* A stage has isolated itself by then, and is busy with signatures for long. */
#define WELL_INTO_STAGE 1000000u

static int open_hello(void **state)
{
    static struct device device;
    const struct device_images images = {.application = NULL};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

static void expect_text(const struct device *device, const char *text)
{
    if (strstr(device->uart, text) == NULL) {
        fail_msg("no '%s' in:\n%s\njournal:\n%s", text, device->uart, device->events);
    }
}

static void the_chain_boots_to_the_application(void **state)
{
    struct device *device = *state;
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    expect_text(device, "iROT 0.1.0\nuROT 0.1.0\nmanager 0.1.0\n");
    expect_text(device, "hello_psa: ok");
    char start[80];
    (void)snprintf(start, sizeof start, "boot ROM: starting the %s at 0x%08X, TrustZone on",
                   device_irot() == 0x0C000000 ? "user flash" : "iROT in system flash",
                   (unsigned)device_irot());
    assert_non_null(strstr(device->events, start));
    expect_text(device, "\nSHA-256 ");
    assert_null(strstr(device->events, "refused: "));
    assert_null(strstr(device->events, "fault: "));
    assert_null(strstr(device->events, "block: "));
}

/** A watermark that is not what the layout needs, and in which words it is refused. */
struct watermark {
    const char *word;
    uint32_t value;
    const char *needed;
};

static const struct watermark watermarks[] = {
    {"SECWM2R", 0x0000007F, "0x007f0003"}, /* nothing Secure */
    {"SECWM2R", 0x007F0004, "0x007f0003"}, /* the first sector that is staged into is not */
    {"SECWM2R", 0x007E0003, "0x007f0003"}, /* the last sector of the storage areas is not */
    {"SECWM2R", 0x007F0002, "0x007f0003"}, /* the application's last sector is */
    {"SECWM1R", 0x001D0000, "0x001e0000"}, /* the manager's last sector is not */
    {"SECWM1R", 0x001F0000, "0x001e0000"}, /* the application's first sector is */
};

/** Sets a watermark so long after the chip has said `after`; then `image` must give up for it. */
static void expect_watermark_refused(struct device *device, const struct watermark *row,
                                     const char *after, uint64_t insns, const char *image)
{
    struct sim_error error;
    char line[160];
    device_reopen(device);
    device_boot(device);
    if (after != NULL) {
        assert_true(device_run_until(device, after, BOOT_INSNS));
        (void)device_run(device, insns);
    }
    assert_int_equal(sim_option_write(device->sim, row->word, row->value, &error), SIM_OK);
    if (after == NULL) {
        device_boot(device);
    }
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    (void)snprintf(line, sizeof line,
                   "%s: %s must be %s for this layout; the option bytes say 0x%08x\n", image,
                   row->word, row->needed, row->value);
    expect_text(device, line);
    (void)snprintf(line, sizeof line, "%s: isolation refused: ", image);
    expect_text(device, line);
    assert_null(strstr(device->uart, "hello_psa"));
}

/** Option bytes are what no stage can set up itself: each refuses those that do not fit. */
static void a_watermark_that_is_not_the_layouts_stops_the_chain(void **state)
{
    for (size_t i = 0; i < COUNT_OF(watermarks); i++) {
        expect_watermark_refused(*state, &watermarks[i], NULL, 0, "iROT");
    }
    expect_watermark_refused(*state, &watermarks[0], "uROT 0.1.0\n", 0, "uROT");
    expect_watermark_refused(*state, &watermarks[2], "uROT 0.1.0\n", WELL_INTO_STAGE, "manager");
}

/* Another layout: the uROT's slot is a sector shorter, the application's ends with bank 1, a module
 * stands where bank 2 begins. */
#define MODULE 0x0C100000u
static const char other_layout[] =
    "layout:\n"
    "  journal: {offset: 0x1D4000, size: 16K}\n"
    "  slots:\n"
    "    - {role: urot, offset: 0x8000, size: 40K, download: {offset: 0x1C8000, size: 48K}}\n"
    "    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x104000, size: 176K}}\n"
    "    - {role: application, offset: 0x3E000, size: 776K,\n"
    "       download: {offset: 0x104000, size: 784K}}\n"
    "    - {role: module0, offset: 0x100000, size: 16K, optional: on,\n"
    "       download: {offset: 0x104000, size: 24K}}\n";

/* Sectors that are hidden behind the iROT's. */
#define HDPEXTR 0x50022048u

static uint32_t secure_word(struct device *device, uint32_t addr)
{
    struct sim_access access = {
        .kind = SIM_READ, .addr = addr, .size = 4, .attr = {.secure = true, .privileged = true}};
    (void)sim_access(device->sim, &access);
    return access.value;
}

/** The same binaries, none linked anew. */
static void another_layout_boots_the_same_binaries(void **state)
{
    static struct device device;
    struct sim_error error;
    uint32_t watermark = 0;
    (void)state;
    const struct device_images images = {.layout = other_layout, .module_addr = MODULE};
    device_open(&device, &images);
    assert_int_equal(sim_option_read(device.sim, "SECWM2R", &watermark, &error), SIM_OK);
    assert_int_equal(watermark, 0x007F0000);
    device_boot(&device);
    (void)device_run_until(&device, "hello_psa: ok", BOOT_INSNS);
    expect_text(&device, "hello_psa: ok");
    assert_int_equal(secure_word(&device, HDPEXTR), 5);

    device_xor(&device, MODULE + 0x500, 1);
    device_boot(&device);
    (void)device_run(&device, BOOT_INSNS);
    expect_text(&device, "uROT: module 0 refused: content does not match its digest\n");

    device_erase(&device, MODULE, 0x4000);
    device_boot(&device);
    (void)device_run_until(&device, "hello_psa: ok", BOOT_INSNS);
    expect_text(&device, "hello_psa: ok");
    device_close(&device);
}

/* Where the layout record stands. */
#define LAYOUT_RECORD       0x0FFD0600u
#define LAYOUT_RECORD_BYTES 320u

static void a_damaged_or_blank_layout_stops_the_chain(void **state)
{
    struct device *device = *state;
    struct sim_error error;
    uint8_t blank[LAYOUT_RECORD_BYTES];
    device_reopen(device);
    device_xor(device, LAYOUT_RECORD + 52, 0x20);
    device_boot(device);
    (void)device_run(device, BOOT_INSNS);
    expect_text(device, "iROT: layout record refused: content does not match its digest\n");
    memset(blank, 0xFF, sizeof blank);
    assert_int_equal(sim_poke(device->sim, LAYOUT_RECORD, blank, sizeof blank, &error), SIM_OK);
    device_boot(device);
    (void)device_run(device, BOOT_INSNS);
    expect_text(device, "iROT: layout record refused: nothing is stored there\n");
}

static void two_runs_are_the_same_run(void **state)
{
    struct device *device = *state;
    struct device *first = calloc(1, sizeof *first);
    assert_non_null(first);
    device_reopen(device);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    memcpy(first, device, sizeof *first);
    device_reopen(device);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    assert_string_equal(device->uart, first->uart);
    assert_string_equal(device->events, first->events);
    assert_true(device->events_len > 0);
    free(first);
}

static void two_boots_draw_other_random_numbers(void **state)
{
    struct device *device = *state;
    char first[DEVICE_TEXT_BYTES];
    device_reopen(device);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    memcpy(first, device->uart, sizeof first);
    device_boot(device);
    (void)device_run_until(device, "hello_psa: ok", BOOT_INSNS);
    assert_string_not_equal(device->uart, first);
}

struct slot {
    const char *verifier;
    const char *name;
    uint32_t addr;
    const char *role;     /**< As the `garrison` command calls it. */
    const char *stranger; /**< Whose key must not do, although the device holds it. */
    const char *image;    /**< Path below GARRISON_TARGET_DIR. */
};

static const struct slot slots[] = {
    {"iROT", "uROT", 0x0C008000, "urot", "manager", "port/stm32h573/urot"},
    {"uROT", "manager", 0x0C014000, "manager", "application", "port/stm32h573/manager"},
    {"uROT", "application", 0x0803E000, "application", "manager", "examples/hello_psa/hello_psa"},
};

#define HEADER 0x400u

#define BAD_HEADER "not of the expected form: header"
#define BAD_TLVS   "not of the expected form: unprotected TLVs"
#define BAD_LENGTH "a length or offset leads outside its container: body"
#define BAD_DIGEST "content does not match its digest"
#define BAD_OWNER  "signature is not by the expected owner"
#define BAD_TYPE   "not supported by this version: unprotected TLVs"
#define BLANK      "nothing is stored there: header"

/** What a changed bit is refused for, from this offset on. */
struct reason {
    uint32_t off;
    const char *text;
};

static const struct reason reasons_body[] = {
    {0, BAD_HEADER},  /* magic */
    {4, BAD_DIGEST},  /* load address */
    {14, BAD_LENGTH}, /* the third byte of the body's size */
    {20, BAD_DIGEST}, /* version */
    {28, BAD_HEADER}, /* padding that is zero */
    {32, BAD_DIGEST}, /* the rest of the header, and the body */
};

/** From the start of the TLVs. */
static const struct reason reasons_tlvs[] = {
    {0, BAD_TLVS},   /* magic and length of all */
    {6, BAD_TLVS},   /* length of the digest */
    {8, BAD_DIGEST}, /* the digest */
    {42, BAD_TLVS},  /* length of the key's hash */
    {44, BAD_OWNER}, /* the key's hash */
    {76, BAD_TYPE},  /* type of the signature */
    {80, BAD_OWNER}, /* the signature */
};

static const char *reason_at(const struct reason *reasons, size_t count, uint32_t off)
{
    size_t i = 0;
    while (i + 1 < count && reasons[i + 1].off <= off) {
        i++;
    }
    return reasons[i].text;
}

static void expect_refused(struct device *device, const struct slot *slot, const char *what,
                           uint32_t off, const char *reason)
{
    char line[128];
    struct sim_state state;
    (void)snprintf(line, sizeof line, "%s: %s refused: %s\n", slot->verifier, slot->name, reason);
    device_boot(device);
    (void)device_run(device, BOOT_INSNS);
    sim_state_get(device->sim, &state);
    if (strstr(device->uart, line) == NULL || strstr(device->uart, "hello_psa") != NULL ||
        strstr(device->events, line) == NULL || state.backup[31] == 0) {
        fail_msg("%s, %s %u: no '%s' in:\n%s\njournal:\n%s", slot->name, what, off, line,
                 device->uart, device->events);
    }
}

/** Offset of the image's TLVs in its slot. */
static uint32_t tlvs_off(struct device *device, const struct slot *slot)
{
    struct sim_error error;
    uint8_t head[16];
    assert_int_equal(sim_peek(device->sim, slot->addr, head, sizeof head, &error), SIM_OK);
    assert_int_equal(head[10] | head[11], 0); /* no protected ones */
    return HEADER + ((uint32_t)head[12] | (uint32_t)head[13] << 8 | (uint32_t)head[14] << 16);
}

/** Every byte natively is test_chain_native; here header, TLVs and a stride of the body. */
static void a_flipped_bit_in_a_real_image_never_runs(void **state)
{
    struct device *device = *state;
    device_reopen(device);
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        const uint32_t tlvs = tlvs_off(device, &slots[i]);
        for (uint32_t off = 0; off < tlvs + 150u; off += off < 32u || off >= tlvs ? 7u : 2500u) {
            if (off >= 32u && off < tlvs && off + 2500u > tlvs) {
                off = tlvs;
            }
            const char *reason = off < tlvs
                                     ? reason_at(reasons_body, COUNT_OF(reasons_body), off)
                                     : reason_at(reasons_tlvs, COUNT_OF(reasons_tlvs), off - tlvs);
            device_xor(device, slots[i].addr + off, 0x10);
            expect_refused(device, &slots[i], "bit in byte", off, reason);
            device_xor(device, slots[i].addr + off, 0x10);
        }
    }
    device_boot(device);
    assert_true(device_run_until(device, "hello_psa: ok", BOOT_INSNS));
}

/** Cut within the signature, then within the body, behind the header, and to nothing. */
static void a_truncated_image_never_runs(void **state)
{
    struct device *device = *state;
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        device_reopen(device);
        const uint32_t tlvs = tlvs_off(device, &slots[i]);
        const uint32_t end = (tlvs + 160u) & ~15u;
        const struct reason cuts[] = {
            {(tlvs + 112u) & ~15u, BAD_OWNER},
            {(tlvs / 2u) & ~15u, BAD_TLVS},
            {HEADER, BAD_TLVS},
            {0, BLANK},
        };
        for (size_t k = 0; k < COUNT_OF(cuts); k++) {
            device_erase(device, slots[i].addr + cuts[k].off, end - cuts[k].off);
            expect_refused(device, &slots[i], "cut at", cuts[k].off, cuts[k].text);
        }
    }
}

static void an_image_of_another_owner_never_runs(void **state)
{
    struct device *device = *state;
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        const struct slot *slot = &slots[i];
        device_reopen(device);
        device_put_image(device, slot->role, slot->stranger, slot->image, slot->addr);
        expect_refused(device, slot, "another owner's", 0, BAD_OWNER);
        device_put_image(device, slot->role, slot->role, slot->image, slot->addr);
        device_boot(device);
        assert_true(device_run_until(device, "hello_psa: ok", BOOT_INSNS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_boots_to_the_application),
        cmocka_unit_test(a_watermark_that_is_not_the_layouts_stops_the_chain),
        cmocka_unit_test(another_layout_boots_the_same_binaries),
        cmocka_unit_test(a_damaged_or_blank_layout_stops_the_chain),
        cmocka_unit_test(two_runs_are_the_same_run),
        cmocka_unit_test(two_boots_draw_other_random_numbers),
        cmocka_unit_test(a_flipped_bit_in_a_real_image_never_runs),
        cmocka_unit_test(a_truncated_image_never_runs),
        cmocka_unit_test(an_image_of_another_owner_never_runs),
    };
    return cmocka_run_group_tests(tests, open_hello, close_device);
}

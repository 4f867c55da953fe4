#define _GNU_SOURCE
/*
 * Keys derived from the device's root key: what they depend on, natively; the bytes that the KDF is
 * given, by asking the simulated SAES directly; and that the chip's own code gets the same.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../port/stm32h573/regs.h"
#include "base/bytes.h"
#include "base/cmac.h"
#include "host.h"
#include "support/device_maker.h"

#define BOOT_INSNS 400000000u

#define KEY_BYTES 64u

#define OPTSR_CLOSED 0x2D007278u /* product state CLOSED, user flash, no watchdog by itself */
#define OPTSR_OPEN   0x2D00ED78u
#define OPTSR2_TZ_ON 0xB4000000u

/** What a root key depends on. */
struct condition {
    uint32_t secret;
    uint32_t optsr;
    uint32_t secure_epoch;
    uint32_t epoch;
    unsigned level;
};

static const struct condition usual = {1, OPTSR_CLOSED, 5, 7, 3};

static void must(enum sim_status status, const struct sim_error *error)
{
    if (status != SIM_OK) {
        fail_msg("%s", error->text);
    }
}

static void set_option(const char *name, uint32_t value)
{
    struct sim_error error;
    must(sim_option_write(host_chip, name, value, &error), &error);
}

static void power_on(unsigned level)
{
    sim_power_on(host_chip);
    while (port_hdpl() < level) {
        reg_write(SBS_HDPLCR, SBS_HDPLCR_RAISE);
    }
    assert_int_equal(port_hdpl(), level);
}

/** A chip in those conditions, as host_chip. */
static void chip_open(const struct condition *condition)
{
    char path[] = "/tmp/garrison-derive-XXXXXX";
    struct sim_identity identity = {.uid = {1}, .seed = 1};
    struct sim_error error;
    memcpy(identity.secret, &condition->secret, sizeof condition->secret);
    assert_non_null(mkdtemp(path));
    char file[64];
    (void)snprintf(file, sizeof file, "%s/device.gar", path);
    must(sim_create(file, &identity, &error), &error);
    const struct sim_config config = {.device_path = file, .ephemeral = true, .no_cpu = true};
    must(sim_open(&config, &host_chip, &error), &error);
    (void)unlink(file);
    (void)rmdir(path);
    set_option("OPTSR", condition->optsr);
    set_option("OPTSR2", OPTSR2_TZ_ON);
    set_option("SECEPOCHR", condition->secure_epoch);
    set_option("NSEPOCHR", condition->epoch);
    power_on(condition->level);
}

static void chip_close(void)
{
    sim_close(host_chip);
    host_chip = NULL;
}

static void derive(const struct condition *condition, const char *label, uint8_t key[KEY_BYTES])
{
    chip_open(condition);
    assert_int_equal(port_derive_key(label, key), GARRISON_OK);
    chip_close();
}

static void same_conditions_give_the_same_key(void **state)
{
    (void)state;
    uint8_t first[KEY_BYTES];
    uint8_t again[KEY_BYTES];
    chip_open(&usual);
    assert_int_equal(port_derive_key("its", first), GARRISON_OK);
    assert_int_equal(port_derive_key("its", again), GARRISON_OK);
    assert_memory_equal(first, again, sizeof first);
    power_on(usual.level);
    assert_int_equal(port_derive_key("its", again), GARRISON_OK);
    assert_memory_equal(first, again, sizeof first);
    chip_close();
    struct condition other = usual;
    other.epoch++; /* a regression of the Non-secure side does not end the life of Secure keys */
    derive(&other, "its", again);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, first + 32, 32);
}

static void every_condition_gives_another_key(void **state)
{
    (void)state;
    struct condition others[7];
    uint8_t keys[10][KEY_BYTES];
    for (unsigned i = 0; i < COUNT_OF(others); i++) {
        others[i] = usual;
    }
    others[1].secret = 2;
    others[2].secure_epoch++;
    others[3].level = 2;
    others[4].level = 1;
    others[5].optsr = OPTSR_OPEN;
    others[6].level = 0;
    for (unsigned i = 0; i < COUNT_OF(others); i++) {
        derive(&others[i], "its", keys[i]);
    }
    derive(&usual, "ps", keys[7]);
    derive(&usual, "it", keys[8]);
    derive(&usual, "", keys[9]);
    for (unsigned i = 0; i < COUNT_OF(keys); i++) {
        for (unsigned j = 0; j < i; j++) {
            for (unsigned half = 0; half < 2u; half++) {
                assert_memory_not_equal(keys[i] + 32u * half, keys[j] + 32u * half, 32);
            }
        }
    }
}

/* The same over the block itself. Register addresses are typed, not taken from the port. */

static enum garrison_status direct_encrypt(void *cipher, const uint8_t in[16], uint8_t out[16])
{
    (void)cipher;
    for (unsigned i = 0; i < 16u; i += 4u) {
        uint32_t word;
        memcpy(&word, in + i, 4);
        reg_write(0x520C0C08, word);
    }
    sim_advance(host_chip, 100000);
    for (unsigned i = 0; i < 16u; i += 4u) {
        const uint32_t word = reg_read(0x520C0C0C);
        memcpy(out + i, &word, 4);
    }
    reg_write(0x520C0F08, 1);
    return GARRISON_OK;
}

static void key_is_the_kdf_of_label_and_level_with_the_secure_root_key(void **state)
{
    (void)state;
    static const uint8_t level = 2;
    struct condition condition = usual;
    struct cmac cmac;
    uint8_t key[KEY_BYTES];
    uint8_t expected[KEY_BYTES];
    condition.level = level;
    chip_open(&condition);
    reg_write(0x54000400 + 0xA0, 1);                   /* EPOCHSELCR: Secure */
    reg_set(0x54020C00, 1u << 12);                     /* HSI48, of the RNG */
    reg_write(0x54020C00 + 0x8C, 1u << 18 | 1u << 20); /* RNG, SAES */
    sim_advance(host_chip, 100000);
    reg_write(0x520C0C00, 1u << 28 | 1u << 18 | 2u << 1); /* DHUK, 256 bits, bytes swapped */
    sim_advance(host_chip, 100000);
    reg_write(0x520C0C00, 1u << 28 | 1u << 18 | 2u << 1 | 1u); /* and enabled */
    assert_int_equal(cmac_init(&cmac, direct_encrypt, NULL), GARRISON_OK);
    assert_int_equal(cmac_kdf(&cmac, (struct view){(const uint8_t *)"its", 3},
                              (struct view){&level, 1}, expected, sizeof expected),
                     GARRISON_OK);
    reg_write(0x520C0C00, 0);
    assert_int_equal(port_derive_key("its", key), GARRISON_OK);
    assert_memory_equal(key, expected, sizeof key);
    chip_close();
}

static void key_and_last_block_do_not_stay_in_the_block(void **state)
{
    (void)state;
    uint8_t key[KEY_BYTES];
    chip_open(&usual);
    assert_int_equal(port_derive_key("its", key), GARRISON_OK);
    sim_advance(host_chip, 100000);
    assert_int_equal(reg_read(SAES_CR), 0);
    assert_int_equal(reg_read(SAES_SR), 0);
    assert_int_equal(reg_read(SAES_ISR), 0);
    chip_close();
}

static void block_in_use_before_makes_no_difference(void **state)
{
    (void)state;
    uint8_t first[KEY_BYTES];
    uint8_t again[KEY_BYTES];
    derive(&usual, "its", first);
    chip_open(&usual);
    reg_write(RCC_AHB2ENR, RCC_AHB2ENR_RNGEN | RCC_AHB2ENR_SAESEN);
    sim_advance(host_chip, 100000);
    reg_write(SAES_CR, 0);
    for (uint32_t i = 0; i < 4u; i++) { /* a software key, and half a block */
        reg_write(SAES_BASE + 0x10u + 4u * i, i);
    }
    reg_write(SAES_CR, SAES_CR_EN);
    reg_write(SAES_DINR, 1);
    reg_write(SAES_DINR, 2);
    assert_int_equal(port_derive_key("its", again), GARRISON_OK);
    assert_memory_equal(first, again, sizeof first);
    chip_close();
}

static void device_secrets_that_are_blocked_give_no_key(void **state)
{
    (void)state;
    uint8_t key[KEY_BYTES];
    uint8_t again[KEY_BYTES];
    chip_open(&usual);
    assert_int_equal(port_derive_key("its", key), GARRISON_OK);
    reg_set(RCC_APB3ENR, RCC_APB3ENR_RTCAPBEN);
    reg_set(PWR_DBPCR, PWR_DBPCR_DBP);
    reg_write(TAMP_BASE + 0x04u, 1u << 22); /* CR2.BKBLOCK */
    assert_int_equal(port_derive_key("its", again), GARRISON_ERROR_DEVICE);
    assert_true(bytes_all(again, sizeof again, 0));
    reg_write(TAMP_BASE + 0x04u, 0);
    power_on(usual.level);
    assert_int_equal(port_derive_key("its", again), GARRISON_OK);
    assert_memory_equal(key, again, sizeof key);
    chip_close();
}

/* ---- on the chip ---------------------------------------------------------------------------- */

/** The keys that the chip has shown must follow one another as these do. */
static void expect_shown(const char *uart, const char *label)
{
    uint8_t key[KEY_BYTES];
    char text[17 * 32] = "";
    size_t used = 0;
    assert_int_equal(port_derive_key(label, key), GARRISON_OK);
    used += (size_t)snprintf(text, sizeof text, "probe: status %08x\n", (unsigned)GARRISON_OK);
    for (unsigned i = 0; i < KEY_BYTES; i += 4u) {
        used += (size_t)snprintf(text + used, sizeof text - used, "probe: key %02x%02x%02x%02x\n",
                                 key[i], key[i + 1u], key[i + 2u], key[i + 3u]);
    }
    if (strstr(uart, text) == NULL) {
        fail_msg("the chip has not shown\n%sbut\n%s", text, uart);
    }
}

static void chip_derives_the_same_keys(void **state)
{
    (void)state;
    static struct device device;
    const struct device_images images = {.manager = "tests/system/firmware/probe_derive"};
    struct sim_error error;
    device_open(&device, &images);
    device_boot(&device);
    assert_true(device_run_until(&device, "probe: ready", BOOT_INSNS));
    const struct sim_config config = {
        .device_path = device_path(&device, "device.gar"), .ephemeral = true, .no_cpu = true};
    must(sim_open(&config, &host_chip, &error), &error);
    power_on(3);
    expect_shown(device.uart, "its");
    expect_shown(device.uart, "ps");
    expect_shown(device.uart, "");
    chip_close();
    device_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_conditions_give_the_same_key),
        cmocka_unit_test(every_condition_gives_another_key),
        cmocka_unit_test(key_is_the_kdf_of_label_and_level_with_the_secure_root_key),
        cmocka_unit_test(key_and_last_block_do_not_stay_in_the_block),
        cmocka_unit_test(block_in_use_before_makes_no_difference),
        cmocka_unit_test(device_secrets_that_are_blocked_give_no_key),
        cmocka_unit_test(chip_derives_the_same_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

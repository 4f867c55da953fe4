#include "hostile_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev_saes.h"
#include "host.h"
#include "reg_access.h"
#include "sim_internal.h"
#include "support/test.h"

#define BOOT_INSNS   400000000u
#define ATTACK_INSNS 400000000u
#define STEP         20000u
#define TAIL_INSNS   200000u /* after the end: nothing may come out late */
#define READY        "hostile: ready\n"

struct lab lab;

void lab_poke(uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_poke(lab.device.sim, addr, data, len, &error), SIM_OK);
}

void lab_restore(void)
{
    sim_snapshot_restore(lab.device.sim, lab.ready);
    device_forget_texts(&lab.device);
}

enum outcome lab_order(uint32_t number, struct hostile_mailbox *answer)
{
    const uint32_t words[3] = {1, number, 0}; /* go, number, done */
    struct sim_error error;
    lab_poke(lab.mailbox, words, sizeof words);
    const uint64_t end = sim_time(lab.device.sim) + ATTACK_INSNS;
    while (sim_time(lab.device.sim) < end) {
        const enum sim_stop stop = sim_run(lab.device.sim, STEP);
        assert_int_equal(
            sim_peek(lab.device.sim, lab.mailbox, (uint8_t *)answer, sizeof *answer, &error),
            SIM_OK);
        if (stop == SIM_STOP_RESET) {
            return RESET;
        }
        if (answer->done != 0) {
            return RETURNED;
        }
        if (strstr(lab.device.uart, "manager: ") != NULL) {
            (void)sim_run(lab.device.sim, TAIL_INSNS);
            return PANICKED;
        }
        if (stop != SIM_STOP_INSNS) {
            return NOTHING;
        }
    }
    return NOTHING;
}

bool lab_await_ready(void)
{
    return device_run_until(&lab.device, READY, BOOT_INSNS);
}

bool lab_boot(void)
{
    device_boot(&lab.device);
    return lab_await_ready();
}

void lab_plant(void)
{
    struct hostile_mailbox answer;
    lab_poke(lab.mailbox, &lab.planted, sizeof lab.planted);
    assert_int_equal(lab_order(HOSTILE_PREPARE, &answer), RETURNED);
    assert_int_equal(answer.value, 0);
    assert_int_equal(lab_order(HOSTILE_HONEST, &answer), RETURNED);
    assert_int_equal(answer.value, 0);
}

/** Of a second chip with the same device, at the manager's level. */
static void name_storage_keys(void)
{
    const struct sim_config config = {
        .device_path = device_path(&lab.device, "device.gar"), .ephemeral = true, .no_cpu = true};
    struct sim_error error;
    uint8_t key[64];
    assert_int_equal(sim_open(&config, &host_chip, &error), SIM_OK);
    sim_power_on(host_chip);
    while (port_hdpl() < 3) {
        reg_write(0x54000410, 0x6A); /* SBS_HDPLCR */
    }
    assert_int_equal(port_derive_key("garrison its", key), GARRISON_OK);
    scan_name(&lab.scan, "the key of Internal Trusted Storage", key, sizeof key);
    assert_int_equal(port_derive_key("garrison ps", key), GARRISON_OK);
    scan_name(&lab.scan, "the key of Protected Storage", key, sizeof key);
    sim_close(host_chip);
    host_chip = NULL;
}

static void name_secrets(void)
{
    const struct saes_key_use use = {.source = SAES_KEY_DHUK, .kmod = 0, .secure = true};
    uint32_t root[8];
    uint8_t kept[HOSTILE_KEPT_BYTES];
    assert_true(saes_hardware_key(lab.device.sim->chip, &use, root));
    for (uint32_t i = 0; i < sizeof kept; i++) {
        kept[i] = HOSTILE_KEPT_BYTE(i);
    }
    scan_name(&lab.scan, "the device's root key", root, sizeof root);
    scan_name(&lab.scan, "the application's private key", lab.planted.secret,
              sizeof lab.planted.secret);
    scan_name(&lab.scan, "the application's object", lab.planted.object, sizeof lab.planted.object);
    scan_name(&lab.scan, "the module's key", kept, sizeof kept);
    name_storage_keys();
}

void lab_open(void)
{
    const struct device_images images = {.application = "tests/system/firmware/hostile_app",
                                         .module = "tests/system/firmware/hostile_module"};
    struct sim_error error;
    device_open(&lab.device, &images);
    if (!lab_boot() || strstr(lab.device.uart, "module 0 (hostile): admitted\n") == NULL) {
        fail_msg("no boot:\n%s\n%s", lab.device.uart, lab.device.events);
    }
    const char *at = strstr(lab.device.uart, "mailbox ");
    lab.mailbox = (uint32_t)strtoul(at + strlen("mailbox "), NULL, 16);
    for (unsigned i = 0; i < HOSTILE_SECRET_BYTES; i++) {
        lab.planted.secret[i] = (uint8_t)(0x51u + 37u * i);
        lab.planted.object[i] = (uint8_t)(0xA3u + 91u * i);
    }
    lab_plant();
    scan_prepare(&lab.scan, &lab.device);
    name_secrets();
    assert_int_equal(sim_snapshot_take(lab.device.sim, &lab.ready, &error), SIM_OK);
}

void lab_close(void)
{
    sim_snapshot_free(lab.ready);
    device_close(&lab.device);
}

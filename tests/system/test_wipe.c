/*
 * What the manager's other services leave in the chip of what passes through them, and whether the
 * search of wipe_lab.h would find it.
 */
#include "support/test.h"

#include <string.h>

#include <psa/client.h>
#include <psa/crypto.h>
#include <psa/initial_attestation.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
#include <psa/update.h>

#include "../../examples/secure_module/otp.h"
#include "support/elf_symbol.h"
#include "wipe_lab.h"

static uint8_t out[4096];
static size_t len;

/*
 * The search itself.
 */

static void a_piece_of_a_value_is_found_anywhere(void **state)
{
    static const uint32_t places[] = {0x20000003, 0x2003FFF8, 0x20040000, 0x20047FFD,
                                      0x2004FFF8, 0x20050001, 0x2009FFF8, 0x40036500};
    const uint8_t *mark = wipe_mark(32);
    struct sim_error error;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint8_t before[8];
        assert_int_equal(sim_peek(wipe_device.sim, places[i], before, 8, &error), SIM_OK);
        for (size_t off = 0; off <= 24; off++) {
            assert_int_equal(sim_poke(wipe_device.sim, places[i], mark + off, 8, &error), SIM_OK);
            assert_true(wipe_finds());
        }
        assert_int_equal(sim_poke(wipe_device.sim, places[i], before, 8, &error), SIM_OK);
        assert_false(wipe_finds());
    }
}

static void write_register(uint32_t addr, uint32_t value)
{
    struct sim_access access = {.kind = SIM_WRITE,
                                .addr = addr,
                                .size = 4,
                                .attr = {.secure = true, .privileged = true},
                                .value = value};
    assert_int_equal(sim_access(wipe_device.sim, &access), SIM_ANSWER_OK);
}

/** The state of a device is searched: what registers take and do not show is in it. */
static void a_value_in_a_device_is_found(void **state)
{
    static const uint32_t places[] = {
        0x520C0010, /* AES_KEYR0 */
        0x520C0C10, /* SAES_KEYR0 */
        0x520C0520, /* HASH_CSR10 */
        0x520C2400, /* PKA's RAM */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        uint32_t words[2];
        wipe_restore();
        memcpy(words, wipe_mark(16), sizeof words);
        write_register(0x520C2000, 1); /* PKA_CR.EN */
        sim_advance(wipe_device.sim, 100000);
        write_register(places[i], words[0]);
        write_register(places[i] + 4, words[1]);
        if (!wipe_finds()) {
            fail_msg("not found: what was written to 0x%08X", places[i]);
        }
    }
}

static void a_value_in_a_register_is_found(void **state)
{
    uint32_t word;
    (void)state;
    memcpy(&word, wipe_mark(16) + 5, sizeof word);
    for (unsigned reg = 0; reg <= SIM_REG_LR; reg++) {
        const uint32_t before = sim_reg_read(wipe_device.sim, (enum sim_reg)reg);
        if (reg != SIM_REG_SP) {
            sim_reg_write(wipe_device.sim, (enum sim_reg)reg, word);
            assert_true(wipe_finds());
            sim_reg_write(wipe_device.sim, (enum sim_reg)reg, before);
            assert_false(wipe_finds());
        }
    }
}

/*
 * The other services.
 */

static void what_is_stored_is_in_no_memory(void **state)
{
    (void)state;
    OK(psa_its_set(1, 700, wipe_mark(700), PSA_STORAGE_FLAG_NONE));
    OK(psa_its_get(1, 0, sizeof out, out, &len));
    assert_int_equal(len, 700);
    OK(psa_its_set(1, 300, wipe_mark(300), PSA_STORAGE_FLAG_WRITE_ONCE));
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_its_set(1, 64, wipe_mark(64), PSA_STORAGE_FLAG_NONE));
    OK(psa_ps_set(1, 700, wipe_mark(700), PSA_STORAGE_FLAG_NONE));
    OK(psa_ps_get(1, 10, 500, out, &len));
    assert_int_equal(len, 500);
    OK(psa_ps_remove(1));
}

/** Of the whole device the service "attest" alone has it; the crypto service has it during calls. */
static void the_attestation_key_stands_in_its_sandbox_alone(void **state)
{
    static const uint8_t challenge[32] = {1};
    const struct elf_symbol seed = elf_symbol("port/stm32h573/manager", "key_seed");
    uint8_t key[64];
    struct sim_error error;
    (void)state;
    assert_int_equal(seed.size, sizeof key);
    assert_int_equal(sim_peek(wipe_device.sim, seed.addr & ~0x10000000u, key, sizeof key, &error),
                     SIM_OK);
    wipe_watch(key, sizeof key);
    assert_true(wipe_finds());
    wipe_except("key_seed");
    assert_false(wipe_finds());
    OK(psa_initial_attest_get_token(challenge, sizeof challenge, out, sizeof out, &len));
    OK(psa_initial_attest_get_token(challenge, sizeof challenge, out, sizeof out, &len));
}

static void an_image_that_is_staged_is_in_no_memory(void **state)
{
    const psa_fwu_component_t component = PSA_FWU_COMPONENT_APPLICATION;
    (void)state;
    OK(psa_fwu_start(component, NULL, 0));
    for (size_t i = 0; i < 4; i++) {
        OK(psa_fwu_write(component, i * 1024, wipe_mark(1024), 1024));
    }
    OK(psa_fwu_finish(component));
    OK(psa_fwu_cancel(component));
    OK(psa_fwu_clean(component));
}

/** The module's secret is in storage; its calls of ITS go through the manager. */
static void what_a_module_is_told_is_in_no_memory(void **state)
{
    const struct otp_request request = {.counter = 1, .digits = 8};
    uint32_t code = 0;
    const psa_invec secret = {wipe_mark(64), 64};
    const psa_invec in = {&request, sizeof request};
    psa_outvec answer = {&code, sizeof code};
    (void)state;
    OK(psa_call(OTP_HANDLE, OTP_ENROL, &secret, 1, NULL, 0));
    OK(psa_call(OTP_HANDLE, OTP_CODE, &in, 1, &answer, 1));
    assert_in_range(code, 1, 99999999);
    FAILS(PSA_ERROR_NOT_PERMITTED, psa_call(OTP_HANDLE, OTP_ENROL, &secret, 1, NULL, 0));
}

static int restore(void **state)
{
    (void)state;
    wipe_restore();
    OK(psa_crypto_init());
    return 0;
}

static int open_device(void **state)
{
    (void)state;
    wipe_open();
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    wipe_close();
    return 0;
}

#define WIPED(name) cmocka_unit_test_setup(name, restore)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIPED(a_piece_of_a_value_is_found_anywhere),
        WIPED(a_value_in_a_device_is_found),
        WIPED(a_value_in_a_register_is_found),
        WIPED(what_is_stored_is_in_no_memory),
        WIPED(the_attestation_key_stands_in_its_sandbox_alone),
        WIPED(an_image_that_is_staged_is_in_no_memory),
        WIPED(what_a_module_is_told_is_in_no_memory),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests(tests, open_device, close_device);
}

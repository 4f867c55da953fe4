/* What a debugger may read, write and set, through garrison/sim_debug.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <garrison/sim_debug.h>

#define TZEN_ON   0xB4000070u
#define TZEN_OFF  0xC3000070u
#define SAU_CTRL  0xE000EDD0u
#define SAU_ALLNS 2u
#define TZIC_SR   0x50032810u
#define MPCBB_SEC 0x50032D00u /* of SRAM1: MPCBB1_SECCFGR0 */
#define FLASH_CR  0x40022028u
#define FLASH_NS  0x08000000u
#define SECTOR    0x2000u
#define SRAM1_NS  0x20000000u
#define SRAM1_S   0x30000000u

static struct sim_error error;

static struct sim *open_chip(uint32_t optsr2, uint32_t state)
{
    const struct sim_config config = {0};
    struct sim *sim = NULL;
    uint32_t optsr = 0;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "OPTSR2", optsr2, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "SECWM1R", 0x0000007Fu, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "SECWM2R", 0x0000007Fu, &error), SIM_OK);
    assert_int_equal(sim_option_read(sim, "OPTSR", &optsr, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "OPTSR", (optsr & ~0xFF00u) | state << 8, &error),
                     SIM_OK);
    sim_power_on(sim);
    sim_advance(sim, 1000000);
    sim_take_over(sim, optsr2 == TZEN_ON ? 0x0C000000u : FLASH_NS);
    return sim;
}

static void set_state(struct sim *sim, uint32_t state)
{
    uint32_t optsr = 0;
    assert_int_equal(sim_option_read(sim, "OPTSR", &optsr, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "OPTSR", (optsr & ~0xFF00u) | state << 8, &error),
                     SIM_OK);
}

static void write_word(struct sim *sim, uint32_t addr, uint32_t value, bool secure)
{
    struct sim_access access = {.kind = SIM_WRITE,
                                .addr = addr,
                                .size = 4,
                                .value = value,
                                .attr = {.secure = secure, .privileged = true}};
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
}

static uint32_t read_word(struct sim *sim, uint32_t addr, bool secure)
{
    struct sim_access access = {
        .kind = SIM_READ, .addr = addr, .size = 4, .attr = {.secure = secure, .privileged = true}};
    assert_int_equal(sim_access(sim, &access), SIM_ANSWER_OK);
    return access.value;
}

/** Bytes that were read before the first refusal. */
static size_t readable(struct sim *sim, uint32_t addr, size_t len)
{
    uint8_t data[64];
    size_t done = 0;
    const enum sim_status status = sim_debug_read(sim, addr, data, len, &done, &error);
    assert_int_equal(status, done == len ? SIM_OK : SIM_ERROR_REFUSED);
    return done;
}

static void refused_because(const char *why)
{
    if (strstr(error.text, why) == NULL) {
        fail_msg("'%s' does not say '%s'", error.text, why);
    }
}

static void secure_memory_is_refused_without_secure_debug(void **state)
{
    (void)state;
    struct sim *sim = open_chip(TZEN_ON, 0xED);
    write_word(sim, SAU_CTRL, SAU_ALLNS, true);
    assert_int_equal(readable(sim, SRAM1_S, 16), 16);
    set_state(sim, 0xC6); /* TZ-CLOSED */
    assert_int_equal(readable(sim, SRAM1_S, 16), 0);
    refused_because("Secure by SAU and IDAU");
    refused_because("TZ-CLOSED");
    assert_int_equal(readable(sim, SRAM1_NS, 16), 0);
    refused_because("MPCBB");
    write_word(sim, MPCBB_SEC, 0xFFFFFFFE, true); /* the first 512 bytes are Non-secure */
    assert_int_equal(readable(sim, SRAM1_NS, 64), 64);
    assert_int_equal(readable(sim, SRAM1_NS + 512u - 8u, 32), 8);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(read_word(sim, TZIC_SR + 4u * i, true), 0); /* nobody was told */
    }
    sim_close(sim);
}

static void closed_states_refuse_everything(void **state)
{
    static const uint32_t closed[] = {0x72, 0x5C};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct sim *sim = open_chip(TZEN_OFF, 0xED);
        const struct sim_debug_watch watch = {.addr = SRAM1_NS, .len = 4, .writes = true};
        const uint8_t data[16] = {0};
        size_t done = 1;
        assert_int_equal(readable(sim, SRAM1_NS, 4), 4);
        assert_int_equal(sim_debug_break_set(sim, FLASH_NS, &error), SIM_OK);
        set_state(sim, closed[i]);
        assert_int_equal(readable(sim, SRAM1_NS, 4), 0);
        assert_int_equal(readable(sim, SAU_CTRL, 4), 0);
        assert_int_equal(sim_debug_write(sim, SRAM1_NS, data, 4, &done, &error), SIM_ERROR_REFUSED);
        assert_int_equal(done, 0);
        assert_int_equal(sim_debug_break_set(sim, FLASH_NS, &error), SIM_ERROR_REFUSED);
        assert_int_equal(sim_debug_watch_set(sim, &watch, &error), SIM_ERROR_REFUSED);
        assert_int_equal(sim_debug_flash_erase(sim, FLASH_NS, &error), SIM_ERROR_REFUSED);
        assert_int_equal(sim_debug_flash_program(sim, FLASH_NS, data, 16, &error),
                         SIM_ERROR_REFUSED);
        assert_false(sim_debug_visible(sim));
        sim_close(sim);
    }
}

static void memory_is_written_but_flash_is_not(void **state)
{
    (void)state;
    struct sim *sim = open_chip(TZEN_OFF, 0xED);
    const uint8_t data[7] = {1, 2, 3, 4, 5, 6, 7};
    uint8_t back[7];
    size_t done = 0;
    assert_int_equal(sim_debug_write(sim, SRAM1_NS + 1u, data, sizeof data, &done, &error), SIM_OK);
    assert_int_equal(sim_debug_read(sim, SRAM1_NS + 1u, back, sizeof back, &done, &error), SIM_OK);
    assert_memory_equal(back, data, sizeof data);
    assert_int_equal(sim_debug_write(sim, FLASH_NS, data, 4, &done, &error), SIM_ERROR_REFUSED);
    refused_because("load");
    sim_close(sim);
}

static void flash_is_loaded_by_its_own_rules(void **state)
{
    (void)state;
    struct sim *sim = open_chip(TZEN_OFF, 0xED);
    uint8_t data[32];
    uint8_t back[32];
    memset(data, 0x5A, sizeof data);
    const uint64_t before = sim_time(sim);
    assert_int_equal(sim_debug_flash_program(sim, FLASH_NS + SECTOR, data, 32, &error), SIM_OK);
    assert_int_equal(sim_peek(sim, FLASH_NS + SECTOR, back, 32, &error), SIM_OK);
    assert_memory_equal(back, data, 32);
    assert_true(sim_time(sim) > before); /* it takes what it takes */
    assert_int_equal(sim_debug_flash_erase(sim, FLASH_NS + SECTOR, &error), SIM_OK);
    assert_int_equal(sim_peek(sim, FLASH_NS + SECTOR, back, 32, &error), SIM_OK);
    assert_int_equal(back[31], 0xFF);
    assert_int_equal(read_word(sim, FLASH_CR, false) & 1u, 1); /* locked, as it was */
    assert_int_equal(sim_debug_flash_erase(sim, FLASH_NS + 16u, &error), SIM_ERROR_USAGE);
    assert_int_equal(sim_debug_flash_program(sim, FLASH_NS, data, 15, &error), SIM_ERROR_USAGE);

    assert_int_equal(sim_option_write(sim, "WRP1R", 0xFFFFFFFEu, &error), SIM_OK);
    assert_int_equal(sim_debug_flash_erase(sim, FLASH_NS, &error), SIM_ERROR_REFUSED);
    refused_because("WRPERR");
    assert_int_equal(sim_debug_flash_program(sim, FLASH_NS, data, 16, &error), SIM_ERROR_REFUSED);
    assert_int_equal(sim_peek(sim, FLASH_NS, back, 16, &error), SIM_OK);
    assert_int_equal(back[0], 0xFF);
    sim_close(sim);
}

static void secure_sectors_are_loaded_with_secure_debug_only(void **state)
{
    (void)state;
    struct sim *sim = open_chip(TZEN_ON, 0xED);
    uint8_t data[16] = {0x12};
    uint8_t back[16];
    assert_int_equal(sim_option_write(sim, "SECWM2R", 0x0000007Fu, &error), SIM_OK);
    assert_int_equal(sim_option_write(sim, "SECWM1R", 0x003F0000u, &error), SIM_OK); /* 0 to 63 */
    assert_int_equal(sim_debug_flash_program(sim, FLASH_NS, data, 16, &error), SIM_OK);
    assert_int_equal(sim_peek(sim, FLASH_NS, back, 16, &error), SIM_OK);
    assert_memory_equal(back, data, 16);
    set_state(sim, 0xC6);
    assert_int_equal(sim_debug_flash_erase(sim, FLASH_NS, &error), SIM_ERROR_REFUSED);
    refused_because("sector 0 of bank 1 is Secure");
    assert_int_equal(sim_debug_flash_erase(sim, FLASH_NS + 64u * SECTOR, &error), SIM_OK);
    sim_close(sim);
}

static void places_in_breakpoints_and_watchpoints_are_bounded(void **state)
{
    (void)state;
    struct sim *sim = open_chip(TZEN_OFF, 0xED);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(sim_debug_break_set(sim, FLASH_NS + 2u * i, &error), SIM_OK);
    }
    assert_int_equal(sim_debug_break_set(sim, FLASH_NS, &error), SIM_OK); /* set already */
    assert_int_equal(sim_debug_break_set(sim, FLASH_NS + 128u, &error), SIM_ERROR_USAGE);
    sim_debug_break_clear(sim, FLASH_NS);
    assert_int_equal(sim_debug_break_set(sim, FLASH_NS + 128u, &error), SIM_OK);
    assert_int_equal(sim_debug_break_set(sim, 0x60000000u, &error), SIM_ERROR_USAGE);
    struct sim_debug_watch watch = {.addr = SRAM1_NS, .len = 4, .reads = true};
    for (uint32_t i = 0; i < 16; i++) {
        watch.addr = SRAM1_NS + 4u * i;
        assert_int_equal(sim_debug_watch_set(sim, &watch, &error), SIM_OK);
    }
    watch.addr = SRAM1_NS + 64u;
    assert_int_equal(sim_debug_watch_set(sim, &watch, &error), SIM_ERROR_USAGE);
    watch.len = 0;
    assert_int_equal(sim_debug_watch_set(sim, &watch, &error), SIM_ERROR_USAGE);
    sim_close(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secure_memory_is_refused_without_secure_debug),
        cmocka_unit_test(closed_states_refuse_everything),
        cmocka_unit_test(memory_is_written_but_flash_is_not),
        cmocka_unit_test(flash_is_loaded_by_its_own_rules),
        cmocka_unit_test(secure_sectors_are_loaded_with_secure_debug_only),
        cmocka_unit_test(places_in_breakpoints_and_watchpoints_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

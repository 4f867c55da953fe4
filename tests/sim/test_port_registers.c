/*
 * The port and the simulator type register offsets each for themselves. Here every register that
 * the port names is reached at the port's address in the simulated chip, and must behave as that
 * register and no other: hold what it can hold, or read what only it reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../port/stm32h573/regs.h"
#include "cpu.h"

/* Of cpu_v8m.h, whose names for bits are those of the port's. */
struct v8m;
uint32_t v8m_ppb_read(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr);
void v8m_ppb_write(struct v8m *v, uint32_t addr, unsigned size, uint32_t value,
                   struct sim_attr attr);

static struct sim_nv *nv;
static struct sim_chip *chip;
static struct sim_cpu *cpu;

static const struct sim_attr secure_privileged = {.secure = true, .privileged = true};

/* The port's accessors, on the bus of the simulated chip or, for the processor's own, within it. */

static bool is_private(uint32_t addr)
{
    return addr >= 0xE0000000u;
}

static struct v8m *core(void)
{
    return (struct v8m *)(void *)cpu; /* its first member */
}

uint32_t reg_read(uint32_t addr)
{
    uint32_t value = 0;
    if (is_private(addr)) {
        return v8m_ppb_read(core(), addr, 4, secure_privileged);
    }
    chip_advance(chip, chip->now + 1000u);
    assert_int_equal(bus_read(chip, addr, 4, secure_privileged, &value, NULL), SIM_ANSWER_OK);
    return value;
}

void reg_write(uint32_t addr, uint32_t value)
{
    if (is_private(addr)) {
        v8m_ppb_write(core(), addr, 4, value, secure_privileged);
        return;
    }
    chip_advance(chip, chip->now + 1000u);
    assert_int_equal(bus_write(chip, addr, 4, secure_privileged, value, NULL), SIM_ANSWER_OK);
}

static int open_chip(void **state)
{
    static const uint8_t uid[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const uint8_t secret[32] = {2};
    static const struct chip_listener nobody;
    struct sim_error error;
    (void)state;
    nv = calloc(1, sizeof *nv);
    assert_non_null(nv);
    nv_init(nv, uid, secret);
    nv->option[NV_OB_OPTSR2] = (nv->option[NV_OB_OPTSR2] & 0x00FFFFFFu) | 0xB4000000u;
    chip = chip_new(nv, &nobody);
    assert_non_null(chip);
    cpu = cpu_new(chip, &error);
    assert_non_null(cpu);
    chip_reset(chip, CHIP_RESET_POWER_ON);
    cpu_reset(cpu, 0x0C000000, 0x08000000);
    chip_hdpl_raise(chip);
    return 0;
}

static int close_chip(void **state)
{
    (void)state;
    cpu_free(cpu);
    chip_free(chip);
    free(nv);
    return 0;
}

struct expectation {
    const char *name;
    uint32_t addr;
    uint32_t mask;
    uint32_t value;
};

#define READS(reg, mask, value)                                                                    \
    {                                                                                              \
#reg, reg, mask, value                                                                     \
    }
#define HOLDS READS

/** Values after reset that no register beside them has. */
static void registers_read_what_only_they_read(void **state)
{
    const struct expectation rows[] = {
        READS(FLASH_NSCR, 0xFFFFFFFF, 1),
        READS(FLASH_SECCR, 0xFFFFFFFF, 1),
        READS(FLASH_SECOBKCFGR, 0xFFFFFFFF, FLASH_OBKCFGR_LOCK),
        READS(FLASH_NSSR, 0xFFFFFFFF, 0),
        READS(FLASH_SECSR, 0xFFFFFFFF, 0),
        READS(FLASH_OPTSR_CUR, 0xFF00, 0xED00),
        READS(FLASH_ECCDETR, 0xFFFFFFFF, 0),
        READS(SBS_HDPLCR, 0xFF, 0xB4),
        READS(SBS_HDPLSR, 0xFF, SBS_HDPLSR_1),
        READS(RCC_CR, 0xFFFFFFFF, 0x2B),
        READS(RNG_CR, 0xFFFFFFFF, 0x00871F00),
        READS(RNG_NSCR, 0xFFFFFFFF, 0x3FFFF),
        READS(RNG_HTCR, 0xFFFFFFFF, 0x72AC),
        READS(SAES_SR, 0xFFFFFFFF, SAES_SR_BUSY),     /* no random number yet */
        READS(SAES_ISR, 0xFFFFFFFF, SAES_ISR_RNGEIF), /* and nobody who gives one */
        READS(IWDG_RLR, 0xFFFFFFFF, IWDG_RLR_MAX),
        READS(GPIOA_BASE + GPIO_MODER, 0xFFFFFFFF, 0xABFFFFFF),
        READS(USART1_BASE + USART_ISR, 0xFF, 0xC0),
        READS(UID_BASE, 0xFFFFFFFF, 0x04030201),
        READS(UID_BASE + 8u, 0xFFFFFFFF, 0x0C0B0A09),
        READS(RCC_RSR, RCC_RSR_BORRSTF, RCC_RSR_BORRSTF),
        READS(SCB_AIRCR, 0xFFFF0000, 0xFA050000),
        READS(GTZC_MPCBB_SECCFGR(1), 0xFFFFFFFF, 0xFFFFFFFF),
        READS(GTZC_MPCBB_SECCFGR(3), 0xFFFFFFFF, 0xFFFFFFFF),
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint32_t value = reg_read(rows[i].addr) & rows[i].mask;
        if (value != rows[i].value) {
            fail_msg("%s at 0x%08X reads 0x%08X, not 0x%08X", rows[i].name, rows[i].addr, value,
                     rows[i].value);
        }
    }
}

/** Each holds a value of its own at the same time as all the others hold theirs. */
static void registers_hold_what_is_written_each_its_own(void **state)
{
    const struct expectation rows[] = {
        HOLDS(RCC_AHB1ENR, RCC_AHB1ENR_TZSC1EN, RCC_AHB1ENR_TZSC1EN),
        HOLDS(RCC_AHB2ENR, RCC_AHB2ENR_GPIOS | RCC_AHB2ENR_RNGEN, 0x155 | RCC_AHB2ENR_RNGEN),
        HOLDS(RCC_APB2ENR, RCC_APB2ENR_USART1EN, RCC_APB2ENR_USART1EN),
        HOLDS(RCC_APB3ENR, RCC_APB3ENR_RTCAPBEN | RCC_APB3ENR_SBSEN,
              RCC_APB3ENR_RTCAPBEN | RCC_APB3ENR_SBSEN),
        HOLDS(PWR_DBPCR, PWR_DBPCR_DBP, PWR_DBPCR_DBP),
        HOLDS(GTZC_TZSC_SECCFGR(1), 0xFFFFFFFF, 0x13),
        HOLDS(GTZC_TZSC_SECCFGR(2), 0xFFFFFFFF, TZSC2_USART1),
        HOLDS(GTZC_TZSC_SECCFGR(3), 0xFFFFFFFF, 0x10000),
        HOLDS(GTZC_TZSC_PRIVCFGR(1), 0xFFFFFFFF, 0x25),
        HOLDS(GTZC_MPCBB_SECCFGR(1), 0xFFFFFFFF, 0x11111111),
        HOLDS(GTZC_MPCBB_SECCFGR(2), 0xFFFFFFFF, 0x22222222),
        HOLDS(GTZC_MPCBB_PRIVCFGR(1), 0xFFFFFFFF, 0x44444444),
        HOLDS(GTZC_MPCBB_PRIVCFGR(3), 0xFFFFFFFF, 0x33333333),
        HOLDS(SAES_CR, SAES_CR_KEY_256 | SAES_CR_IPRST, SAES_CR_KEY_256),
        HOLDS(SBS_EPOCHSELCR, 3, 1),
        HOLDS(GPIOA_BASE + GPIO_AFRH, 0xFFFFFFFF, 0x00000770),
        HOLDS(GPIOA_BASE + GPIO_SECCFGR, 0xFFFF, 0x5A5A),
        HOLDS(USART1_BASE + USART_BRR, 0xFFFF, 0x0116),
        HOLDS(USART1_BASE + USART_CR1, 0xFFFFFFFF, USART_CR1_TE),
        HOLDS(TAMP_SECCFGR, 0xFF, 8),
        HOLDS(TAMP_BKPR(31), 0xFFFFFFFF, 0xC0FFEE31),
        HOLDS(TAMP_BKPR(8), 0xFFFFFFFF, 0xC0FFEE08),
        HOLDS(ICACHE_CR, ICACHE_CR_EN, ICACHE_CR_EN),
        HOLDS(FLASH_HDPEXTR, 0x7F, 0),
        HOLDS(SCB_VTOR, 0xFFFFFFFF, 0x0C000400),
        HOLDS(SCB_SHCSR, SHCSR_FAULTS, SHCSR_FAULTS & 0x00070000),
        HOLDS(SCB_CPACR, 0x00F00000, 0x00F00000),
        HOLDS(SCB_NSACR, 0xC00, 0xC00),
        HOLDS(SCB_MMFAR, 0xFFFFFFFF, 0x11223344),
        HOLDS(SCB_BFAR, 0xFFFFFFFF, 0x11223344), /* the two may share a register */
        HOLDS(MPU_RNR, 0xFF, 5),
        HOLDS(MPU_RBAR, 0xFFFFFFFF, 0x0C000006),
        HOLDS(MPU_RLAR, 0xFFFFFFFF, 0x0C0FFFE1),
        HOLDS(MPU_RBAR_OF(3), 0xFFFFFFFF, 0x30000003), /* of region 7 */
        HOLDS(MPU_RLAR_OF(3), 0xFFFFFFFF, 0x3000FFE1),
        HOLDS(MPU_MAIR0, 0xFFFFFFFF, 0x00FF44AA),
        HOLDS(MPU_CTRL, 7, MPU_CTRL_HFNMIENA | MPU_CTRL_ENABLE),
        HOLDS(SAU_RNR, 0xFF, 3),
        HOLDS(SAU_RBAR, 0xFFFFFFFF, 0x08100000),
        HOLDS(SAU_RLAR, 0xFFFFFFFF, 0x081FFFE1),
        HOLDS(SAU_CTRL, 3, SAU_CTRL_ENABLE),
        HOLDS(SFAR, 0xFFFFFFFF, 0x55667788),
        HOLDS(FPCAR, 0xFFFFFFF8, 0x30041230),
        HOLDS(NVIC_ITNS(0), 0xFFFFFFFF, 0x0000F00F),
        HOLDS(NVIC_ITNS(3), 0xFFFFFFFF, 0x000FF000),
    };
    const size_t count = sizeof rows / sizeof rows[0];
    (void)state;
    for (size_t i = 0; i < count; i++) {
        reg_update(rows[i].addr, rows[i].mask, rows[i].value);
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t value = reg_read(rows[i].addr) & rows[i].mask;
        if (value != rows[i].value) {
            fail_msg("%s at 0x%08X holds 0x%08X, not 0x%08X", rows[i].name, rows[i].addr, value,
                     rows[i].value);
        }
    }
}

/** Registers that do not hold, but act. */
static void registers_act(void **state)
{
    (void)state;
    reg_write(FLASH_SECKEYR, FLASH_KEY_1);
    reg_write(FLASH_SECKEYR, FLASH_KEY_2);
    assert_int_equal(reg_read(FLASH_SECCR) & FLASH_CR_LOCK, 0);
    assert_int_equal(reg_read(FLASH_NSCR) & FLASH_CR_LOCK, FLASH_CR_LOCK);
    reg_write(FLASH_SECCR, FLASH_CR_PG);
    reg_write(0x0C000000, 1);
    assert_int_equal(reg_read(FLASH_SECSR) & FLASH_SR_WBNE, FLASH_SR_WBNE);
    reg_write(0x0C000000, 2); /* the same word of the buffer again */
    assert_int_not_equal(reg_read(FLASH_SECSR) & FLASH_SR_ERRORS, 0);
    reg_write(FLASH_SECCCR, FLASH_SR_ERRORS | FLASH_SR_EOP);
    assert_int_equal(reg_read(FLASH_SECSR) & FLASH_SR_ERRORS, 0);

    reg_set(RCC_CR, RCC_CR_HSI48ON);
    assert_int_equal(reg_read(RCC_CR) & RCC_CR_HSI48RDY, RCC_CR_HSI48RDY);
    reg_set(RCC_RSR, RCC_RSR_RMVF);
    assert_int_equal(reg_read(RCC_RSR) & RCC_RSR_BORRSTF, 0);

    reg_set(RNG_CR, RNG_CR_RNGEN);
    chip_advance(chip, chip->now + 1000000u);
    assert_int_equal(reg_read(RNG_SR), RNG_SR_DRDY);
    assert_int_not_equal(reg_read(RNG_DR), reg_read(RNG_DR));

    reg_write(SBS_HDPLCR, SBS_HDPLCR_RAISE);
    assert_int_equal(reg_read(SBS_HDPLSR), SBS_HDPLSR_2);
    reg_set(SBS_CSLCKR, SBS_CSLCKR_SAU);
    assert_int_equal(chip_core_lock(chip, true), 4);
    reg_write(GTZC_MPCBB_CFGLOCKR(1), 1);
    reg_set(GTZC_MPCBB_CR(1), GTZC_MPCBB_GLOCK);
    assert_int_equal(reg_read(GTZC_MPCBB_CR(1)) & GTZC_MPCBB_GLOCK, GTZC_MPCBB_GLOCK);
    reg_write(GTZC_MPCBB_SECCFGR(1), 0);
    assert_int_not_equal(reg_read(GTZC_MPCBB_SECCFGR(1)), 0);
    reg_set(GTZC_TZSC_CR, GTZC_TZSC_LCK);
    const uint32_t before = reg_read(GTZC_TZSC_SECCFGR(1));
    reg_write(GTZC_TZSC_SECCFGR(1), ~before);
    assert_int_equal(reg_read(GTZC_TZSC_SECCFGR(1)), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registers_read_what_only_they_read, open_chip, close_chip),
        cmocka_unit_test_setup_teardown(registers_hold_what_is_written_each_its_own, open_chip,
                                        close_chip),
        cmocka_unit_test_setup_teardown(registers_act, open_chip, close_chip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

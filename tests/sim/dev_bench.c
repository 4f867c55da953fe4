#include "dev_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TZEN_ON 0xb4000000u

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    struct dev_bench *bench = context;
    assert_true(bench->uart_len < sizeof bench->uart);
    bench->uart[bench->uart_len++] = byte;
    bench->uart_number = uart;
}

static void on_reset(void *context, enum chip_reset_cause cause)
{
    struct dev_bench *bench = context;
    bench->resets++;
    bench->cause = cause;
}

static void on_event(void *context, enum sim_event_kind kind, const char *text)
{
    struct dev_bench *bench = context;
    (void)kind;
    assert_non_null(text);
    bench->notes++;
}

struct dev_bench *bench_open(bool trustzone)
{
    static const uint8_t uid[12] = {1};
    static const uint8_t secret[32] = {2};
    struct dev_bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->nv = calloc(1, sizeof *bench->nv);
    assert_non_null(bench->nv);
    nv_init(bench->nv, uid, secret);
    if (trustzone) {
        bench->nv->option[NV_OB_OPTSR2] = (bench->nv->option[NV_OB_OPTSR2] & 0x00ffffffu) | TZEN_ON;
    }
    const struct chip_listener listener = {
        .context = bench,
        .uart = on_uart,
        .reset_wanted = on_reset,
        .event = on_event,
    };
    bench->chip = chip_new(bench->nv, &listener);
    assert_non_null(bench->chip);
    bench_power(bench);
    return bench;
}

void bench_close(struct dev_bench *bench)
{
    chip_free(bench->chip);
    free(bench->nv);
    free(bench);
}

void bench_power(struct dev_bench *bench)
{
    chip_reset(bench->chip, CHIP_RESET_POWER_ON);
}

static uint32_t alias(bool secure, uint32_t addr)
{
    return secure ? addr + 0x10000000u : addr;
}

uint32_t bench_read_as(struct dev_bench *bench, bool secure, bool privileged, uint32_t addr)
{
    const struct sim_attr attr = {.secure = secure, .privileged = privileged};
    uint32_t value = 0;
    const enum sim_answer answer =
        bus_read(bench->chip, alias(secure, addr), 4, attr, &value, NULL);
    assert_int_equal(answer, SIM_ANSWER_OK);
    return value;
}

void bench_write_as(struct dev_bench *bench, bool secure, bool privileged, uint32_t addr,
                    uint32_t value)
{
    const struct sim_attr attr = {.secure = secure, .privileged = privileged};
    const enum sim_answer answer =
        bus_write(bench->chip, alias(secure, addr), 4, attr, value, NULL);
    assert_int_equal(answer, SIM_ANSWER_OK);
}

uint32_t bench_read(struct dev_bench *bench, uint32_t addr)
{
    return bench_read_as(bench, false, true, addr);
}

void bench_write(struct dev_bench *bench, uint32_t addr, uint32_t value)
{
    bench_write_as(bench, false, true, addr, value);
}

uint32_t bench_read_size(struct dev_bench *bench, uint32_t addr, unsigned size)
{
    const struct sim_attr attr = {.privileged = true};
    uint32_t value = 0;
    assert_int_equal(bus_read(bench->chip, addr, size, attr, &value, NULL), SIM_ANSWER_OK);
    return value;
}

void bench_write_size(struct dev_bench *bench, uint32_t addr, unsigned size, uint32_t value)
{
    const struct sim_attr attr = {.privileged = true};
    assert_int_equal(bus_write(bench->chip, addr, size, attr, value, NULL), SIM_ANSWER_OK);
}

void bench_wait(struct dev_bench *bench, uint64_t ticks)
{
    chip_advance(bench->chip, bench->chip->now + ticks);
}

bool bench_irq(const struct dev_bench *bench, unsigned irq)
{
    return bench->chip->irq_level[irq];
}

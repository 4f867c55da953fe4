#include "counter_fixture.h"

struct counter_bench bench;
const uint8_t tied[COUNTER_BINDING_BYTES] = {1, 2, 3, 4, 5, 6};

void bench_open(uint32_t sectors)
{
    memset(&bench, 0, sizeof bench);
    flash_power_init(&bench.power, 1);
    flash_emulator_open(&bench.flash, &bench.power, sectors, SECTOR_BYTES, QUAD);
    storage_key_make(&bench.keys, &bench.protection, 1);
    bench.config = (struct counters_config){
        .device = &bench.flash.device, .protection = &bench.protection, .area_id = 0xA1};
}

int setup_two(void **state)
{
    (void)state;
    bench_open(2);
    return 0;
}

int setup_three(void **state)
{
    (void)state;
    bench_open(3);
    return 0;
}

int teardown(void **state)
{
    (void)state;
    const bool right = bench.flash.fault == NULL;
    flash_emulator_close(&bench.flash);
    return right ? 0 : -1;
}

enum garrison_status mount(void)
{
    return counters_mount(&bench.counters, &bench.config, &bench.report);
}

void must_mount(void)
{
    assert_int_equal(mount(), GARRISON_OK);
}

void raise_to(unsigned id, uint32_t value)
{
    assert_int_equal(counter_raise(&bench.counters, id, value, tied), GARRISON_OK);
}

uint32_t value_of(unsigned id)
{
    struct counter counter;
    assert_int_equal(counter_read(&bench.counters, id, &counter), GARRISON_OK);
    return counter.value;
}

void fill_sector(void)
{
    while (bench.counters.end < SECTOR_BYTES) {
        raise_to(0, value_of(0) + 1u);
    }
}

uint8_t *bytes_at(uint32_t off)
{
    return bench.flash.bytes + off;
}

/* The chip's time, events, resets, and the table of its blocks. */
#include "chip_fixture.h"

#include <string.h>

#include "dev.h"

#define SRAM1_NS 0x20000000u

/* A device that only records when its event came. */
struct probe {
    struct sim_device dev;
    uint64_t again; /* next deadline it sets in its event, or SIM_NEVER */
};

static struct {
    const char *name;
    uint64_t time;
} probe_log[8];
static unsigned probe_logged;

static void probe_event(struct sim_device *dev, uint64_t now)
{
    struct probe *probe = (struct probe *)dev;
    probe_log[probe_logged].name = dev->name;
    probe_log[probe_logged].time = now;
    probe_logged++;
    if (probe->again != SIM_NEVER) {
        chip_deadline(dev->chip, dev, probe->again);
        probe->again = SIM_NEVER;
    }
}

static const struct sim_device_ops probe_ops = {.event = probe_event};

/* Puts probes in the place of the chip's devices for one test. */
static void probes_install(struct chip_fixture *f, struct probe *probes, unsigned count)
{
    static const char *const names[] = {"first", "second", "third"};
    for (unsigned i = 0; i < count; i++) {
        probes[i] = (struct probe){
            .dev = {.ops = &probe_ops, .name = names[i], .chip = f->chip, .deadline = SIM_NEVER},
            .again = SIM_NEVER};
        f->chip->device[i] = &probes[i].dev;
    }
    f->chip->devices = count;
    f->chip->next_event = SIM_NEVER;
    f->deadlines = 0;
    probe_logged = 0;
}

static void events_come_in_order_of_deadline_then_base(void **state)
{
    struct chip_fixture *f = *state;
    struct sim_device *kept[CHIP_DEVICES_MAX];
    const unsigned devices = f->chip->devices;
    memcpy(kept, f->chip->device, sizeof kept);
    struct probe probes[3];
    probes_install(f, probes, 3);

    chip_deadline(f->chip, &probes[0].dev, 500);
    chip_deadline(f->chip, &probes[2].dev, 100);
    chip_deadline(f->chip, &probes[1].dev, 100);
    assert_int_equal(f->chip->next_event, 100);
    chip_advance(f->chip, 99);
    assert_int_equal(probe_logged, 0);
    chip_advance(f->chip, 1000);
    assert_int_equal(probe_logged, 3);
    assert_string_equal(probe_log[0].name, "second");
    assert_int_equal(probe_log[0].time, 100);
    assert_string_equal(probe_log[1].name, "third");
    assert_string_equal(probe_log[2].name, "first");
    assert_int_equal(probe_log[2].time, 500);
    assert_int_equal(f->chip->now, 1000);
    assert_true(f->chip->next_event == SIM_NEVER);

    memcpy(f->chip->device, kept, sizeof kept);
    f->chip->devices = devices;
}

static void event_set_by_an_event_comes_in_the_same_advance(void **state)
{
    struct chip_fixture *f = *state;
    struct sim_device *kept[CHIP_DEVICES_MAX];
    const unsigned devices = f->chip->devices;
    memcpy(kept, f->chip->device, sizeof kept);
    struct probe probes[2];
    probes_install(f, probes, 2);

    probes[0].again = 40;
    chip_deadline(f->chip, &probes[0].dev, 20);
    chip_deadline(f->chip, &probes[1].dev, 30);
    chip_advance(f->chip, 50);
    assert_int_equal(probe_logged, 3);
    assert_int_equal(probe_log[1].time, 30);
    assert_int_equal(probe_log[2].time, 40);

    memcpy(f->chip->device, kept, sizeof kept);
    f->chip->devices = devices;
}

static void listener_hears_only_of_earlier_deadlines(void **state)
{
    struct chip_fixture *f = *state;
    struct sim_device *kept[CHIP_DEVICES_MAX];
    const unsigned devices = f->chip->devices;
    memcpy(kept, f->chip->device, sizeof kept);
    struct probe probes[2];
    probes_install(f, probes, 2);

    chip_deadline(f->chip, &probes[0].dev, 100);
    assert_int_equal(f->deadlines, 1);
    chip_deadline(f->chip, &probes[1].dev, 200);
    assert_int_equal(f->deadlines, 1);
    chip_deadline(f->chip, &probes[1].dev, 50);
    assert_int_equal(f->deadlines, 2);
    chip_deadline(f->chip, &probes[1].dev, SIM_NEVER);
    assert_int_equal(f->chip->next_event, 100);

    memcpy(f->chip->device, kept, sizeof kept);
    f->chip->devices = devices;
}

static void time_never_goes_back(void **state)
{
    struct chip_fixture *f = *state;
    chip_advance(f->chip, 70);
    chip_advance(f->chip, 60);
    assert_int_equal(f->chip->now, 70);
}

static void every_device_stands_in_the_table(void **state)
{
    struct chip_fixture *f = *state;
    for (unsigned i = 0; i < f->chip->devices; i++) {
        const struct sim_device *dev = f->chip->device[i];
        assert_ptr_equal(chip_device(f->chip, dev->name), dev);
        assert_int_equal(dev->base, dev->row->base);
        assert_true(i == 0 || dev->base > f->chip->device[i - 1u]->base);
    }
    assert_null(chip_device(f->chip, "OTFDEC1"));
}

static void table_is_ascending_without_overlap(void **state)
{
    (void)state;
    for (unsigned i = 1; i < chip_row_count; i++) {
        const struct dev_row *before = &chip_rows[i - 1u];
        assert_true(before->base + (before->size - 1u) < chip_rows[i].base);
    }
}

static void gtzc_bits_are_the_register_texts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint8_t reg;
        uint8_t bit;
    } known[] = {
        {"TIM2", 1, 0},   {"IWDG", 1, 10},   {"CEC", 1, 24},    {"LPTIM2", 1, 31},
        {"FDCAN1", 2, 0}, {"USART1", 2, 11}, {"LPTIM5", 2, 31}, {"CRC", 3, 8},
        {"ETH", 3, 11},   {"ICACHE", 3, 12}, {"HASH", 3, 17},   {"RNG", 3, 18},
        {"SAES", 3, 19},  {"PKA", 3, 20},    {"RAMCFG", 3, 26}, {"FLASH", 4, 2},
        {"SBS", 4, 6},    {"TAMP", 4, 8},    {"PWR", 4, 9},     {"RCC", 4, 10},
        {"EXTI", 4, 11},  {"GPDMA2", 4, 1},  {"DAC1", 1, 25},   {"OCTOSPI1", 3, 24},
    };
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        unsigned row = 0;
        while (strcmp(chip_rows[row].name, known[i].name) != 0) {
            row++;
            assert_true(row < chip_row_count);
        }
        assert_int_equal(chip_rows[row].gtzc, 32 * (known[i].reg - 1) + known[i].bit);
    }
}

static void every_block_not_modelled_is_reported_once_by_name(void **state)
{
    struct chip_fixture *f = *state;
    unsigned blocks = 0;
    for (unsigned i = 0; i < chip_row_count; i++) {
        if (chip_rows[i].make != NULL) {
            continue;
        }
        f->events = 0;
        assert_int_equal(get_ok(f, chip_rows[i].base, NS_PRIV), 0);
        put_ok(f, chip_rows[i].base + chip_rows[i].size - 4u, NS_PRIV, 0xFFFFFFFF);
        assert_int_equal(get_ok(f, chip_rows[i].base, NS_PRIV), 0);
        assert_int_equal(f->events, 1);
        assert_int_equal(f->event_kind[0], SIM_EVENT_BLOCK);
        assert_non_null(strstr(f->event_text[0], chip_rows[i].name));
        blocks++;
    }
    assert_true(blocks > 30);
}

static void block_not_modelled_is_a_bus_error_when_strict(void **state)
{
    struct chip_fixture *f = *state;
    f->chip->strict_blocks = true;
    get(f, 0x46005000, NS_PRIV);
    assert_int_equal(f->answer, SIM_ANSWER_ERROR);
    assert_int_equal(f->decision.filter, BUS_FILTER_BLOCK);
    assert_string_equal(f->decision.why, "OTFDEC1 is not modelled");
    assert_int_equal(f->events, 0);
}

static void power_on_loses_sram_and_restarts_time(void **state)
{
    struct chip_fixture *f = *state;
    put_ok(f, SRAM1_NS, NS_PRIV, 0x12345678);
    chip_advance(f->chip, 1000);
    chip_reset(f->chip, CHIP_RESET_POWER_ON);
    assert_int_equal(get_ok(f, SRAM1_NS, NS_PRIV), 0xA5A5A5A5);
    assert_int_equal(f->chip->now, 0);
}

static void system_reset_erases_the_srams_that_option_bytes_say(void **state)
{
    struct chip_fixture *f = *state;
    f->nv->option[NV_OB_OPTSR2] |= 1u << 2;    /* SRAM1_3_RST: kept */
    f->nv->option[NV_OB_OPTSR2] &= ~(1u << 3); /* SRAM2_RST: erased */
    chip_advance(f->chip, 1000);
    put_ok(f, SRAM1_NS, NS_PRIV, 0x11111111);
    put_ok(f, 0x20040000, NS_PRIV, 0x22222222);
    put_ok(f, 0x2009FFFC, NS_PRIV, 0x33333333);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_int_equal(get_ok(f, SRAM1_NS, NS_PRIV), 0x11111111);
    assert_int_equal(get_ok(f, 0x20040000, NS_PRIV), 0);
    assert_int_equal(get_ok(f, 0x2009FFFC, NS_PRIV), 0x33333333);
    assert_int_equal(f->chip->now, 1000);
}

static void reset_lets_every_interrupt_line_fall(void **state)
{
    struct chip_fixture *f = *state;
    chip_irq(f->chip, 58, true);
    assert_true(f->chip->irq_level[58]);
    chip_reset(f->chip, CHIP_RESET_SOFTWARE);
    assert_false(f->chip->irq_level[58]);
}

static void long_event_is_cut_not_overrun(void **state)
{
    struct chip_fixture *f = *state;
    char text[600];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1u] = '\0';
    chip_event(f->chip, SIM_EVENT_NOTE, "%s", text);
    assert_int_equal(f->events, 1);
}

#define PLAIN(test) cmocka_unit_test_setup_teardown(test, fixture_plain, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAIN(events_come_in_order_of_deadline_then_base),
        PLAIN(event_set_by_an_event_comes_in_the_same_advance),
        PLAIN(listener_hears_only_of_earlier_deadlines),
        PLAIN(time_never_goes_back),
        PLAIN(every_device_stands_in_the_table),
        PLAIN(table_is_ascending_without_overlap),
        PLAIN(gtzc_bits_are_the_register_texts),
        PLAIN(every_block_not_modelled_is_reported_once_by_name),
        PLAIN(block_not_modelled_is_a_bus_error_when_strict),
        PLAIN(power_on_loses_sram_and_restarts_time),
        PLAIN(system_reset_erases_the_srams_that_option_bytes_say),
        PLAIN(reset_lets_every_interrupt_line_fall),
        PLAIN(long_event_is_cut_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Firmware in the style of a vendor's HAL runs to its end on the simulated chip: whatever its
 * drivers poll comes true before their time-outs, and what they compute is right.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/sim.h>

#define IMAGE       "tests/system/firmware/hal_style.bin"
#define IMAGE_ADDR  0x0C000000u
#define IMAGE_BYTES 0x8000u

/* One second at 250 MHz is about what the firmware spends, most of it asleep. */
#define RUN_INSNS 600000000u
#define STEP      20000u
#define TEXT      8192u

/* Option words: OPEN, user flash, TrustZone; bank 1 Secure, bank 2 not, sectors 12 to 15 write-protected. */
static const struct {
    const char *name;
    uint32_t value;
} options[] = {
    {"OPTSR", 0x2D30EDD8},   {"OPTSR2", 0xB400007C},  {"SECBOOTR", 0x0C0000C3},
    {"SECWM1R", 0x007F0000}, {"SECWM2R", 0x0000007F}, {"WRP1R", 0xFFFFFFF7},
};

static const char *const lines[] = {
    "voltage scaling",
    "flash latency",
    "oscillators",
    "backup domain oscillators",
    "PLL1 250 MHz",
    "instruction cache",
    "data cache",
    "tick",
    "USART1 init",
    "USART1 transmit",
    "USART1 receive",
    "flash unlock",
    "flash erase",
    "flash program",
    "flash interrupt",
    "flash busy bank",
    "flash errors",
    "option bytes",
    "option-byte keys",
    "flash lock",
    "RNG",
    "HASH SHA-256",
    "SAES software key",
    "SAES DHUK",
    "AES",
    "AES GCM",
    "PKA exponentiation",
    "PKA ECDSA",
    "MPCBB",
    "TZSC",
    "TZIC",
    "RTC init",
    "RTC wakeup",
    "TAMP backup registers",
    "TIM6 update",
    "TIM2 compare",
    "GPDMA1",
    "EXTI",
    "CRC",
    "RAMCFG",
    "WWDG",
    "IWDG",
};

struct board {
    struct sim *sim;
    char uart[TEXT];
    size_t uart_len;
    char events[TEXT];
    size_t events_len;
    unsigned count[SIM_EVENT_NOTE + 1];
};

static void append(char text[TEXT], size_t *len, const char *data, size_t count)
{
    if (count < TEXT - *len) {
        memcpy(text + *len, data, count);
        *len += count;
        text[*len] = '\0';
    }
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    struct board *board = context;
    const char sent = (char)byte;
    if (uart == 1) {
        append(board->uart, &board->uart_len, &sent, 1);
    }
}

static void on_event(void *context, const struct sim_event *event)
{
    struct board *board = context;
    char line[640];
    const int len =
        snprintf(line, sizeof line, "%s: %s\n", sim_event_name(event->kind), event->text);
    board->count[event->kind]++;
    if (event->kind != SIM_EVENT_CONSOLE) {
        append(board->events, &board->events_len, line, (size_t)len);
    }
}

static void load_image(struct sim *sim)
{
    char path[512];
    static uint8_t image[IMAGE_BYTES];
    struct sim_error error;
    const char *folder = getenv("GARRISON_TARGET_DIR");
    (void)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : ".", IMAGE);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot read %s", path);
        return;
    }
    const size_t len = fread(image, 1, sizeof image, file);
    (void)fclose(file);
    assert_true(len > 0);
    assert_int_equal(sim_poke(sim, IMAGE_ADDR, image, len, &error), SIM_OK);
}

static void board_open(struct board *board)
{
    struct sim_error error;
    const struct sim_config config = {
        .seed = 1,
        .strict_blocks = true,
        .on_event = on_event,
        .on_uart = on_uart,
        .context = board,
    };
    memset(board, 0, sizeof *board);
    assert_int_equal(sim_open(&config, &board->sim, &error), SIM_OK);
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        assert_int_equal(sim_option_write(board->sim, options[i].name, options[i].value, &error),
                         SIM_OK);
    }
    load_image(board->sim);
    sim_power_on(board->sim);
}

/** Runs to the last line, and answers the firmware's invitation once. */
static void board_run(struct board *board)
{
    bool answered = false;
    while (sim_time(board->sim) < RUN_INSNS && strstr(board->uart, "all ok\n") == NULL) {
        if (sim_run(board->sim, STEP) != SIM_STOP_INSNS) {
            return;
        }
        if (!answered && strstr(board->uart, "hal: send\n") != NULL) {
            answered = true;
            for (const char *answer = "0123456789ABCDEF"; *answer != '\0'; answer++) {
                sim_uart_send(board->sim, 1, (uint8_t)*answer);
            }
        }
    }
}

static void expect(const struct board *board, bool condition, const char *what)
{
    if (!condition) {
        fail_msg("%s:\n%s\njournal:\n%s", what, board->uart, board->events);
    }
}

static void every_step_of_the_firmware_is_well(void **state)
{
    const struct board *board = *state;
    char line[80];
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        (void)snprintf(line, sizeof line, "hal: %s ok\n", lines[i]);
        expect(board, strstr(board->uart, line) != NULL, line);
    }
    expect(board, strstr(board->uart, "FAILED") == NULL, "a step failed");
    expect(board, strstr(board->uart, "hal: all ok\n") != NULL, "no end");
}

static void only_what_the_firmware_provokes_is_refused(void **state)
{
    const struct board *board = *state;
    expect(board, board->count[SIM_EVENT_BLOCK] == 0, "a block is not modelled");
    expect(board, board->count[SIM_EVENT_FAULT] == 0, "a fault");
    expect(board, board->count[SIM_EVENT_RESET] == 1, "a reset after power-on");
    expect(board, board->count[SIM_EVENT_REFUSED] == 2, "other refusals than TIM2 and SRAM3");
    expect(board, strstr(board->events, "TIM2") != NULL, "TIM2 was not refused");
    expect(board, strstr(board->events, "SRAM3") != NULL, "SRAM3 was not refused");
    /* WRPERR for the erase and for each of four words, PGSERR, STRBERR, INCERR. */
    expect(board, board->count[SIM_EVENT_FLASH] == 8, "other flash errors than those provoked");
}

static int board_setup(void **state)
{
    static struct board board;
    board_open(&board);
    board_run(&board);
    *state = &board;
    return 0;
}

static int board_close(void **state)
{
    struct board *board = *state;
    sim_close(board->sim);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_the_firmware_is_well),
        cmocka_unit_test(only_what_the_firmware_provokes_is_refused),
    };
    return cmocka_run_group_tests(tests, board_setup, board_close);
}

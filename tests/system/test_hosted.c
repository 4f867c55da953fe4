/*
 * The hosted way against the chip: the same binary meets the same gate, the same isolation and the
 * same registers as over the manager's own image.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/hosted.h>
#include <psa/client.h>
#include <psa/error.h>

#include "gate_cases.h"
#include "services/crypto_protocol.h"
#include "support/device_maker.h"

#define BOOT_INSNS  400000000u
#define TEXT_BYTES  65536u
#define IMAGE_BYTES 0x100000u

/** The hosted chip, and what it and the manager have said. */
static struct {
    struct sim *sim;
    char uart[TEXT_BYTES];
    size_t uart_len;
    char events[TEXT_BYTES];
    char log[TEXT_BYTES];
    uint8_t image[IMAGE_BYTES];
} hosted;

static void add_line(char *text, const char *kind, const char *line)
{
    const size_t used = strlen(text);
    (void)snprintf(text + used, TEXT_BYTES - used, "%s%s\n", kind, line);
}

static void on_log(void *context, const char *line)
{
    (void)context;
    add_line(hosted.log, "", line);
}

static void on_event(void *context, const struct sim_event *event)
{
    (void)context;
    char kind[32];
    (void)snprintf(kind, sizeof kind, "%s: ", sim_event_name(event->kind));
    add_line(hosted.events, kind, event->text);
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    (void)context;
    if (uart == 1 && hosted.uart_len + 1 < TEXT_BYTES) {
        hosted.uart[hosted.uart_len++] = (char)byte;
        hosted.uart[hosted.uart_len] = '\0';
    }
}

/** Starts the application in hosted.image. */
static void start_image(size_t len)
{
    hosted.uart_len = 0;
    hosted.uart[0] = hosted.events[0] = hosted.log[0] = '\0';
    const struct garrison_hosted_config config = {
        .host = {.on_log = on_log},
        .chip = {.on_event = on_event, .on_uart = on_uart},
        .application = hosted.image,
        .len = len,
    };
    if (garrison_hosted_start(&config, &hosted.sim) != 0) {
        fail_msg("%s", garrison_host_reason());
    }
}

/** Starts the application of that name, a path below GARRISON_TARGET_DIR without ".bin". */
static void start(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.bin", getenv("GARRISON_TARGET_DIR"), name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t len = fread(hosted.image, 1, sizeof hosted.image, file);
    (void)fclose(file);
    start_image(len);
}

static bool run_until(const char *text, uint64_t insns)
{
    const uint64_t end = sim_time(hosted.sim) + insns;
    while (strstr(hosted.uart, text) == NULL && sim_time(hosted.sim) < end) {
        const enum sim_stop stop = sim_run(hosted.sim, 100000);
        if (stop != SIM_STOP_INSNS && stop != SIM_STOP_ASKED) {
            break;
        }
    }
    return strstr(hosted.uart, text) != NULL;
}

static void expect(const char *text)
{
    if (!run_until(text, BOOT_INSNS)) {
        fail_msg("no '%s':\n%s\nlog:\n%s\njournal:\n%s", text, hosted.uart, hosted.log,
                 hosted.events);
    }
}

static void every_call_ends_in_its_status_with_clean_registers(void **state)
{
    (void)state;
    start("tests/system/firmware/hostile_client");
    expect("client: ready\n");
    sim_uart_send(hosted.sim, 1, 'q');
    expect("client: done\n");
    expect_gate_cases(hosted.uart, hosted.events);
    assert_null(strstr(hosted.events, "fault: "));
    assert_null(garrison_hosted_stopped());
}

/** As on the chip its caller goes where no code is; the client has no handler for what comes of it. */
static void a_forged_return_address_is_its_callers_fault(void **state)
{
    static const char letters[] = {'e', 's', 'f', 'h'};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        start("tests/system/firmware/hostile_client");
        expect("client: ready\n");
        sim_uart_send(hosted.sim, 1, (uint8_t)letters[i]);
        (void)run_until("came back", 3000000);
        const char *fault = strstr(hosted.events, "fault: HardFault taken to Secure state: ");
        if (fault == NULL || strstr(fault, "PC 0x40000000") == NULL ||
            strstr(hosted.log, "manager: HardFault") == NULL ||
            strstr(hosted.uart, "came back") != NULL || garrison_hosted_stopped() == NULL) {
            fail_msg("forgery '%c':\n%s\nlog:\n%s\njournal:\n%s", letters[i], hosted.uart,
                     hosted.log, hosted.events);
        }
    }
}

/* A reset. */

/** An application that does nothing but reset the chip. */
static void start_resetting(void)
{
    static const uint32_t words[] = {
        0x20040000, 0x0803E409,             /* stack and reset vector */
        0x49024801,                         /* ldr r0, [pc, #4]; ldr r1, [pc, #8] */
        0xE7FE6001, 0xE000ED0C, 0x05FA0004, /* str r1, [r0]; b to itself; AIRCR, SYSRESETREQ */
    };
    memcpy(hosted.image, words, sizeof words);
    start_image(sizeof words);
}

/** Asks the crypto service as the application would, which is the process's client id too. */
static psa_status_t ask_crypto(struct crypto_request request, uint32_t *answer)
{
    const psa_invec in = {&request, sizeof request};
    psa_outvec out = {answer, sizeof *answer};
    return psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, &out, answer != NULL ? 1 : 0);
}

static uint32_t make_key(void)
{
    const struct crypto_request request = {
        .function = CRYPTO_GENERATE_KEY,
        .attributes = {.type = 0x2400, .bits = 128, .usage = 0x100, .alg = 0x04C01000}}; /* AES */
    uint32_t key = 0;
    assert_int_equal(ask_crypto(request, &key), PSA_SUCCESS);
    return key;
}

static psa_status_t use_key(uint32_t key)
{
    return ask_crypto((struct crypto_request){.function = CRYPTO_PURGE_KEY, .key = key}, NULL);
}

static psa_status_t use_operation(uint32_t operation)
{
    return ask_crypto(
        (struct crypto_request){.function = CRYPTO_HASH_UPDATE, .operation = operation}, NULL);
}

static void a_reset_loses_volatile_keys_and_operations(void **state)
{
    const struct crypto_request setup = {.function = CRYPTO_HASH_SETUP, .alg = 0x02000009};
    uint32_t operation = 0;
    (void)state;
    start_resetting();
    const uint32_t key = make_key();
    assert_int_equal(ask_crypto(setup, &operation), PSA_SUCCESS);
    assert_int_equal(use_key(key), PSA_SUCCESS);
    assert_int_equal(use_operation(operation), PSA_SUCCESS);
    assert_int_equal(sim_run(hosted.sim, 100000), SIM_STOP_RESET);
    assert_int_equal(garrison_hosted_restart(), 0);
    assert_int_equal(use_key(key), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(use_operation(operation), PSA_ERROR_BAD_STATE);
    assert_int_equal(make_key(), key); /* its place is free, as after power-on */
}

/* The chip as the application finds it. */

struct range {
    const char *what;
    uint32_t addr;
    uint32_t end;
};

/** Registers that a manager sets up. What an application changes at random is not among them. */
static const struct range registers[] = {
    {"TZSC", 0x50032400, 0x50032430},
    {"MPCBB1", 0x50032C00, 0x50032F00},
    {"MPCBB2", 0x50033000, 0x50033300},
    {"MPCBB3", 0x50033400, 0x50033700},
    {"ICACHE", 0x50030400, 0x50030404},
    {"SBS locks", 0x54000548, 0x5400054C},
    {"SBS HDPL", 0x54000414, 0x54000418},
    {"RCC", 0x54020C00, 0x54020D20},
    {"PWR", 0x54020800, 0x54020840},
    {"TAMP security", 0x54007C20, 0x54007C24},
    {"GPIO", 0x52020000, 0x52022400},
    {"USART1", 0x40013800, 0x40013810},
    {"flash locks", 0x50022020, 0x50022034},
    {"SECWM1", 0x500220E0, 0x500220E4},
    {"SECWM2", 0x500221E0, 0x500221E4},
    {"NVIC enabled", 0xE000E100, 0xE000E114},
    {"NVIC targets", 0xE000E380, 0xE000E394},
    {"NVIC priorities", 0xE000E400, 0xE000E484},
    {"AIRCR", 0xE000ED0C, 0xE000ED10},
    {"SHPR, SHCSR", 0xE000ED18, 0xE000ED28},
    {"CPACR, NSACR", 0xE000ED88, 0xE000ED90},
    {"FPCCR", 0xE000EF34, 0xE000EF38},
    {"CCR", 0xE000ED14, 0xE000ED18},
    {"Non-secure SCB", 0xE002ED08, 0xE002ED3C},
    {"Non-secure CPACR", 0xE002ED88, 0xE002ED8C},
    {"Non-secure MPU", 0xE002ED94, 0xE002EDA4},
    {"Non-secure SysTick", 0xE002E010, 0xE002E018},
    {"Non-secure FPCCR", 0xE002EF34, 0xE002EF38},
};

static const enum sim_reg cpu_registers[] = {
    SIM_REG_SP,         SIM_REG_LR,        SIM_REG_PC,          SIM_REG_XPSR,
    SIM_REG_MSP_NS,     SIM_REG_PSP_NS,    SIM_REG_CONTROL_NS,  SIM_REG_PRIMASK_NS,
    SIM_REG_BASEPRI_NS, SIM_REG_MSPLIM_NS, SIM_REG_PSPLIM_NS,   SIM_REG_FAULTMASK_NS,
    SIM_REG_PRIMASK_S,  SIM_REG_BASEPRI_S, SIM_REG_FAULTMASK_S, SIM_REG_SECURE,
};

static uint32_t read_register(struct sim *sim, uint32_t addr)
{
    struct sim_access access = {
        .kind = SIM_READ, .addr = addr, .size = 4, .attr = {.secure = true, .privileged = true}};
    return sim_access(sim, &access) == SIM_ANSWER_OK ? access.value : 0xDEADDEADu;
}

static void compare_registers(struct sim *chip)
{
    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        for (uint32_t addr = registers[i].addr; addr < registers[i].end; addr += 4) {
            const uint32_t is = read_register(hosted.sim, addr);
            const uint32_t expected = read_register(chip, addr);
            if (is != expected) {
                print_error("%s, 0x%08X: 0x%08X, on the chip 0x%08X\n", registers[i].what, addr, is,
                            expected);
                fail();
            }
        }
    }
    for (size_t i = 0; i < COUNT_OF(cpu_registers); i++) {
        assert_int_equal(sim_reg_read(hosted.sim, cpu_registers[i]),
                         sim_reg_read(chip, cpu_registers[i]));
    }
}

/** All memory, at the blocks that the filters and the SAU can tell apart. */
static const struct range memories[] = {
    {"flash", 0x08000000, 0x08200000},
    {"flash, Secure alias", 0x0C000000, 0x0C200000},
    {"system flash", 0x0BF80000, 0x0BFB0000},
    {"system flash, Secure alias", 0x0FF80000, 0x0FFB0000},
    {"SRAM", 0x20000000, 0x200A0000},
    {"SRAM, Secure alias", 0x30000000, 0x300A0000},
};

/** What code may do at an address: a bit for each way of reaching it. */
static unsigned reach(struct sim *sim, uint32_t addr)
{
    unsigned bits = 0;
    for (unsigned privileged = 0; privileged < 2; privileged++) {
        for (unsigned kind = SIM_READ; kind <= SIM_FETCH; kind++) {
            const struct sim_attr attr = {.secure = false, .privileged = privileged != 0};
            const bool may = sim_lend(sim, attr, (enum sim_access_kind)kind, addr, 1) != NULL;
            bits |= may ? 1u << (kind + 3u * privileged) : 0u;
        }
    }
    return bits;
}

static void compare_reach(struct sim *chip)
{
    unsigned reached = 0;
    unsigned refused = 0;
    for (size_t i = 0; i < COUNT_OF(memories); i++) {
        for (uint32_t addr = memories[i].addr; addr < memories[i].end; addr += 32) {
            const unsigned is = reach(hosted.sim, addr);
            const unsigned expected = reach(chip, addr);
            if (is != expected) {
                print_error("%s, 0x%08X: 0x%02X, on the chip 0x%02X\n", memories[i].what, addr, is,
                            expected);
                fail();
            }
            reached += is != 0 ? 1u : 0u;
            refused += is == 0 ? 1u : 0u;
        }
    }
    assert_true(reached > 10000 && refused > 10000);
}

/** Whether Non-secure code reaches each kilobyte of the peripherals. */
static void compare_peripherals(struct sim *chip)
{
    for (uint32_t addr = 0x40000000; addr < 0x48000000; addr += 0x400) {
        struct sim_access access = {.kind = SIM_READ, .addr = addr, .size = 4};
        struct sim_access same = access;
        access.attr.privileged = same.attr.privileged = true;
        const enum sim_answer is = sim_access(hosted.sim, &access);
        const enum sim_answer expected = sim_access(chip, &same);
        if (is != expected) {
            print_error("0x%08X: %d, on the chip %d\n", addr, (int)is, (int)expected);
            fail();
        }
    }
}

static void an_application_finds_the_chip_as_the_manager_leaves_it(void **state)
{
    static struct device device;
    const struct device_images images = {.application = "examples/hello_psa/hello_psa"};
    (void)state;
    device_open(&device, &images);
    device_boot(&device);
    if (!device_run_until(&device, "hello_psa: ok\n", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", device.uart, device.events);
    }
    assert_int_equal(device_run(&device, 1000000), SIM_STOP_IDLE);
    start("examples/hello_psa/hello_psa");
    expect("hello_psa: ok\n");
    assert_int_equal(sim_run(hosted.sim, 1000000), SIM_STOP_IDLE);
    compare_registers(device.sim);
    compare_reach(device.sim);
    compare_peripherals(device.sim);
    garrison_host_stop();
    device_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_application_finds_the_chip_as_the_manager_leaves_it),
        cmocka_unit_test(every_call_ends_in_its_status_with_clean_registers),
        cmocka_unit_test(a_forged_return_address_is_its_callers_fault),
        cmocka_unit_test(a_reset_loses_volatile_keys_and_operations),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    garrison_host_stop();
    return failed;
}

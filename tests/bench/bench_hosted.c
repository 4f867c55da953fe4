/*
 * The hosted way: how soon an application says its first byte, how many calls a second it makes, and
 * how many of the crypto service's answers it gets.
 */
#include <garrison/hosted.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STARTS     10u
#define START_STEP 20000u
#define CALL_STEP  100000u
#define CALL_MS    500.0
#define ROUNDS     10u
#define SPEED_STEP 1000000u

#define IMAGE_BYTES 0x100000u
#define COUNTER     5 /* the register that counts calls */

/**
 * Calls of the crypto service without vectors, for ever. Its vectors; ldr r4, gate; movs r5, #0;
 * loop: ldr r0, handle; movs r1, #0; movs r2, #0; blx r4; adds r5, #1; b loop.
 */
static const uint32_t caller[] = {
    0x20040000, 0x0803E409, 0x25004C03, 0x21004803, 0x47A02200, 0xE7F93501, 0x0C014819, 0x40000101,
};

static uint8_t image[IMAGE_BYTES];
static bool said;

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    (void)context;
    (void)uart;
    (void)byte;
    said = true;
}

static double now_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

typedef void uart_fn(void *context, unsigned uart, uint8_t byte);

static struct sim *start(const void *application, size_t len, uart_fn *listener)
{
    struct sim *sim = NULL;
    const struct garrison_hosted_config config = {
        .chip = {.on_uart = listener},
        .application = application,
        .len = len,
    };
    said = false;
    if (garrison_hosted_start(&config, &sim) != 0) {
        fprintf(stderr, "bench_hosted: %s\n", garrison_host_reason());
        exit(1);
    }
    return sim;
}

static void check(enum sim_stop stop)
{
    if (stop != SIM_STOP_INSNS && stop != SIM_STOP_ASKED) {
        fprintf(stderr, "bench_hosted: stopped for reason %d\n", (int)stop);
        exit(1);
    }
}

static void start_once(size_t len)
{
    struct sim *sim = start(image, len, on_uart);
    while (!said) {
        check(sim_run(sim, START_STEP));
    }
    garrison_host_stop();
}

static size_t read_image(const char *name)
{
    char path[512];
    const char *folder = getenv("GARRISON_TARGET_DIR");
    (void)snprintf(path, sizeof path, "%s/%s.bin", folder != NULL ? folder : ".", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "bench_hosted: %s cannot be read\n", path);
        exit(1);
    }
    const size_t len = fread(image, 1, sizeof image, file);
    (void)fclose(file);
    return len;
}

/* The lines of the program that measures crypto, and what the host's clock says to them. */
static char line[64];
static size_t line_len;
static double line_began;
static double line_ended;
static bool over;

/** What was measured, in the order in which it was said. */
static struct load {
    char name[32];
    double times;
    double took;
} loads[16];
static size_t load_count;

static void end_line(void)
{
    struct load *load = &loads[load_count];
    unsigned cycles;
    unsigned times;
    if (load_count < sizeof loads / sizeof loads[0] &&
        sscanf(line, "speed: %31s %u, %u times", load->name, &cycles, &times) == 3) {
        load->times += times;
        load->took += line_began - line_ended;
        load_count++;
    }
    over = strcmp(line, "speed: end") == 0;
    line_len = 0;
    line_ended = now_ms();
}

/** A line begins when the work that it is about is done. */
static void on_speed(void *context, unsigned uart, uint8_t byte)
{
    (void)context;
    (void)uart;
    line_began = line_len == 0 ? now_ms() : line_began;
    line[line_len] = byte == '\n' ? '\0' : (char)byte;
    if (byte == '\n') {
        end_line();
    } else if (line_len < sizeof line - 1) {
        line_len++;
    }
}

static void measure_crypto(void)
{
    const size_t len = read_image("tests/system/firmware/crypto_speed");
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct sim *sim = start(image, len, on_speed);
        over = false;
        load_count = 0;
        while (!over) {
            const enum sim_stop stop = sim_run(sim, SPEED_STEP);
            if (!over) { /* behind its end it may do what it wants */
                check(stop);
            }
        }
        garrison_host_stop();
    }
    for (size_t i = 0; i < load_count; i++) {
        printf("crypto.%s.hosted = %.0f per_s\n", loads[i].name,
               loads[i].times / loads[i].took * 1e3);
    }
}

int main(void)
{
    (void)unsetenv("GARRISON_DEVICE");
    const size_t len = read_image("examples/hello_psa/hello_psa");
    double begin = now_ms();
    for (unsigned i = 0; i < STARTS; i++) {
        start_once(len);
    }
    printf("hosted.start_ms = %.2f ms\n", (now_ms() - begin) / STARTS);

    struct sim *sim = start(caller, sizeof caller, on_uart);
    check(sim_run(sim, CALL_STEP));
    const uint32_t before = sim_reg_read(sim, (enum sim_reg)COUNTER);
    begin = now_ms();
    double end = begin;
    while (end - begin < CALL_MS) {
        check(sim_run(sim, CALL_STEP));
        end = now_ms();
    }
    const uint32_t calls = sim_reg_read(sim, (enum sim_reg)COUNTER) - before;
    printf("hosted.calls_per_second = %.0f\n", calls / (end - begin) * 1e3);
    garrison_host_stop();
    measure_crypto();
    return 0;
}

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
#define SPEED_STEP 100000u

/* Of the crypto service: the middle one of so many rounds counts, behind one that warms up. */
#define ROUNDS     21u
#define ROUND_MANY 10 /* times as many answers in each as on the chip */

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

static double ms_of(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double now_ms(void)
{
    return ms_of(CLOCK_MONOTONIC);
}

/** What this process has had of the host's processor: it does nothing else here, others may. */
static double worked_ms(void)
{
    return ms_of(CLOCK_PROCESS_CPUTIME_ID);
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

/* The lines of the program that measures crypto, and how long this process has worked by then. */
static char line[64];
static size_t line_len;
static double line_began;
static double line_ended;
static bool over;

/** What was measured, in the order in which it was said. */
static struct load {
    char name[32];
    double per_second[ROUNDS];
} loads[16];
static size_t load_count;
static unsigned round_number;

static void end_line(void)
{
    struct load *load = &loads[load_count];
    unsigned cycles;
    unsigned times;
    if (load_count < sizeof loads / sizeof loads[0] &&
        sscanf(line, "speed: %31s %u, %u times", load->name, &cycles, &times) == 3) {
        load->per_second[round_number] = times / (line_began - line_ended) * 1e3;
        load_count++;
    }
    over = strcmp(line, "speed: end") == 0;
    line_len = 0;
    line_ended = worked_ms();
}

/** A line begins when the work that it is about is done. */
static void on_speed(void *context, unsigned uart, uint8_t byte)
{
    (void)context;
    (void)uart;
    line_began = line_len == 0 ? worked_ms() : line_began;
    line[line_len] = byte == '\n' ? '\0' : (char)byte;
    if (byte == '\n') {
        end_line();
    } else if (line_len < sizeof line - 1) {
        line_len++;
    }
}

static void run_round(struct sim *sim)
{
    over = false;
    load_count = 0;
    while (!over) {
        check(sim_run(sim, SPEED_STEP));
    }
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

static void measure_crypto(void)
{
    const size_t len = read_image("tests/system/firmware/crypto_speed");
    struct sim *sim = start(image, len, on_speed);
    run_round(sim);
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        sim_uart_send(sim, 1, ROUND_MANY);
        run_round(sim);
    }
    garrison_host_stop();
    for (size_t i = 0; i < load_count; i++) {
        double *rounds = loads[i].per_second;
        qsort(rounds, ROUNDS, sizeof rounds[0], compare);
        printf("crypto.%s.hosted = %.0f per_s\n", loads[i].name, rounds[ROUNDS / 2u]);
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

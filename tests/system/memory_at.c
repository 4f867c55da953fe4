/*
 * Boots a device until its UART has said a text, and shows memory as Secure privileged code sees it.
 *
 * usage: memory_at DEVICE TEXT ADDRESS BYTES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/sim.h>

#define INSNS_MAX 4000000000u
#define SLICE     100000u

static char said[65536];
static size_t said_len;

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    (void)context;
    if (uart == 1 && said_len < sizeof said - 1) {
        said[said_len++] = (char)byte;
    }
}

static bool run_until(struct sim *sim, const char *text)
{
    sim_power_on(sim);
    for (uint64_t insns = 0; insns < INSNS_MAX; insns += SLICE) {
        const enum sim_stop stop = sim_run(sim, SLICE);
        if (strstr(said, text) != NULL) {
            return true;
        }
        if (stop != SIM_STOP_INSNS && stop != SIM_STOP_RESET) {
            return false;
        }
    }
    return false;
}

static int show(struct sim *sim, uint32_t addr, uint32_t len)
{
    for (uint32_t off = 0; off < len; off += 4) {
        struct sim_access access = {
            .kind = SIM_READ,
            .addr = addr + off,
            .size = 4,
            .attr = {.secure = true, .privileged = true},
        };
        (void)sim_access(sim, &access);
        for (unsigned i = 0; i < 4; i++) {
            printf("%02x", (unsigned)(access.value >> 8 * i & 0xFFu));
        }
    }
    printf("\n");
    return 0;
}

int main(int argc, char **argv)
{
    struct sim *sim = NULL;
    struct sim_error error;
    if (argc != 5) {
        fprintf(stderr, "usage: memory_at DEVICE TEXT ADDRESS BYTES\n");
        return 2;
    }
    const struct sim_config config = {.device_path = argv[1], .on_uart = on_uart};
    if (sim_open(&config, &sim, &error) != SIM_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    int status = 1;
    if (run_until(sim, argv[2])) {
        status =
            show(sim, (uint32_t)strtoul(argv[3], NULL, 0), (uint32_t)strtoul(argv[4], NULL, 0));
    } else {
        fprintf(stderr, "no '%s' in:\n%s\n", argv[2], said);
    }
    sim_close(sim);
    return status;
}

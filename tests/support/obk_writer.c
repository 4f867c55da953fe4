/*
 * Provisions a device file as a programming tool does: obk_writer DEVICE FILE.obk STATE
 *
 * The device is put into PROVISIONING by the host's hand, gets its option-byte keys from the boot ROM,
 * and is left in the product state of that code (0x72).
 */
#include <stdio.h>
#include <stdlib.h>

#include <garrison/sim.h>

static struct sim_error error;

static void must(enum sim_status status)
{
    if (status != SIM_OK) {
        (void)fprintf(stderr, "obk_writer: %s\n", error.text);
        exit(1);
    }
}

static void be_in(struct sim *sim, uint32_t code)
{
    uint32_t optsr = 0;
    must(sim_option_read(sim, "OPTSR", &optsr, &error));
    must(sim_option_write(sim, "OPTSR", (optsr & ~0xFF00u) | code << 8, &error));
    sim_power_on(sim);
}

int main(int argc, char **argv)
{
    static uint8_t obk[8192];
    uint32_t result = 0;
    struct sim *sim = NULL;
    if (argc != 4) {
        return 2;
    }
    FILE *file = fopen(argv[2], "rb");
    if (file == NULL) {
        return 2;
    }
    const size_t len = fread(obk, 1, sizeof obk, file);
    (void)fclose(file);
    const struct sim_config config = {.device_path = argv[1], .no_cpu = true};
    must(sim_open(&config, &sim, &error));
    be_in(sim, 0x17);
    must(sim_probe_provision(sim, obk, len, &result, &error));
    be_in(sim, (uint32_t)strtoul(argv[3], NULL, 16));
    sim_close(sim);
    return 0;
}

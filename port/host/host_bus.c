#include <reg_access.h>

#include "host.h"

/** Virtual time that an access takes, in ticks: about what a polling loop's turn takes. */
#define ACCESS_TICKS 8u

static const struct sim_attr secure_privileged = {.secure = true, .privileged = true};

static uint32_t bus(enum sim_access_kind kind, uint32_t addr, uint8_t size, uint32_t value)
{
    struct sim_access access = {
        .kind = kind,
        .addr = addr,
        .size = size,
        .attr = secure_privileged,
        .value = value,
    };
    /* A refused read is zero and a refused write lost, as on the chip; the journal says so. */
    (void)sim_access(host_chip, &access);
    return access.value;
}

uint32_t reg_read(uint32_t addr)
{
    sim_advance(host_chip, ACCESS_TICKS);
    return bus(SIM_READ, addr, 4, 0);
}

void reg_write(uint32_t addr, uint32_t value)
{
    sim_advance(host_chip, ACCESS_TICKS);
    (void)bus(SIM_WRITE, addr, 4, value);
}

void reg_pause(uint32_t cycles)
{
    sim_advance(host_chip, cycles);
}

void mapped_read(uint32_t addr, uint8_t *data, uint32_t len)
{
    uint32_t done = 0;
    while (done < len) {
        const uint32_t at = addr + done;
        const uint8_t size = at % 4u == 0 && len - done >= 4u ? 4 : 1;
        const uint32_t word = bus(SIM_READ, at, size, 0);
        for (uint8_t i = 0; i < size; i++) {
            data[done + i] = (uint8_t)(word >> (8u * i));
        }
        done += size;
    }
}

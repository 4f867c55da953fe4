/* QEMU's mps2-an505. The transcript leaves through semihosting. */
#include "machine.h"

#define SPCTL_NSCCFG 0x50080014u /* bit 1: the IDAU lets 0x3....... be callable */
#define MPC_SRAM0    0x50083000u
#define MPC_BLK_CFG  (MPC_SRAM0 + 0x14u) /* block size: 32 bytes << n */
#define MPC_BLK_IDX  (MPC_SRAM0 + 0x18u)
#define MPC_BLK_LUT  (MPC_SRAM0 + 0x1Cu) /* one bit per block, set: Non-secure */
#define RETAINED     0x38000000u         /* SSRAM2 */
#define BLOB         0x38100000u

#define SYS_WRITE0       0x04u
#define SYS_EXIT         0x18u
#define APPLICATION_EXIT 0x20026u

static void store(uint32_t addr, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)addr = value;
}

static void semihosting(uint32_t operation, uint32_t parameter)
{
    register uint32_t r0 __asm("r0") = operation;
    register uint32_t r1 __asm("r1") = parameter;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void machine_attribute(void)
{
    const uint32_t block = 32u << (*(volatile uint32_t *)MPC_BLK_CFG & 0xFu);
    const uint32_t first = MACHINE_NS_OFF / block;
    const uint32_t count = MACHINE_SRAM_BYTES / block;
    for (uint32_t word = 0; word * 32u < count; word++) {
        uint32_t lut = 0;
        for (uint32_t i = word * 32u; i < word * 32u + 32u && i < count; i++) {
            lut |= i >= first ? 1u << (i % 32u) : 0;
        }
        store(MPC_BLK_IDX, word);
        store(MPC_BLK_LUT, lut);
    }
    store(SPCTL_NSCCFG, 2);
}

void machine_first_start(void)
{
}

static void write(const char *text)
{
    semihosting(SYS_WRITE0, (uint32_t)(uintptr_t)text);
}

static __attribute__((noreturn)) void finish(void)
{
    semihosting(SYS_EXIT, APPLICATION_EXIT);
    for (;;) {
    }
}

const struct machine machine_this = {
    .retained = (struct machine_retained *)RETAINED,
    .blob = (const uint32_t *)BLOB,
    .exact = false, /* QEMU: see defects.py */
    .write = write,
    .finish = finish,
};

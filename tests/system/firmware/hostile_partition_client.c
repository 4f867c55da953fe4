/*
 * The client of the hostile partitions: passes on attacks that arrive over USART1, each the first
 * letter of the partition, the attack's, and eight hexadecimal digits, and tells what came back. With
 * the partition's letter in upper case its floating-point registers are live, and those of the
 * interrupts that it takes meanwhile.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <garrison/gate.h>
#include <psa/client.h>

#include "hostile.h"
#include "layout.h"
#include "services/attest_protocol.h"
#include "services/crypto_protocol.h"
#include "services/its_protocol.h"
#include "services/ps_protocol.h"
#include "services/update_protocol.h"

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART1_RDR     (*(volatile uint32_t *)0x40013824u)
#define USART_ISR_RXNE (1u << 5)

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define CPACR    (*(volatile uint32_t *)0xE000ED88u)

#define CPACR_FP    0xF00000u
#define TICK_CYCLES 1777u /* enough for one in most calls, and few at the same place */

/* Half of the time and more; no part of the 10 ms that the manager looks at, or it would always find
 * the interrupt. */
#define BURN_CYCLES 41117u

#define GATE_ADDR (LAYOUT_FLASH_S + LAYOUT_GATE_OFF)

/* What the client has in r4 to r11 when it calls, and what it finds there afterwards: for assembler. */
__attribute__((used)) static volatile uint32_t marks[8];
__attribute__((used)) static volatile uint32_t found[8];

static uint32_t result[HOSTILE_WORDS];

static uint32_t received(void)
{
    while ((USART1_ISR & USART_ISR_RXNE) == 0) {
    }
    return USART1_RDR & 0xFFu;
}

static uint32_t received_word(void)
{
    uint32_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        const uint32_t digit = received();
        word = word << 4 | (digit <= '9' ? digit - '0' : digit - 'A' + 10u);
    }
    return word;
}

/** The gate's psa_call with the marks in the registers that a callee leaves as they are. */
__attribute__((naked)) static psa_status_t call_marked(psa_handle_t handle, uint32_t control,
                                                       const psa_invec *in, psa_outvec *out)
{
    (void)handle;
    (void)control;
    (void)in;
    (void)out;
    __asm__ volatile("push {r4-r12, lr}\n"
                     "ldr r12, =marks\n"
                     "ldm r12, {r4-r11}\n"
                     "ldr r12, =%c0\n"
                     "blx r12\n"
                     "ldr r12, =found\n"
                     "stm r12, {r4-r11}\n"
                     "pop {r4-r12, pc}\n"
                     ".ltorg\n" ::"i"(GATE_ADDR + GATE_ENTRY_BYTES * GATE_CALL + 1u));
}

#define FLOATS 32u

__attribute__((used)) static volatile uint32_t floats_before[FLOATS];
__attribute__((used)) static volatile uint32_t floats_after[FLOATS];
static volatile uint32_t ticks;
static volatile uint32_t burn; /* cycles, about, that each interrupt takes for itself */

void SysTick_Handler(void);

/** Uses the registers that an interrupt handler may. */
void SysTick_Handler(void)
{
    ticks++;
    for (uint32_t left = burn / 5u; left != 0; left--) {
        __asm__ volatile("nop\n nop");
    }
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vmov s0, %0\n"
                     "vmov s15, %0\n"
                     "vadd.f32 s7, s0, s15\n"
                     "vmov.f32 s1, s7\n" ::"r"(0x40490FDBu));
}

/** call_marked() between two looks at the floating-point registers, with interrupts. */
static psa_status_t call_floating(psa_handle_t handle, uint32_t control, const psa_invec *in,
                                  psa_outvec *out)
{
    SYST_RVR = burn != 0 ? BURN_CYCLES : TICK_CYCLES;
    SYST_CVR = 0;
    SYST_CSR = 7;
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vldm %0, {s0-s31}\n" ::"r"(floats_before)
                     : "memory");
    const psa_status_t status = call_marked(handle, control, in, out);
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vstm %0, {s0-s31}\n" ::"r"(floats_after)
                     : "memory");
    SYST_CSR = 0;
    return status;
}

static void tell_floats(void)
{
    for (unsigned i = 0; i < FLOATS; i++) {
        if (floats_after[i] != floats_before[i]) {
            printf("client: s%u changed\n", i);
        }
    }
    printf("client: %s\n", ticks > 0 ? "interrupts" : "no interrupt");
    ticks = 0;
}

static void attack(bool floating, psa_handle_t partition, uint32_t letter, uint32_t addr)
{
    burn = letter == 'T' ? BURN_CYCLES / 4u * 3u : 0;
    const struct hostile_request request = {letter, addr};
    const uint32_t mark = HOSTILE_MARK;
    const psa_invec in[] = {{&request, sizeof request}, {&mark, sizeof mark}};
    psa_outvec out[] = {{result, sizeof result}};

    const uint32_t control = GATE_CONTROL(PSA_IPC_CALL, 2, 1);
    const psa_status_t status = floating ? call_floating(partition, control, in, out)
                                         : call_marked(partition, control, in, out);
    if (floating) {
        tell_floats();
    }
    printf("client: status %ld\n", (long)status);
    printf("client: got");
    for (unsigned i = 0; i < HOSTILE_WORDS; i++) {
        printf(" %08lX", (unsigned long)result[i]);
    }
    printf("\n");
    for (unsigned i = 0; i < 8; i++) {
        if (found[i] != marks[i]) {
            printf("client: r%u changed\n", i + 4);
        }
    }
    printf("client: done\n");
}

/** The last connection. */
static psa_handle_t connected;

/** Connects to a service of that version; or closes the connection. */
static void connection(uint32_t name, uint32_t version, uint32_t sid)
{
    if (name == 'k') {
        connected = psa_connect(sid, version);
    } else {
        psa_close(connected);
    }
    printf("client: handle %ld\n", (long)connected);
    printf("client: done\n");
}

/** Where a partition comes out that leaves by itself. */
static void back_door(void)
{
    printf("client: partition came out\n");
    attack(false, CRYPTO_HANDLE, 'p', 0);
    for (;;) {
    }
}

static psa_handle_t partition_named(uint32_t letter)
{
    switch (letter) {
    case 'a':
        return ATTEST_HANDLE;
    case 'c':
        return CRYPTO_HANDLE;
    case 'i':
        return ITS_HANDLE;
    case 'p':
        return PS_HANDLE;
    case 'h':
        return connected;
    default:
        return UPDATE_HANDLE;
    }
}

int main(void)
{
    for (unsigned i = 0; i < 8; i++) {
        marks[i] = 0xC11E0004u + i;
    }
    CPACR |= CPACR_FP;
    for (unsigned i = 0; i < FLOATS; i++) {
        floats_before[i] = 0x3F800000u + i;
    }
    printf("client: back door %08lX\n", (unsigned long)(uintptr_t)back_door);
    printf("client: buffer %08lX\n", (unsigned long)(uintptr_t)result);
    printf("client: ready\n");
    for (;;) {
        const uint32_t name = received();
        const uint32_t letter = received();
        if (name == 'k' || name == 'z') {
            connection(name, letter - '0', received_word());
            continue;
        }
        attack(name < 'a', partition_named(name | 0x20u), letter, received_word());
    }
}

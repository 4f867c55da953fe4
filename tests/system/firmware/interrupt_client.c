/*
 * A client of the module with an interrupt whose registers, floating-point ones too, all have marks when an
 * interrupt of the module's may come. It takes commands from its mailbox, where its answers are found.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <garrison/gate.h>
#include <psa/crypto.h>

#include "interrupt_module.h"

#define SYST_CSR  (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR  (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR  (*(volatile uint32_t *)0xE000E018u)
#define CPACR     (*(volatile uint32_t *)0xE000ED88u)
#define GATE_ADDR 0x0C014800u

static struct {
    uint32_t letter; /**< 0: done. */
    uint32_t aim;
    uint32_t extra;
    uint32_t ticking; /**< Cycles between two interrupts of its own; 0: none. */
    int32_t status;
    uint32_t found;
    uint32_t wrong; /**< Registers and hashes that were not what they are to be. */
    uint32_t idle;  /**< Rounds that it waits. */
    uint32_t ticks;
    uint32_t doors[3]; /**< Functions for whoever leaves for the Non-secure side. */
} volatile *const mailbox = (void *)0x20060000u;

#define FLOATS 33u /* and FPSCR */

__attribute__((used)) static uint32_t floats[2][FLOATS]; /* before, after */
__attribute__((used)) static const uint32_t marks[8] = {
    0x04040404, 0x15151515, 0x26262626, 0x37373737, 0x48484848, 0x59595959, 0x6A6A6A6A, 0x7B7B7B7B};
__attribute__((used)) static uint32_t marks_after[8];

/* Left for out of a handler: it hangs, faults, makes a supervisor call of its own. */

__attribute__((naked)) static void door_hang(void)
{
    __asm__ volatile(".fpu fpv5-sp-d16\n 1: add r4, #1\n vmov s3, r4\n push {r4, r5}\n b 1b\n");
}

__attribute__((naked)) static void door_fault(void)
{
    __asm__ volatile("sub sp, #64\n udf #0\n");
}

__attribute__((naked)) static void door_call(void)
{
    __asm__ volatile("sub sp, #64\n svc #0\n b .\n");
}

void SysTick_Handler(void);

/** Uses the registers that an interrupt handler may. */
void SysTick_Handler(void)
{
    mailbox->ticks++;
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vmov s0, %0\n"
                     "vmov s15, %0\n"
                     "vadd.f32 s7, s0, s15\n"
                     "vmov.f32 s1, s7\n" ::"r"(0x40490FDBu));
}

/** The gate's psa_call with marks in the registers that a callee leaves as they are. */
__attribute__((naked)) static psa_status_t call_gate(psa_handle_t handle, uint32_t control,
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
                     "ldr r12, =marks_after\n"
                     "stm r12, {r4-r11}\n"
                     "pop {r4-r12, pc}\n"
                     ".ltorg\n" ::"i"(GATE_ADDR + GATE_ENTRY_BYTES * GATE_CALL + 1u));
}

static psa_status_t call_module(uint32_t letter, uint32_t aim, uint32_t *found)
{
    const uint32_t words[2] = {aim, mailbox->extra};
    const psa_invec in = {words, sizeof words};
    psa_outvec out = {found, sizeof *found};
    const psa_status_t status = call_gate(INTERRUPT_HANDLE, GATE_CONTROL(letter, 1, 1), &in, &out);
    mailbox->wrong += memcmp(marks, marks_after, sizeof marks) != 0 ? 1u : 0u;
    return status;
}

static void hash(void)
{
    static const uint8_t expected[] = {0xBA, 0x78, 0x16, 0xBF};
    uint8_t digest[32] = {0};
    size_t len;
    const psa_status_t status =
        psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, digest, sizeof digest, &len);
    mailbox->wrong +=
        status != PSA_SUCCESS || memcmp(digest, expected, sizeof expected) != 0 ? 1u : 0u;
}

/** Counts down with marks in all other registers. @return how many are others afterwards */
__attribute__((naked, used)) static uint32_t spin(uint32_t rounds)
{
    (void)rounds;
    __asm__ volatile("push {r4-r11, lr}\n"
                     "ldr r12, =marks\n"
                     "ldm r12, {r4-r11}\n"
                     "mov r1, #11\n mov r2, #22\n mov r3, #33\n mov r12, #44\n mov lr, #55\n"
                     "1: subs r0, #1\n"
                     "bne 1b\n"
                     "cmp r1, #11\n it ne\n addne r0, #1\n"
                     "cmp r2, #22\n it ne\n addne r0, #1\n"
                     "cmp r3, #33\n it ne\n addne r0, #1\n"
                     "cmp r12, #44\n it ne\n addne r0, #1\n"
                     "cmp lr, #55\n it ne\n addne r0, #1\n"
                     "ldr r12, =marks_after\n"
                     "stm r12, {r4-r11}\n"
                     "pop {r4-r11, pc}\n"
                     ".ltorg\n");
}

static psa_status_t do_letter(uint32_t letter, uint32_t aim, uint32_t *found)
{
    switch (letter) {
    case 'H':
        for (uint32_t i = 0; i < aim; i++) {
            hash();
        }
        return PSA_SUCCESS;
    case 'Z':
        *found = spin(aim);
        mailbox->wrong += *found + (memcmp(marks, marks_after, sizeof marks) != 0 ? 1u : 0u);
        return PSA_SUCCESS;
    case 'N': /* calls of both, and what the module has counted them to */
        for (uint32_t i = 0; i < aim; i += 2) {
            const uint32_t before = *found;
            const psa_status_t status = call_module('e', 0, found);
            mailbox->wrong +=
                status != PSA_SUCCESS || (i > 0 && *found != before + 0x10001u) ? 1u : 0u;
            hash();
        }
        return PSA_SUCCESS;
    default:
        return call_module(letter, aim, found);
    }
}

static void with_floats(uint32_t letter)
{
    uint32_t found = 0;
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vldm %0, {s0-s31}\n"
                     "ldr r1, [%0, #128]\n"
                     "vmsr fpscr, r1\n" ::"r"(floats[0])
                     : "r1", "memory");
    mailbox->status = do_letter(letter, mailbox->aim, &found);
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vstm %0, {s0-s31}\n"
                     "vmrs r1, fpscr\n"
                     "str r1, [%0, #128]\n" ::"r"(floats[1])
                     : "r1", "memory");
    mailbox->wrong += memcmp(floats[0], floats[1], sizeof floats[0]) != 0 ? 1u : 0u;
    mailbox->found = found;
}

/** Without any use of floating point, so that nothing of it has to be stacked. */
static void without_floats(uint32_t letter)
{
    uint32_t found = 0;
    mailbox->status = do_letter(letter, mailbox->aim, &found);
    mailbox->found = found;
}

int main(void)
{
    CPACR = 0xF00000u;
    for (uint32_t i = 0; i < FLOATS - 1u; i++) {
        floats[0][i] = 0x3F800000u + 0x10101u * i;
    }
    floats[0][FLOATS - 1u] = 0x03C0001Fu;
    memset((void *)(uintptr_t)mailbox, 0, sizeof *mailbox);
    mailbox->doors[0] = (uint32_t)(uintptr_t)door_hang;
    mailbox->doors[1] = (uint32_t)(uintptr_t)door_fault;
    mailbox->doors[2] = (uint32_t)(uintptr_t)door_call;
    printf("client: ready\n");
    for (;;) {
        while (mailbox->letter == 0) {
            mailbox->idle++;
        }
        const uint32_t letter = mailbox->letter;
        if (mailbox->ticking != 0) {
            SYST_RVR = mailbox->ticking;
            SYST_CVR = 0;
            SYST_CSR = 7;
            with_floats(letter);
            SYST_CSR = 0;
        } else {
            without_floats(letter);
        }
        mailbox->letter = 0;
    }
}

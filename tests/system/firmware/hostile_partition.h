/*
 * A hostile partition: it does one attack for each call and tells what it got. The address comes
 * from its client, so that any address can be tried.
 *
 * Code, not declarations: included once in the place of each partition, by a file that has the name
 * by which the manager's linker script knows it. That file defines
 *     HOSTILE_SERVICE       the partition's function
 *     HOSTILE_OWN(part)     the linker's symbol for a part of its memory: text, ram, ram_end
 *     HOSTILE_OTHER(part)   the same of another partition
 */
#pragma once

#include <garrison/area.h>
#include <garrison/gate.h>
#include <psa/service.h>

#include "area_call.h"
#include "gate.h"
#include "hostile.h"
#include "linker.h"
#include "svc_numbers.h"

#define THUMB_BX_LR 0x47704770u

/** What the processor holds when the partition is entered: r1 to r12. */
struct entry_registers {
    uint32_t r[12];
};

struct attempt {
    psa_handle_t message;
    uint32_t rhandle;
    uint32_t addr;
    const struct entry_registers *entry;
    uint32_t *result; /**< HOSTILE_WORDS words for the client. */
};

static uint32_t own_code[2] = {THUMB_BX_LR, THUMB_BX_LR};
static uint64_t own_stack[32];

/* Where the test finds what it aims at; tests/system/test_partition.c names them in this order. */
static void tell_places(const struct attempt *attempt)
{
    const uint32_t places[] = {
        (uint32_t)linker_spm_text,
        (uint32_t)linker_spm_ram_end,
        (uint32_t)linker_gate_stack_limit,
        (uint32_t)linker_gate_ram_end,
        (uint32_t)HOSTILE_OWN(text),
        (uint32_t)HOSTILE_OWN(ram),
        (uint32_t)HOSTILE_OWN(ram_end),
        (uint32_t)HOSTILE_OTHER(text),
        (uint32_t)HOSTILE_OTHER(ram),
        (uint32_t)HOSTILE_OTHER(ram_end),
        (uint32_t)own_code,
        (uint32_t)(own_stack + 16),
        (uint32_t)gate_start_application,
        (uint32_t)linker_library_text,
    };
    for (uint32_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        attempt->result[i] = places[i];
    }
}

static void tell_entry(const struct attempt *attempt)
{
    for (uint32_t i = 0; i < 12; i++) {
        attempt->result[i] = attempt->entry->r[i];
    }
}

static void try_read(const struct attempt *attempt)
{
    attempt->result[0] = *(volatile uint32_t *)attempt->addr;
}

static void try_write(const struct attempt *attempt)
{
    *(volatile uint32_t *)attempt->addr = HOSTILE_MARK;
}

static void try_jump(const struct attempt *attempt)
{
    typedef uint32_t target_function(void);
    target_function *const target = (target_function *)(attempt->addr | 1u);
    attempt->result[0] = target();
}

/** Gives itself every right there is; none of it is for unprivileged code. */
static void try_registers(const struct attempt *attempt)
{
    const uint32_t one = 1;
    const uint32_t privileged = 2;
    __asm__ volatile("msr control, %1\n"
                     "isb\n"
                     "cpsid i\n"
                     "cpsid f\n"
                     "msr primask, %0\n"
                     "msr basepri, %0\n"
                     "msr faultmask, %0\n"
                     "msr msp, %0\n"
                     "msr msplim, %0\n"
                     "msr psplim, %0\n"
                     "msr control_ns, %0\n"
                     "msr primask_ns, %0\n"
                     "msr msplim_ns, %0\n" ::"r"(one),
                     "r"(privileged)
                     : "memory");
    __asm__ volatile("mrs %0, control" : "=r"(attempt->result[0]));
    __asm__ volatile("mrs %0, msp" : "=r"(attempt->result[1]));
    __asm__ volatile("mrs %0, psplim" : "=r"(attempt->result[2]));
    __asm__ volatile("mrs %0, msp_ns" : "=r"(attempt->result[3]));
}

static void try_message_into(const struct attempt *attempt)
{
    attempt->result[0] = psa_read(attempt->message, 1, (void *)attempt->addr, sizeof(uint32_t));
}

static void try_message_from(const struct attempt *attempt)
{
    psa_write(attempt->message, 0, (const void *)attempt->addr, sizeof(uint32_t));
}

/* Flash, past the device: the address is an offset into an area, its lowest two bits the area. */
#define AREA_INDEX(addr) ((addr)&3u)
#define AREA_OFF(addr)   ((addr) & ~3u)

static void try_area_read(const struct attempt *attempt)
{
    attempt->result[0] =
        (uint32_t)area_call_read(AREA_INDEX(attempt->addr), AREA_OFF(attempt->addr),
                                 (uint8_t *)&attempt->result[1], sizeof(uint32_t));
}

static void try_area_program(const struct attempt *attempt)
{
    const uint32_t marks[4] = {HOSTILE_MARK, HOSTILE_MARK, HOSTILE_MARK, HOSTILE_MARK};
    attempt->result[0] = (uint32_t)area_call_program(
        AREA_INDEX(attempt->addr), AREA_OFF(attempt->addr), (const uint8_t *)marks, sizeof marks);
}

static void try_area_erase(const struct attempt *attempt)
{
    attempt->result[0] = (uint32_t)area_call_erase(AREA_INDEX(attempt->addr),
                                                   AREA_OFF(attempt->addr), HOSTILE_SECTOR);
}

static void try_area_read_into(const struct attempt *attempt)
{
    attempt->result[0] = (uint32_t)area_call_read(0, 0, (uint8_t *)attempt->addr, 4);
}

static void try_area_program_from(const struct attempt *attempt)
{
    attempt->result[0] = (uint32_t)area_call_program(0, 0, (const uint8_t *)attempt->addr, 16);
}

/** The device as an honest partition has it, and what it answers behind its end. */
static void try_area_device(const struct attempt *attempt)
{
    static struct area area;
    const struct flash_device *device = area_device(attempt->addr);
    uint32_t *result = attempt->result;
    if (area_open(&area, attempt->addr) && device == NULL) {
        device = &area.device;
    }
    if (device == NULL) {
        return;
    }
    uint8_t *const data = (uint8_t *)&result[8];
    result[0] = device->size;
    result[1] = device->sector;
    result[2] = device->unit;
    result[3] = (uint32_t)device->read(device, device->size - 16, data, 16);
    result[4] = (uint32_t)device->read(device, device->size - 16, data, 17);
    result[5] = (uint32_t)device->program(device, device->size, data, 16);
    result[6] = (uint32_t)device->erase(device, (uint32_t)0 - device->sector, device->sector);
    result[7] = (uint32_t)device->program(device, 8, data, 16);
}

static void try_number_of_gate(const struct attempt *attempt)
{
    (void)attempt;
    __asm__ volatile("svc #1" ::: "r0", "r1", "r2", "r3", "r12", "lr", "memory");
}

static void try_number_of_none(const struct attempt *attempt)
{
    (void)attempt;
    __asm__ volatile("svc #255" ::: "r0", "r1", "r2", "r3", "r12", "lr", "memory");
}

#define SVC_FROM(stack, number)                                                                    \
    __asm__ volatile("mov r4, sp\n"                                                                \
                     "mov sp, %0\n"                                                                \
                     "svc %1\n"                                                                    \
                     "mov sp, r4\n" ::"r"(stack),                                                  \
                     "i"(number)                                                                   \
                     : "r0", "r1", "r2", "r3", "r4", "r12", "lr", "memory")

/** A call of the gate's, out of the partition. */
static void try_gate_from(const struct attempt *attempt)
{
    SVC_FROM(attempt->addr, 1);
}

/** A call of its own, from a stack that is not its own: what a corrupted stack pointer comes to. */
static void try_return_from(const struct attempt *attempt)
{
    SVC_FROM(attempt->addr, SVC_PARTITION_RETURN);
}

static void try_overflow(const struct attempt *attempt)
{
    (void)attempt;
    __asm__ volatile("1: push {r0-r7}\n"
                     "b 1b\n");
}

static void try_undefined(const struct attempt *attempt)
{
    (void)attempt;
    __asm__ volatile("udf #0");
}

static void try_breakpoint(const struct attempt *attempt)
{
    (void)attempt;
    __asm__ volatile("bkpt #0");
}

static void tell_rhandle(const struct attempt *attempt)
{
    attempt->result[0] = attempt->rhandle;
}

static void set_rhandle(const struct attempt *attempt)
{
    psa_set_rhandle(attempt->message, (void *)attempt->addr);
}

static void try_panic(const struct attempt *attempt)
{
    (void)attempt;
    psa_panic();
}

/** Overflows by the frame of a supervisor call. */
static void try_call_at_limit(const struct attempt *attempt)
{
    __asm__ volatile("mov sp, %0\n"
                     "svc #17\n" ::"r"(attempt->addr));
}

/** Makes the processor stack floating-point registers that were not in use. */
static void try_floating(const struct attempt *attempt)
{
    (void)attempt;
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vmov s0, %0\n"
                     "svc #17\n" ::"r"(HOSTILE_MARK));
}

static void try_for_ever(const struct attempt *attempt)
{
    volatile uint32_t rounds = attempt->addr;
    do {
        rounds--;
    } while (rounds != 0);
}

/** Leaves for Non-secure state with the call under way. */
static void try_way_out(const struct attempt *attempt)
{
    __asm__ volatile("bxns %0" ::"r"(attempt->addr & ~1u));
}

#include "hostile_nested.h"

static const struct {
    char letter;
    void (*run)(const struct attempt *attempt);
} attacks[] = {
    {'p', tell_places},        {'e', tell_entry},
    {'r', try_read},           {'w', try_write},
    {'x', try_jump},           {'c', try_registers},
    {'i', try_message_into},   {'o', try_message_from},
    {'g', try_number_of_gate}, {'n', try_number_of_none},
    {'G', try_gate_from},      {'R', try_return_from},
    {'s', try_overflow},       {'u', try_undefined},
    {'k', try_breakpoint},     {'!', try_panic},
    {'h', tell_rhandle},       {'H', set_rhandle},
    {'l', try_call_at_limit},  {'f', try_floating},
    {'t', try_for_ever},       {'T', try_for_ever}, /* while its client takes most of the time */
    {'b', try_way_out},        {'d', try_area_read},
    {'D', try_area_program},   {'E', try_area_erase},
    {'B', try_area_read_into}, {'P', try_area_program_from},
    {'v', try_area_device},    {'a', set_aim},
    {'N', try_nested},         {'I', lend_input},
    {'O', lend_output},        {'L', lend_vectors},
    {'K', call_handle},        {'V', ask_version},
    {'C', connect_to},         {'X', close_handle},
    {'J', call_connection},
};

__attribute__((used)) static psa_status_t hostile_serve(const psa_msg_t *message,
                                                        const struct entry_registers *entry)
{
    struct hostile_request request;
    if (message->type == PSA_IPC_CONNECT) {
        psa_set_rhandle(message->handle, (void *)HOSTILE_RHANDLE);
        return PSA_SUCCESS;
    }
    if (message->type == PSA_IPC_DISCONNECT) {
        return PSA_SUCCESS;
    }
    uint32_t result[HOSTILE_WORDS] = {0};
    if (psa_read(message->handle, 0, &request, sizeof request) != sizeof request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const struct attempt attempt = {message->handle, (uint32_t)message->rhandle, request.addr,
                                    entry, result};
    for (uint32_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        if ((uint32_t)attacks[i].letter == request.attack) {
            attacks[i].run(&attempt);
        }
    }
    psa_write(message->handle, 0, result, message->out_size[0] < sizeof result ? 0 : sizeof result);
    return PSA_SUCCESS;
}

/* Before any compiled code touches a register. */
__attribute__((naked)) psa_status_t HOSTILE_SERVICE(const psa_msg_t *message)
{
    (void)message;
    __asm__ volatile("push {r1-r12}\n"
                     "mov r1, sp\n"
                     "push {r3, lr}\n"
                     "bl hostile_serve\n"
                     "pop {r3, lr}\n"
                     "pop {r1-r12}\n"
                     "bx lr\n");
}

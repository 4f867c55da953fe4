/*
 * The gate of the hosted way: Non-secure code on the simulated chip, services in this process.
 *
 * A call waits on the chip, in Secure code of SRAM2 that counts down, so that time passes and
 * interrupts of the client's come in between as they do on the part; then it is done here, at once.
 */
#include "hosted.h"

#include <stdio.h>
#include <stdlib.h>

#include <garrison/gate.h>
#include <psa/client.h>
#include <psa/lifecycle.h>

#include "../stm32h573/gate_answers.h"
#include "../stm32h573/layout.h"
#include "../stm32h573/regs.h"
#include "host.h"

#define GATE_ADDR  (LAYOUT_FLASH_S + LAYOUT_GATE_OFF)
#define MEMORY_END 0x40000000u /* as port/stm32h573/client.c */
#define FLASH_END  0x09000000u /* behind the device id; as isolation_manager.c */

/* In SRAM2: vectors, code, and the two stacks of the Secure state. */
#define VECTORS      LAYOUT_SRAM2_S
#define VECTOR_COUNT 147u
#define CODE         (LAYOUT_SRAM2_S + 0x400u)
#define CODE_WAIT    CODE        /* counts r12 down ... */
#define CODE_DONE    (CODE + 6u) /* ... and then traps */
#define CODE_FAULT   (CODE + 8u) /* every vector: traps */
#define CODE_STOP    (CODE + 10u)
#define THREAD_TOP   (LAYOUT_SRAM2_S + 0x1000u)
#define HANDLER_TOP  (LAYOUT_SRAM2_S + 0x2000u)
#define STACK_SEAL   0xFEF5EDA5u

static const uint16_t code[] = {
    0xF1BC, 0x0C01, /* subs.w r12, r12, #1 */
    0xD1FC,         /* bne back to it */
    0xDE00,         /* udf #0 */
    0xDE01,         /* udf #1 */
    0xB672,         /* cpsid i */
    0xBF30,         /* wfi */
    0xE7FD,         /* b back to it */
};

#define XPSR_T               0x01000000u
#define XPSR_IPSR            0x000001FFu
#define XPSR_STATE           0x0600FC00u /* of an IT block */
#define XPSR_FLAGS           0xF8000000u
#define CONTROL_UNPRIVILEGED 1u
#define CONTROL_PROCESS      2u

/** A vector as the chip has it. */
struct chip_vector {
    uint32_t base;
    uint32_t len;
};

static struct {
    uint32_t slot;     /**< First address of the application's flash. */
    uint32_t function; /**< Of the call that waits: enum gate_function. */
    const char *stopped;
    char reason[256];
} gate;

const char *garrison_hosted_stopped(void)
{
    return gate.stopped;
}

void hosted_gate_set_slot(uint32_t base)
{
    gate.slot = base;
}

static uint32_t get(enum sim_reg reg)
{
    return sim_reg_read(host_chip, reg);
}

static void set(enum sim_reg reg, uint32_t value)
{
    sim_reg_write(host_chip, reg, value);
}

/** Secure code goes on at an address. */
static void go_secure(uint32_t addr)
{
    set(SIM_REG_SECURE, 1);
    set(SIM_REG_PC, addr);
    set(SIM_REG_XPSR, (get(SIM_REG_XPSR) & ~XPSR_STATE) | XPSR_T);
}

/** The manager serves no more. */
static void stop(const char *reason)
{
    (void)snprintf(gate.reason, sizeof gate.reason, "%s", reason);
    gate.stopped = gate.reason;
    set(SIM_REG_PRIMASK_S, 1);
    go_secure(CODE_STOP);
    sim_stop(host_chip);
}

/** Back to the client with nothing in the registers but the result; what gate_leave of gate.S does. */
static void leave(uint32_t result)
{
    const uint32_t lr = get(SIM_REG_LR);
    const uint32_t target = lr < GATE_FORGED ? lr : GATE_NOWHERE;
    set(SIM_REG_LR, target);
    set(SIM_REG_R0, result);
    for (unsigned i = 1; i <= 3; i++) {
        set((enum sim_reg)(SIM_REG_R0 + i), 0);
    }
    set((enum sim_reg)(SIM_REG_R0 + 12), 0);
    set(SIM_REG_XPSR, (get(SIM_REG_XPSR) & ~(XPSR_STATE | XPSR_FLAGS)) | XPSR_T);
    set(SIM_REG_SECURE, 0);
    set(SIM_REG_PC, target & ~1u);
}

/* Memory of the client's. */

/** Whether the manager's MPU would let the part's manager do it, and the client's own side the client. */
static uint8_t *lend(uint32_t base, uint32_t len, bool write)
{
    const uint32_t last = base + (len - 1u);
    const bool ram = base >= LAYOUT_SRAM1_NS && last < LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE;
    const bool flash = !write && base >= gate.slot && last < FLASH_END;
    if (len == 0 || last < base || last >= MEMORY_END || !(ram || flash)) {
        return NULL;
    }
    const struct sim_attr client = {
        .secure = false,
        .privileged = (get(SIM_REG_CONTROL_NS) & CONTROL_UNPRIVILEGED) == 0,
    };
    if (write && sim_lend(host_chip, client, SIM_READ, base, len) == NULL) {
        return NULL;
    }
    return sim_lend(host_chip, client, write ? SIM_WRITE : SIM_READ, base, len);
}

/** Lends the client's array of vectors, and copies it: from then on it is not read again. */
static uint8_t *lend_array(uint32_t base, uint32_t count, bool write, struct chip_vector *copy)
{
    const uint32_t bytes = count * (uint32_t)sizeof *copy;
    uint8_t *array = lend(base, bytes, write);
    for (uint32_t i = 0; array != NULL && i < bytes; i++) {
        ((uint8_t *)copy)[i] = array[i];
    }
    return array;
}

/* Calls. */

struct gate_call {
    uint32_t argument[4];
    uint32_t result;
};

static bool lend_inputs(const struct chip_vector *vectors, uint32_t count, psa_invec *in)
{
    for (uint32_t i = 0; i < count; i++) {
        in[i].len = vectors[i].len;
        in[i].base = vectors[i].len > 0 ? lend(vectors[i].base, vectors[i].len, false) : NULL;
        if (vectors[i].len > 0 && in[i].base == NULL) {
            return false;
        }
    }
    return true;
}

static bool lend_outputs(const struct chip_vector *vectors, uint32_t count, psa_outvec *out)
{
    for (uint32_t i = 0; i < count; i++) {
        out[i].len = vectors[i].len;
        out[i].base = vectors[i].len > 0 ? lend(vectors[i].base, vectors[i].len, true) : NULL;
        if (vectors[i].len > 0 && out[i].base == NULL) {
            return false;
        }
    }
    return true;
}

/** Tells the client how much was written, and the chip where. */
static void end_outputs(const struct chip_vector *vectors, uint32_t count, const psa_outvec *out,
                        uint8_t *array, uint32_t base)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = i * (uint32_t)sizeof *vectors + 4u;
        for (uint32_t k = 0; k < 4u; k++) {
            array[at + k] = (uint8_t)(out[i].len >> (8u * k));
        }
        if (vectors[i].len > 0) {
            sim_lend_end(host_chip, vectors[i].base, vectors[i].len);
        }
    }
    if (count > 0) {
        sim_lend_end(host_chip, base, count * sizeof *vectors);
    }
}

static psa_status_t call_service(const uint32_t argument[4])
{
    struct chip_vector in_vectors[PSA_MAX_IOVEC] = {{0}};
    struct chip_vector out_vectors[PSA_MAX_IOVEC] = {{0}};
    psa_invec in[PSA_MAX_IOVEC] = {{0}};
    psa_outvec out[PSA_MAX_IOVEC] = {{0}};
    const uint32_t control = argument[1];
    const uint32_t in_count = GATE_CONTROL_IN(control);
    const uint32_t out_count = GATE_CONTROL_OUT(control);
    if ((control & ~GATE_CONTROL_KNOWN) != 0 || in_count + out_count > PSA_MAX_IOVEC ||
        (control & 0x8000u) != 0) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    uint8_t *in_array = lend_array(argument[2], in_count, false, in_vectors);
    uint8_t *out_array = lend_array(argument[3], out_count, true, out_vectors);
    if ((in_count > 0 && in_array == NULL) || (out_count > 0 && out_array == NULL) ||
        !lend_inputs(in_vectors, in_count, in) || !lend_outputs(out_vectors, out_count, out)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const psa_status_t status = psa_call((psa_handle_t)argument[0], GATE_CONTROL_TYPE(control), in,
                                         in_count, out, out_count);
    end_outputs(out_vectors, out_count, out, out_array, argument[3]);
    return status;
}

/** host_body_fn */
static void serve(void *context)
{
    struct gate_call *call = context;
    switch (gate.function) {
    case GATE_VERSION:
        call->result = psa_version(call->argument[0]);
        break;
    case GATE_CONNECT:
        call->result = (uint32_t)psa_connect(call->argument[0], call->argument[1]);
        break;
    case GATE_CALL:
        call->result = (uint32_t)call_service(call->argument);
        break;
    case GATE_LIFE_CYCLE:
        call->result = psa_rot_lifecycle_state();
        break;
    default:
        psa_close((psa_handle_t)call->argument[0]);
        call->result = 0;
        break;
    }
}

/** The call that has waited is done. */
static void finish_call(void)
{
    static struct gate_call call;
    struct host_ending ending;
    for (unsigned i = 0; i < 4; i++) {
        call.argument[i] = get((enum sim_reg)(SIM_REG_R0 + i));
    }
    host_run(serve, &call, &ending);
    switch (ending.end) {
    case HOST_END_DONE:
        leave(call.result);
        break;
    case HOST_END_RESET:
        host_gate_forget();
        reg_write(SCB_AIRCR, AIRCR_KEY | AIRCR_PRIS | AIRCR_SYSRESETREQ);
        go_secure(CODE_STOP);
        break;
    case HOST_END_PANIC:
    case HOST_END_LEFT:
        host_gate_forget();
        stop(ending.reason);
        break;
    }
}

/** What a function answers while a call is under way. */
static uint32_t busy_answer(uint32_t function)
{
    switch (function) {
    case GATE_VERSION:
        return PSA_VERSION_NONE;
    case GATE_LIFE_CYCLE:
        return PSA_LIFECYCLE_UNKNOWN;
    default:
        return (uint32_t)PSA_ERROR_CONNECTION_BUSY;
    }
}

/** sim_gate_fn: an entry of the gate; gate.S in its order. */
static bool on_enter(void *context, uint32_t addr)
{
    const uint32_t function = (addr - GATE_ADDR) / GATE_ENTRY_BYTES;
    (void)context;
    if (addr % GATE_ENTRY_BYTES != GATE_ADDR % GATE_ENTRY_BYTES || function >= GATE_FUNCTIONS) {
        return false;
    }
    set(SIM_REG_LR, get(SIM_REG_LR) & ~1u);
    if (function == GATE_FRAMEWORK_VERSION) {
        leave(PSA_FRAMEWORK_VERSION);
        return true;
    }
    if ((get(SIM_REG_XPSR) & XPSR_IPSR) != 0 || get(SIM_REG_PSP_S) != THREAD_TOP) {
        leave(busy_answer(function));
        return true;
    }
    gate.function = function;
    set((enum sim_reg)(SIM_REG_R0 + 12), GARRISON_HOSTED_CALL_TICKS / 2u);
    go_secure(CODE_WAIT);
    return true;
}

/** A fault that comes to the Secure side: the manager's log has a line, and it stops. */
static void stop_for_fault(uint32_t exception)
{
    static const char *const names[] = {"exception", "reset",    "NMI",        "HardFault",
                                        "MemManage", "BusFault", "UsageFault", "SecureFault"};
    const size_t count = sizeof names / sizeof names[0];
    char line[96];
    (void)snprintf(line, sizeof line, "manager: %s of the application",
                   exception < count ? names[exception] : "unexpected interrupt");
    host_log(line);
    stop(line);
}

/** sim_gate_fn: Secure code has nothing more to do. */
static bool on_trap(void *context, uint32_t addr)
{
    const uint32_t exception = get(SIM_REG_XPSR) & XPSR_IPSR;
    (void)context;
    if (addr == CODE_DONE && exception == 0) {
        finish_call();
        return true;
    }
    if (addr == CODE_FAULT && exception != 0) {
        stop_for_fault(exception);
        return true;
    }
    return false;
}

/* Start. */

static void poke(uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    if (sim_poke(host_chip, addr, data, len, &error) != SIM_OK) {
        fprintf(stderr, "garrison: %s\n", error.text);
        abort();
    }
}

void hosted_gate_start(void)
{
    static const uint32_t seals[] = {STACK_SEAL, STACK_SEAL};
    uint32_t vectors[VECTOR_COUNT];
    vectors[0] = HANDLER_TOP;
    for (unsigned i = 1; i < VECTOR_COUNT; i++) {
        vectors[i] = CODE_FAULT | 1u;
    }
    gate.stopped = NULL;
    poke(VECTORS, vectors, sizeof vectors);
    poke(CODE, code, sizeof code);
    poke(THREAD_TOP, seals, sizeof seals);
    poke(HANDLER_TOP, seals, sizeof seals);
    const struct sim_gate host_gate = {
        .base = GATE_ADDR,
        .limit = GATE_ADDR + LAYOUT_GATE_SIZE,
        .enter = on_enter,
        .trap = on_trap,
    };
    sim_gate_set(host_chip, &host_gate);
    sim_take_over(host_chip, VECTORS);

    /* What startup.c of the part does. */
    reg_write(SCB_CPACR, 0);
    reg_write(SCB_SHCSR, SHCSR_FAULTS);
}

/* application.c and gate_start_application of gate.S. */
void hosted_gate_leave_to(uint32_t vectors)
{
    uint32_t words[2] = {0};
    mapped_read(vectors, (uint8_t *)words, sizeof words);
    reg_set(RCC_RSR, RCC_RSR_RMVF);
    reg_write(SCS_NS(SCB_VTOR), vectors);
    for (int reg = SIM_REG_R0; reg <= SIM_REG_PSPLIM_NS; reg++) {
        if (reg != SIM_REG_SP && reg != SIM_REG_PC) {
            set((enum sim_reg)reg, 0);
        }
    }
    set(SIM_REG_MSP_NS, words[0]);
    set(SIM_REG_MSP_S, HANDLER_TOP);
    set(SIM_REG_PSP_S, THREAD_TOP);
    set(SIM_REG_PSPLIM_S, CODE + sizeof code);
    set(SIM_REG_CONTROL_S, CONTROL_UNPRIVILEGED | CONTROL_PROCESS);
    set(SIM_REG_LR, words[1] & ~1u); /* gate_leave goes where it says */
    set(SIM_REG_XPSR, XPSR_T);
    set(SIM_REG_SECURE, 0);
    set(SIM_REG_PC, words[1] & ~1u);
}

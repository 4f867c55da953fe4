/*
 * A chip with a processor, for tests that run a small program and look at the state it leaves.
 *
 * The program (cpu_<name>.S) is linked by cpu_program.ld. A snippet ends with WFI, which nothing
 * wakes: run() expects that. Secure: bank 1, SRAM1. Non-secure: bank 2, SRAM2 and SRAM3.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cpu_image.h"
#include "cpu_v8m.h"

#define CPU_LINES 512u

struct cpu_fixture {
    struct sim_nv *nv;
    struct sim_chip *chip;
    struct sim_cpu *cpu;
    struct v8m *v; /**< The processor's system level. */
    enum sim_stop stop;
    unsigned events;
    enum sim_event_kind kind[CPU_LINES];
    char text[CPU_LINES][512];
    unsigned resets_wanted;
};

/* Stacks and data. */
#define STACK_S   0x30008000u
#define STACK_PS  0x3000A000u
#define STACK_NS  0x20048000u
#define STACK_PNS 0x2004A000u
#define DATA_S    0x30010000u
#define DATA_NS   0x20050000u

/** cmocka set-up: reset, SAU with three regions, MPCBB as the memories above need it. */
int cpu_secure(void **state);
/** The same with TrustZone off. */
int cpu_plain(void **state);
int cpu_done(void **state);

/** Address of a label of the program. */
uint32_t at(const char *label);
/** Starts at a label: Secure or Non-secure by its address, Thread mode, privileged. */
void begin(struct cpu_fixture *f, const char *label);
/** Runs to the WFI at the end; fails after too many instructions. */
void run(struct cpu_fixture *f);
/** begin() and run(). */
void go(struct cpu_fixture *f, const char *label);
uint32_t reg(struct cpu_fixture *f, unsigned n);
void set_reg(struct cpu_fixture *f, unsigned n, uint32_t value);
/** Memory behind all filters. */
uint32_t word(struct cpu_fixture *f, uint32_t addr);
void set_word(struct cpu_fixture *f, uint32_t addr, uint32_t value);
/** A register of the SCS as privileged code of a state would reach it. */
uint32_t scs(struct cpu_fixture *f, uint32_t addr, bool secure);
void set_scs(struct cpu_fixture *f, uint32_t addr, bool secure, uint32_t value);
void mpu_region(struct cpu_fixture *f, bool secure, unsigned n, uint32_t rbar, uint32_t rlar);
void sau_region(struct cpu_fixture *f, unsigned n, uint32_t first, uint32_t last, bool nsc);
/** Whether a line of the journal has that text; the newest is `last_text`. */
bool said(const struct cpu_fixture *f, const char *text);

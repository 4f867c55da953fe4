#include "rt.h"

#include "machine.h"

#define LINE 80u

void rt_main(const struct machine *given);
void run_program(void (*run)(void));
void handle_s(uint32_t ipsr, struct entry *entry);
void handle_ns(uint32_t ipsr, struct entry *entry);

extern const struct program programs_begin[];
extern const struct program programs_end[];

handler_fn *handlers_s[EXCEPTIONS];
NS_DATA handler_fn *handlers_ns[EXCEPTIONS] = {0};

static const struct machine *machine;

/* The transcript. */

static void print_note(const char *tag, uint32_t value)
{
    char line[LINE];
    unsigned at = 0;
    while (*tag != 0 && at < LINE - 12u) {
        line[at++] = *tag++;
    }
    line[at++] = '=';
    for (unsigned i = 0; i < 8; i++) {
        const uint32_t digit = value >> (28u - 4u * i) & 0xFu;
        line[at++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10u);
    }
    line[at++] = '\n';
    line[at] = 0;
    machine->write(line);
}

void print_notes(void)
{
    struct notes *const notes = (struct notes *)NOTES;
    for (uint32_t i = 0; i < notes->count; i++) {
        print_note(notes->note[i].tag, notes->note[i].value);
    }
    notes->count = 0;
}

static __attribute__((noreturn)) void reset(void)
{
    store(AIRCR, AIRCR_KEY | AIRCR_RESETREQ);
    for (;;) {
    }
}

void end_program(void)
{
    store(MPU_CTRL, 0); /* The stub's memory is in nobody's regions. */
    print_notes();
    reset();
}

const uint32_t *program_blob(void)
{
    return machine->blob;
}

bool machine_is_exact(void)
{
    return machine->exact;
}

uint32_t end_program_gate(uint32_t unused, uint32_t unused_too)
{
    (void)unused;
    (void)unused_too;
    end_program();
}

/** Ends the program with what is known about an exception that it did not expect. */
static __attribute__((noreturn)) void give_up(const char *what, uint32_t ipsr, uint32_t exc_return)
{
    note(what, ipsr);
    note("exc_return", exc_return);
    note_faults();
    end_program();
}

static uint32_t give_up_ns(uint32_t ipsr, uint32_t exc_return)
{
    give_up("unexpected Non-secure exception", ipsr, exc_return);
}

/* Exceptions. */

void handle_s(uint32_t ipsr, struct entry *entry)
{
    if (ipsr < EXCEPTIONS && handlers_s[ipsr] != 0) {
        handlers_s[ipsr](entry);
        return;
    }
    if ((entry->lr & 0x40u) != 0 || (load(SFSR) & 0x08u) == 0) {
        note_frame(frame_of(entry));
    }
    give_up("unexpected Secure exception", ipsr, entry->lr);
}

NS_CODE void handle_ns(uint32_t ipsr, struct entry *entry)
{
    if (ipsr < EXCEPTIONS && handlers_ns[ipsr] != 0) {
        handlers_ns[ipsr](entry);
        return;
    }
    (void)gate_call(give_up_ns, ipsr, entry->lr);
}

struct frame *frame_of(const struct entry *entry)
{
    const bool thread = (entry->lr & 8u) != 0;
    if ((entry->lr & 0x40u) != 0) {
        const bool process = thread && (entry->lr & 4u) != 0;
        const uint32_t sp = process ? get_psp() : (uint32_t)(entry + 1);
        /* Without DCRS there are ten words of additional state below. */
        return (struct frame *)((entry->lr & 0x20u) != 0 ? sp : sp + 40u);
    }
    const bool process = thread && (get_control_ns() & 2u) != 0;
    return (struct frame *)(process ? get_psp_ns() : get_msp_ns());
}

NS_CODE struct frame *ns_frame_of(const struct entry *entry)
{
    const bool process = (entry->lr & 12u) == 12u;
    return (struct frame *)(process ? get_psp() : (uint32_t)(entry + 1));
}

unsigned instruction_len(uint32_t pc)
{
    return *(const uint16_t *)pc >= 0xE800u ? 4 : 2;
}

static void note_fault(const struct entry *entry, const struct frame *frame)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note("at", frame->pc);
    note("xpsr", frame->xpsr);
    note_faults();
}

void on_fault_skip(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note_fault(entry, frame);
    frame->pc += instruction_len(frame->pc);
    frame->xpsr &= ~0x0600FC00u; /* No program faults in an IT block and goes on in it. */
}

void on_fault_return(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note_fault(entry, frame);
    frame->pc = frame->lr & ~1u;
    frame->xpsr = (frame->xpsr & ~0x0600FC00u) | 1u << 24;
}

NS_CODE static void ns_note_fault(const struct entry *entry, const struct frame *frame)
{
    note("Non-secure fault", get_ipsr());
    note("exc_return", entry->lr);
    note("at", frame->pc);
    note("xpsr", frame->xpsr);
    const uint32_t cfsr = load(CFSR);
    note("CFSR", cfsr);
    note("HFSR", load(HFSR));
    if ((cfsr & 1u << 7) != 0) {
        note("MMFAR", load(MMFAR));
    }
    if ((cfsr & 1u << 15) != 0) {
        note("BFAR", load(BFAR));
    }
    store(CFSR, cfsr);
    store(HFSR, load(HFSR));
}

NS_CODE void ns_on_fault_skip(struct entry *entry)
{
    struct frame *const frame = ns_frame_of(entry);
    ns_note_fault(entry, frame);
    frame->pc += *(const uint16_t *)frame->pc >= 0xE800u ? 4 : 2;
    frame->xpsr &= ~0x0600FC00u;
}

NS_CODE void ns_on_fault_return(struct entry *entry)
{
    struct frame *const frame = ns_frame_of(entry);
    ns_note_fault(entry, frame);
    frame->pc = frame->lr & ~1u;
    frame->xpsr = (frame->xpsr & ~0x0600FC00u) | 1u << 24;
}

void on_note(struct entry *entry)
{
    note("exception", get_ipsr());
    note("exc_return", entry->lr);
}

NS_CODE void ns_on_note(struct entry *entry)
{
    note("Non-secure exception", get_ipsr());
    note("exc_return", entry->lr);
}

void on_svc(struct entry *entry)
{
    const struct frame *const frame = frame_of(entry);
    const uint32_t number = *(const uint16_t *)(frame->pc - 2u) & 0xFFu;
    if (number == 0xF0u) {
        set_control(get_control() & ~1u);
        return;
    }
    note("SVC", number);
}

NS_CODE void ns_on_svc(struct entry *entry)
{
    const struct frame *const frame = ns_frame_of(entry);
    const uint32_t number = *(const uint16_t *)(frame->pc - 2u) & 0xFFu;
    if (number == 0xF0u) {
        set_control(get_control() & ~1u);
        return;
    }
    note("Non-secure SVC", number);
}

/* Notes. */

void note_faults(void)
{
    const uint32_t cfsr = load(CFSR);
    const uint32_t cfsr_ns = load(CFSR + NS);
    const uint32_t sfsr = load(SFSR);
    note("CFSR_S", cfsr);
    note("CFSR_NS", cfsr_ns);
    note("HFSR", load(HFSR));
    note("SFSR", sfsr);
    if ((cfsr & 1u << 7) != 0) {
        note("MMFAR_S", load(MMFAR));
    }
    if ((cfsr_ns & 1u << 7) != 0) {
        note("MMFAR_NS", load(MMFAR + NS));
    }
    if ((cfsr & 1u << 15) != 0) {
        note("BFAR", load(BFAR));
    }
    if ((sfsr & 1u << 6) != 0) {
        note("SFAR", load(SFAR));
    }
    store(CFSR, cfsr);
    store(CFSR + NS, cfsr_ns);
    store(HFSR, load(HFSR));
    store(SFSR, sfsr);
}

void note_words(const char *tag, const volatile uint32_t *word, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        note(tag, word[i]);
    }
}

void note_frame(const struct frame *frame)
{
    note("frame r0", frame->r0);
    note("frame r1", frame->r1);
    note("frame r2", frame->r2);
    note("frame r3", frame->r3);
    note("frame r12", frame->r12);
    note("frame lr", frame->lr);
    note("frame pc", frame->pc);
    note("frame xpsr", frame->xpsr);
}

void note_entry(const struct entry *entry)
{
    note_words("entry r0-r12", entry->r, 13);
    note("exc_return", entry->lr);
}

/* Registers. */

void store_byte(uint32_t addr, uint32_t value)
{
    *(volatile uint8_t *)addr = (uint8_t)value;
    barrier();
}

void irq_open(unsigned irq, uint32_t priority, bool secure)
{
    const uint32_t bit = 1u << irq % 32u;
    const uint32_t itns = load(NVIC_ITNS(irq)) & ~bit;
    store(NVIC_ITNS(irq), secure ? itns : itns | bit);
    store_byte(NVIC_IPR(irq), priority);
    store(NVIC_ISER(irq), bit);
}

uint32_t irq_pend_secure(uint32_t irq, uint32_t unused)
{
    (void)unused;
    irq_pend(irq);
    return 0;
}

void sau_region(unsigned region, uint32_t first, uint32_t last, uint32_t flags)
{
    store(SAU_RNR, region);
    store(SAU_RLAR, 0);
    store(SAU_RBAR, first & ~0x1Fu);
    store(SAU_RLAR, (last & ~0x1Fu) | flags);
}

void mpu_region(uint32_t view, unsigned region, uint32_t first, uint32_t last, uint32_t rights)
{
    store(MPU_RNR + view, region);
    store(MPU_RBAR + view, (first & ~0x1Fu) | rights);
    store(MPU_RLAR + view, (last & ~0x1Fu) | 1u);
}

void mpu_on(uint32_t view)
{
    store(MPU_MAIR0 + view, 0xFF);
    store(MPU_CTRL + view, 5);
}

void rt_main(const struct machine *given)
{
    machine = given;
    const struct program *const program = &programs_begin[machine->retained->next];
    if (program >= programs_end) {
        machine->finish();
    }
    machine->retained->next++;
    machine->write("== ");
    machine->write(program->name);
    machine->write("\n");
    set_msp_ns(MSP_NS_TOP);
    set_psp_ns(PSP_NS_TOP);
    set_psp(PSP_S_TOP);
    store(VTOR + NS, NS_FIRST);
    sau_region(0, GATES, GATES_LAST, 3);
    sau_region(1, NS_FIRST, NS_LAST, 1);
    store(SAU_CTRL, 1);
    handlers_s[SVCALL] = on_svc;
    handlers_ns[SVCALL] = ns_on_svc;
    store(SHCSR, SHCSR_FAULTS);
    store(SHCSR + NS, SHCSR_FAULTS & ~(1u << 19));
    run_program(program->run);
    end_program();
}

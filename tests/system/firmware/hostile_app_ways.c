/*
 * Attacks on the ways in and out: entries of the gate, forged returns, stacks, interrupts, DMA.
 */
#include "dma.h"
#include "hostile_app.h"

#include <stdbool.h>

#define SCB_VTOR  (*(volatile uint32_t *)0xE000ED08u)
#define NVIC_ISER ((volatile uint32_t *)0xE000E100u)
#define NVIC_ISPR ((volatile uint32_t *)0xE000E200u)

#define SCB_SHPR3         (*(volatile uint32_t *)0xE000ED20u)
#define SCB_SHCSR         (*(volatile uint32_t *)0xE000ED24u)
#define SHCSR_MEMFAULTENA (1u << 16)

#define MPU_CTRL  (*(volatile uint32_t *)0xE000ED94u)
#define MPU_RNR   (*(volatile uint32_t *)0xE000ED98u)
#define MPU_RBAR  (*(volatile uint32_t *)0xE000ED9Cu)
#define MPU_RLAR  (*(volatile uint32_t *)0xE000EDA0u)
#define MPU_MAIR0 (*(volatile uint32_t *)0xE000EDC0u)

/* AP and XN of MPU_RBAR. */
#define MPU_RW_PRIVILEGED 0x1u
#define MPU_RO_PRIVILEGED 0x5u

#define IWDG_KR  (*(volatile uint32_t *)0x40003000u)
#define IWDG_PR  (*(volatile uint32_t *)0x40003004u)
#define IWDG_RLR (*(volatile uint32_t *)0x40003008u)

void in_service(uint32_t number);
void SVC_Handler(void);

/** Branches to `function` as if called from `lr`. */
__attribute__((naked)) static void forge(uint32_t function, uint32_t lr)
{
    (void)function;
    (void)lr;
    __asm__ volatile("mov lr, r1\n"
                     "bx r0\n");
}

/** Comes back only if the place does: then nothing has stopped it. */
static int32_t enter(uint32_t addr)
{
    forge(addr, (uint32_t)__builtin_return_address(0));
    return 1;
}

int32_t gate_behind(void)
{
    return enter(GATE_CALL + 4u);
}

int32_t gate_odd(void)
{
    return enter(GATE_CALL + 2u);
}

int32_t gate_even(void)
{
    return enter(GATE_CALL & ~1u);
}

int32_t gate_body(void)
{
    return enter(0x0C014830u | 1u);
}

/** Wherever the supervisor calls stand: a search through the gate is a search in the dark. */
int32_t gate_svc(void)
{
    return enter(0x0C014848u | 1u);
}

int32_t gate_end(void)
{
    return enter(0x0C014BFCu | 1u);
}

int32_t manager_code(void)
{
    return enter(0x0C014C00u | 1u);
}

int32_t return_open(void)
{
    forge(GATE_FRAMEWORK_VERSION, 0xFFFFFFBDu);
    return 1;
}

int32_t return_secure(void)
{
    forge(GATE_FRAMEWORK_VERSION, 0xFFFFFFFDu);
    return 1;
}

int32_t return_function(void)
{
    forge(GATE_FRAMEWORK_VERSION, 0xFEFFFFFFu);
    return 1;
}

/** The address is Secure, and Non-secure by its lowest bit. */
int32_t return_privileged(void)
{
    forge(GATE_FRAMEWORK_VERSION, 0x0C014C00u);
    return 1;
}

int32_t return_alone(void)
{
    forge(0xFEFFFFFFu, 0);
    return 1;
}

int32_t exception_thread(void)
{
    forge(0xFFFFFFFDu, 0);
    return 1;
}

int32_t exception_secure(void)
{
    __asm__ volatile("svc #2" ::: "memory");
    return 1;
}

static volatile int32_t from_handler;

void in_service(uint32_t number)
{
    (void)number;
    from_handler = hash_of(0x20000000u, 16);
}

/** 1: calls the gate; 2: forges its return. */
__attribute__((naked)) void SVC_Handler(void)
{
    __asm__ volatile("mrs r1, psp\n"
                     "ldr r0, [r1, #24]\n"
                     "ldrb r0, [r0, #-2]\n"
                     "cmp r0, #2\n"
                     "beq 1f\n"
                     "push {r4, lr}\n"
                     "bl in_service\n"
                     "pop {r4, pc}\n"
                     "1: mvn lr, #2\n"
                     "bx lr\n");
}

int32_t call_in_handler(void)
{
    __asm__ volatile("svc #1" ::: "memory");
    return from_handler;
}

static volatile uint32_t interrupts;

static void call_from_tick(void)
{
    interrupts++;
    from_handler = hash_of(0x20000000u, 16);
}

int32_t call_in_call(void)
{
    interrupts = 0;
    from_handler = 0;
    on_tick = call_from_tick;
    start_ticks(3000);
    const int32_t status = hash_of(0x20000000u, 0x4000u);
    stop_ticks();
    return status == 0 && interrupts > 0 ? from_handler : 1;
}

static void (*volatile in_tick)(void);

static void do_once(void)
{
    stop_ticks();
    interrupts++;
    in_tick();
}

/** Has something done in an interrupt of a call. @return the call's status, or 1: there was none */
static int32_t in_call(void (*what)(void))
{
    interrupts = 0;
    from_handler = 0;
    in_tick = what;
    on_tick = do_once;
    start_ticks(3000);
    const int32_t status = hash_of(0x20000000u, 0x4000u);
    stop_ticks();
    return interrupts > 0 ? status : 1;
}

static void enter_each(void)
{
    static const struct {
        uint32_t function;
        int32_t answer;
    } entries[] = {{GATE_FRAMEWORK_VERSION, 0x0101},
                   {GATE_VERSION, 0},
                   {GATE_CONNECT, -131},
                   {GATE_CALL, -131},
                   {GATE_CLOSE, -131},
                   {GATE_LIFE_CYCLE, 0}};
    for (uint32_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (gate(entries[i].function, CRYPTO_SID, 2, 3, 4) != entries[i].answer) {
            from_handler = 1;
        }
    }
}

int32_t entries_in_call(void)
{
    return in_call(enter_each) | from_handler;
}

static void enter_masked(void)
{
    __asm__ volatile("cpsid i\ncpsid f\nmsr basepri, %0" ::"r"(0x20) : "memory");
    enter_each();
    __asm__ volatile("msr basepri, %0\ncpsie f\ncpsie i" ::"r"(0) : "memory");
}

int32_t masked_in_call(void)
{
    return in_call(enter_masked) | from_handler;
}

/** All of memory is for the privileged only, but for a block with rights of its own. */
static void protect(uint32_t base, uint32_t len, uint32_t access)
{
    MPU_MAIR0 = 0x44;
    MPU_RNR = 0;
    MPU_RBAR = base | access;
    MPU_RLAR = (base + len - 32u) | 1u;
    __asm__ volatile("dsb" ::: "memory");
    MPU_CTRL = 5u;
    __asm__ volatile("dsb\nisb" ::: "memory");
}

/** Handlers are privileged, and threads are not. */
static void enter_over_unprivileged(void)
{
    __asm__ volatile("mrs r0, control\norr r0, #1\nmsr control, r0\nisb" ::: "r0", "memory");
    protect(0x20098000u, 32u, MPU_RW_PRIVILEGED); /* and all else, the stack too */
    enter_each();
    MPU_CTRL = 0;
    __asm__ volatile("mrs r0, control\nbic r0, #1\nmsr control, r0\nisb" ::: "r0", "memory");
}

int32_t unprivileged_in_call(void)
{
    return in_call(enter_over_unprivileged) | from_handler;
}

#define IN_CALL(function, what)                                                                    \
    static void function##_now(void)                                                               \
    {                                                                                              \
        what;                                                                                      \
    }                                                                                              \
    int32_t function(void)                                                                         \
    {                                                                                              \
        return in_call(function##_now);                                                            \
    }

IN_CALL(behind_in_call, (void)enter(GATE_CALL + 4u))
IN_CALL(odd_in_call, (void)enter(GATE_CALL + 2u))
IN_CALL(next_in_call, (void)enter(GATE_LIFE_CYCLE + 8u))
IN_CALL(end_in_call, (void)enter(0x0C014BF8u | 1u))
IN_CALL(return_in_call, forge(GATE_FRAMEWORK_VERSION, 0xFFFFFFFDu))

/** What would be stacked there lies there already. */
__attribute__((naked)) static void call_on(uint32_t stack)
{
    (void)stack;
    __asm__ volatile("mov r4, sp\n"
                     "mov r5, lr\n"
                     "mov sp, r0\n"
                     "ldr r1, =0x0C014801\n"
                     "blx r1\n"
                     "mov sp, r4\n"
                     "bx r5\n"
                     ".ltorg\n");
}

static void enter_on_closed_stack(void)
{
    static uint32_t block[64] __attribute__((aligned(256)));
    static const uint32_t frames[] = {64u - 8u, 64u - 26u}; /* without and with floating point */
    for (uint32_t i = 0; i < 2u; i++) {
        block[frames[i] + 5u] = (uint32_t)enter_on_closed_stack;
        block[frames[i] + 6u] = GATE_FRAMEWORK_VERSION & ~1u;
        block[frames[i] + 7u] = 1u << 24;
    }
    protect((uint32_t)block, sizeof block, MPU_RO_PRIVILEGED);
    SCB_SHPR3 = 0xFF000000u; /* a MemManage of its own comes before the tick */
    SCB_SHCSR |= SHCSR_MEMFAULTENA;
    call_on((uint32_t)&block[64]);
}

int32_t stack_in_call(void)
{
    return in_call(enter_on_closed_stack);
}

__attribute__((naked)) static void fault_on(uint32_t stack)
{
    (void)stack;
    __asm__ volatile("msr psp, r0\n"
                     "svc #1\n"
                     "bx lr\n");
}

int32_t stack_secure(void)
{
    fault_on(SECURE_RAM + 0x8000u);
    return 1;
}

__attribute__((naked)) static void overflow(void)
{
    __asm__ volatile("1: push {r0-r7}\n"
                     "b 1b\n");
}

int32_t stack_exhausted(void)
{
    overflow();
    return 1;
}

int32_t vectors_moved(void)
{
    SCB_VTOR = SECURE_RAM;
    __asm__ volatile("dsb\nisb\nsvc #1" ::: "memory");
    return 1;
}

/** gate() has looked at them; an honest call has used what can be used meanwhile. */
int32_t floats_leaked(void)
{
    return hash_of(0x20000000u, 512);
}

static void use_floats(void)
{
    interrupts++;
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "vmov s0, %0\n"
                     "vadd.f32 s7, s0, s0\n"
                     "vmov.f32 s15, s7\n" ::"r"(0x40490FDBu)
                     : "memory");
}

int32_t floats_pushed(void)
{
    interrupts = 0;
    on_tick = use_floats;
    start_ticks(777);
    const int32_t status = hash_of(0x20000000u, 0x2000u);
    stop_ticks();
    return status == 0 && interrupts > 2u ? 0 : 1;
}

/* Of the manager: RTC_S, TAMP, FLASH_S, GTZC, RCC_S; SAES; RNG, AES, HASH, PKA. */
static const struct {
    uint32_t word;
    uint32_t bits;
} secure_interrupts[] = {{0, 0x598u}, {1, 0x10u}, {3, 0x740000u}};

int32_t interrupts_taken(void)
{
    for (uint32_t i = 0; i < 3u; i++) {
        const uint32_t word = secure_interrupts[i].word;
        NVIC_ISER[word] = secure_interrupts[i].bits;
        NVIC_ISPR[word] = secure_interrupts[i].bits;
        if (((NVIC_ISER[word] | NVIC_ISPR[word]) & secure_interrupts[i].bits) != 0) {
            return 1;
        }
    }
    return 0;
}

int32_t masked_call(void)
{
    __asm__ volatile("cpsid i\ncpsid f" ::: "memory");
    const int32_t status = hash_of(0x20000000u, 16);
    __asm__ volatile("cpsie f\ncpsie i" ::: "memory");
    return status;
}

static int32_t dma_all(bool write)
{
    for (uint32_t off = 0; off < 0x10000u; off += 0x400u) {
        for (uint32_t i = 0; i < 4u; i++) {
            dma_words[i] = write ? 0xA77AC4EDu : 0;
        }
        dma_copy(write ? (uint32_t)dma_words : SECURE_RAM + off,
                 write ? SECURE_RAM + off : (uint32_t)dma_words);
        for (uint32_t i = 0; i < 4u && !write; i++) {
            if (((volatile uint32_t *)dma_words)[i] != 0) {
                return 1;
            }
        }
    }
    return 0;
}

int32_t dma_read(void)
{
    return dma_all(false);
}

int32_t dma_write(void)
{
    return dma_all(true);
}

int32_t loop_watched(void)
{
    IWDG_KR = 0xCCCCu;
    IWDG_KR = 0x5555u;
    IWDG_PR = 0;
    IWDG_RLR = 64u;
    IWDG_KR = 0xAAAAu;
    __asm__ volatile("cpsid i\ncpsid f" ::: "memory");
    for (;;) {
        (void)hash_of(0x20000000u, 64);
    }
}

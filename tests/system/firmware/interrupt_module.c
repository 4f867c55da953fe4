/*
 * A module with TIM7's interrupt: what its handler does is a way of the caller's, most of them
 * hostile.
 */
#include <stdbool.h>

#include <psa/crypto.h>

#include "interrupt_module.h"

#define CRYPTO_SID 0x47410001u
#define GATE       0x0C014800u

GARRISON_MODULE(2048, .name = "hostile", .service_count = 1,
                .service = {{INTERRUPT_SID, 1, MODULE_FOR_NON_SECURE}}, .use_count = 1,
                .use = {CRYPTO_SID}, .device_count = 1, .device = {1 /* TIM7 */},
                .interrupt_count = 1, .handler = (uint32_t)garrison_module_handler,
                .time_limit_ms = 1000);

static volatile uint32_t calls = INTERRUPT_SECRET;
static volatile uint32_t zeroed;

#define SIGNAL GARRISON_MODULE_SIGNAL(1)

#define TIM7_CR1  (*(volatile uint32_t *)0x50001400u)
#define TIM7_DIER (*(volatile uint32_t *)0x5000140Cu)
#define TIM7_SR   (*(volatile uint32_t *)0x50001410u)
#define TIM7_EGR  (*(volatile uint32_t *)0x50001414u)
#define TIM7_PSC  (*(volatile uint32_t *)0x50001428u)
#define TIM7_ARR  (*(volatile uint32_t *)0x5000142Cu)

static struct {
    uint8_t way;
    uint32_t extra; /**< An address for it, or cycles. */
    uint32_t runs;
    uint32_t dirt; /**< What it found in registers that are to be zero. */
    psa_handle_t message;
    uint32_t random;
} volatile handler;

/** Has the timer interrupt so many cycles from now: once, or each time anew. */
static void start_timer(uint32_t cycles, bool once)
{
    TIM7_CR1 = 0;
    TIM7_PSC = cycles >> 16;
    TIM7_ARR = cycles / (TIM7_PSC + 1u);
    TIM7_CR1 = 1u << 2 | (once ? 1u << 3 : 0); /* no interrupt by this update */
    TIM7_EGR = 1;
    TIM7_SR = 0;
    TIM7_DIER = 1;
    TIM7_CR1 |= 1;
}

static void spend(uint32_t loops)
{
    for (; loops != 0; loops--) {
        __asm__ volatile("nop");
    }
}

static psa_status_t hash(uint32_t rounds)
{
    uint8_t digest[32];
    size_t len;
    psa_status_t status = PSA_SUCCESS;
    for (uint32_t i = 0; i < rounds && status == PSA_SUCCESS; i++) {
        status = psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, digest, sizeof digest,
                                  &len);
    }
    return status;
}

static uint32_t random_cycles(void)
{
    uint32_t x = handler.random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    handler.random = x;
    return 1500u + x % 9000u;
}

/** Uses more stack than there is. */
__attribute__((noinline)) static uint32_t recurse(uint32_t depth)
{
    volatile uint32_t room[64];
    room[depth % 64u] = depth;
    if (depth > UINT32_MAX / 2u + zeroed) {
        return depth;
    }
    return recurse(depth + 1u) + room[(depth + 1u) % 64u];
}

/** Out by the BXNS of the gate, since a module's own code may have none. */
static void leave_by_gate(uint32_t function)
{
    static const volatile uint16_t leaves = 0x4774; /* bxns lr; not among its own code */
    const volatile uint16_t *at = (const volatile uint16_t *)GATE;
    while (*at != leaves) {
        at++;
    }
    const uint32_t way = (uint32_t)(uintptr_t)at | 1u;
    __asm__ volatile("mov lr, %1\nbx %0" ::"r"(way), "r"(function) : "lr");
}

/** Ways that are none of a handler's. */
static void misbehave(void)
{
    volatile uint32_t *at = (volatile uint32_t *)(uintptr_t)handler.extra;
    uint32_t word;
    switch (handler.way) {
    case 'u':
        __asm__ volatile("udf #0");
        break;
    case 't':
        for (;;) {
        }
    case 's':
        (void)recurse(0);
        break;
    case 'r':
        word = *at;
        break;
    case 'w':
        *at = INTERRUPT_SECRET;
        break;
    case 'f':
        __asm__ volatile(".fpu fpv5-sp-d16\nvmov s20, %0\n" ::"r"(INTERRUPT_SECRET));
        break;
    case 'x':
        leave_by_gate(handler.extra & ~1u);
        break;
    case 'R':
        __asm__ volatile("movs r0, #0\nmsr control, r0\nmsr basepri, r0\ncpsid i\n"
                         "ldr r0, =0xFFFFFFF9\nbx r0\n.ltorg" ::
                             : "r0");
        break;
    case 'S':
        __asm__ volatile("mov r1, #0\nmsr psplim, r1\nmov sp, %0\nsvc #16" ::"r"(handler.extra)
                         : "r1");
        break;
    case 'p':
        psa_panic();
    case 'c':
        (void)hash(1);
        break;
    case 'v':
        (void)psa_version(INTERRUPT_SID);
        break;
    case 'i':
        (void)psa_read(handler.message, 0, &word, sizeof word);
        break;
    case 'b':
        (void)psa_wait(PSA_WAIT_ANY, PSA_BLOCK);
        break;
    case 'P':
        (void)psa_wait(PSA_WAIT_ANY, PSA_POLL);
        break;
    case 'n':
        __asm__ volatile("svc #48"); /* shares a bit with the return */
        break;
    case 'g':
        __asm__ volatile("svc #1" ::: "r0"); /* one of the gate's */
        break;
    case 'e':
        psa_irq_enable(GARRISON_MODULE_SIGNAL(0));
        break;
    case 'z':
        psa_reset_signal(SIGNAL);
        psa_reset_signal(SIGNAL);
        break;
    default:
        break;
    }
}

__attribute__((used)) static psa_flih_result_t handle(psa_signal_t signal, uint32_t dirt)
{
    handler.runs++;
    handler.dirt |= dirt | (signal ^ SIGNAL);
    switch (handler.way) {
    case 'o': /* a storm */
        spend(handler.extra);
        return PSA_FLIH_SIGNAL;
    case 'd':
        handler.dirt |= psa_irq_disable(SIGNAL) ^ 1u;
        return PSA_FLIH_NO_SIGNAL;
    case 'y':
        TIM7_SR = 0;
        TIM7_ARR = random_cycles();
        return PSA_FLIH_SIGNAL;
    default:
        TIM7_SR = 0;
        misbehave();
        return PSA_FLIH_SIGNAL;
    }
}

/** All that a handler is given besides its signal is zero. */
__attribute__((naked)) psa_flih_result_t garrison_module_interrupt(psa_signal_t signal)
{
    (void)signal;
    __asm__ volatile("orr r1, r2\n orr r1, r3\n orr r1, r4\n orr r1, r5\n orr r1, r6\n"
                     "orr r1, r7\n orr r1, r8\n orr r1, r9\n orr r1, r10\n orr r1, r11\n"
                     "orr r1, r12\n b handle\n");
}

/** Arms the timer: the way in bits 24 to 31 of `aim`, cycles below. */
static void arm(const psa_msg_t *message, uint32_t aim, uint32_t extra)
{
    handler.way = (uint8_t)(aim >> 24);
    handler.extra = extra;
    handler.runs = 0;
    handler.dirt = 0;
    handler.message = message->handle;
    handler.random = extra;
    psa_irq_enable(SIGNAL);
    start_timer(aim & 0xFFFFFFu, handler.way != 'y' && handler.way != 'o');
}

/** What a call finds. */
static uint32_t serve(const psa_msg_t *message, uint32_t aim, uint32_t extra)
{
    psa_signal_t signals;
    switch (message->type) {
    case 'e':
        calls++;
        zeroed++;
        return calls + 0x10000u * zeroed;
    case 'I': /* it comes when this has returned */
        arm(message, aim, extra);
        return 1;
    case 'W': /* it comes in this call */
        arm(message, aim, extra);
        while (handler.runs == 0) {
        }
        return handler.runs;
    case 'B': /* the same, by the framework's function */
        arm(message, aim, extra);
        signals = psa_wait(PSA_WAIT_ANY, PSA_BLOCK);
        psa_reset_signal(SIGNAL);
        return signals | psa_wait(PSA_WAIT_ANY, PSA_POLL) << 16;
    case 'C': /* it comes while this waits for another partition */
        arm(message, aim, extra);
        return (uint32_t)hash(8);
    case 'T':
        signals = psa_wait(SIGNAL, PSA_POLL);
        if (signals != 0) {
            psa_reset_signal(SIGNAL);
        }
        return handler.runs | signals << 24 | (handler.dirt != 0 ? 1u << 31 : 0);
    case 'U':
        return psa_irq_disable(SIGNAL);
    case 'z':
        psa_reset_signal(aim);
        return 1;
    case 'a':
        psa_irq_enable(aim);
        return 1;
    case 'b':
        return psa_wait(aim, PSA_BLOCK);
    default:
        return 0;
    }
}

psa_status_t garrison_module_main(const psa_msg_t *message)
{
    uint32_t words[2] = {0, 0};
    (void)psa_read(message->handle, 0, words, sizeof words);
    const uint32_t found = serve(message, words[0], words[1]);
    psa_write(message->handle, 0, &found, sizeof found);
    return PSA_SUCCESS;
}

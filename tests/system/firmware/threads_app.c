#include "threads_app.h"

#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
#include <psa/update.h>

#include "scheduler.h"

#define SLICE_CYCLES 30011u
#define SHARED_UID   20u
#define HASH_BYTES   32u
#define TEXT_BYTES   300u

#define USART1_CR1        (*(volatile uint32_t *)0x40013800u)
#define USART1_ICR        (*(volatile uint32_t *)0x40013820u)
#define USART1_RDR        (*(volatile uint32_t *)0x40013824u)
#define USART_CR1_RXNEIE  (1u << 5)
#define USART_ICR_ORECF   (1u << 3)
#define USART_ISR_RXNE    (1u << 5)
#define USART1_ISR        (*(volatile uint32_t *)0x4001381Cu)
#define USART1_INTERRUPT  58u
#define NVIC_ISER(number) (*(volatile uint32_t *)(0xE000E100u + 4u * ((number) / 32u)))

struct threads_intent threads_intent[THREADS];

static struct {
    uint32_t seed;
    uint8_t text[TEXT_BYTES];
    uint8_t hash[HASH_BYTES];
    uint32_t stored[2]; /**< Last value in ITS, in PS; 0: none. */
    psa_hash_operation_t operation;
    uint32_t hashed; /**< Bytes of the text that the operation has. */
    uint32_t calls;
    uint32_t busy;
    uint32_t wrong;
} own[THREADS];

static uint32_t calls_each;
static volatile uint32_t interrupts;

void ns_interrupt(void);

/** A byte from outside comes at any moment, and takes the processor from whoever has it. */
void ns_interrupt(void)
{
    interrupts++;
    (void)USART1_RDR;
    USART1_ICR = USART_ICR_ORECF;
    *(volatile uint32_t *)0xE000ED04u = 1u << 28;
}

static uint32_t random_of(uint32_t thread)
{
    own[thread].seed = own[thread].seed * 1664525u + 1013904223u;
    return own[thread].seed >> 8;
}

/** Makes the call again for as long as it is busy, where it may be. */
#define CALL(thread, expression)                                                                   \
    do {                                                                                           \
        status = (expression);                                                                     \
    } while (is_busy((thread), status))

static bool is_busy(uint32_t thread, psa_status_t status)
{
    own[thread].calls++;
    if (status != PSA_ERROR_CONNECTION_BUSY || !threads_may_be_busy()) {
        return false;
    }
    own[thread].calls--;
    own[thread].busy++;
    threads_yield();
    return true;
}

static void judge(uint32_t thread, const char *what, psa_status_t status, bool right)
{
    if (status != PSA_SUCCESS || !right) {
        if (own[thread].wrong++ < 5u) {
            printf("threads: thread %lu: %s: status %ld%s\n", (unsigned long)thread, what,
                   (long)status, right ? "" : ", wrong result");
        }
    }
}

static void hash_at_once(uint32_t thread)
{
    psa_status_t status;
    uint8_t hash[HASH_BYTES];
    size_t len = 0;
    CALL(thread,
         psa_hash_compute(PSA_ALG_SHA_256, own[thread].text, TEXT_BYTES, hash, sizeof hash, &len));
    judge(thread, "hash", status, memcmp(hash, own[thread].hash, sizeof hash) == 0);
}

/** One step of a hash in several parts, other calls lying between. */
static void hash_on(uint32_t thread)
{
    psa_status_t status;
    uint8_t hash[HASH_BYTES] = {0};
    size_t len = 0;
    if (own[thread].operation.handle == 0) {
        CALL(thread, psa_hash_setup(&own[thread].operation, PSA_ALG_SHA_256));
        judge(thread, "setup", status, true);
        own[thread].hashed = 0;
    } else if (own[thread].hashed < TEXT_BYTES) {
        CALL(thread, psa_hash_update(&own[thread].operation, own[thread].text + own[thread].hashed,
                                     TEXT_BYTES / 2u));
        judge(thread, "update", status, true);
        own[thread].hashed += TEXT_BYTES / 2u;
    } else {
        CALL(thread, psa_hash_finish(&own[thread].operation, hash, sizeof hash, &len));
        judge(thread, "finish", status, memcmp(hash, own[thread].hash, sizeof hash) == 0);
        own[thread].operation.handle = 0;
    }
}

static void random_bytes(uint32_t thread)
{
    static const uint8_t none[16];
    psa_status_t status;
    uint8_t bytes[16] = {0};
    CALL(thread, psa_generate_random(bytes, sizeof bytes));
    judge(thread, "random", status, memcmp(bytes, none, sizeof bytes) != 0);
}

static void set(uint32_t thread, bool protected)
{
    psa_status_t status;
    const uint32_t value = random_of(thread) | 1u;
    const psa_storage_uid_t uid = 1u + thread;
    CALL(thread, protected ? psa_ps_set(uid, sizeof value, &value, PSA_STORAGE_FLAG_NONE)
                           : psa_its_set(uid, sizeof value, &value, PSA_STORAGE_FLAG_NONE));
    judge(thread, protected ? "ps set" : "its set", status, true);
    own[thread].stored[protected] = value;
}

static void get(uint32_t thread, bool protected)
{
    psa_status_t status;
    uint32_t value = 0;
    size_t len = 0;
    const psa_storage_uid_t uid = 1u + thread;
    if (own[thread].stored[protected] == 0) {
        return;
    }
    CALL(thread, protected ? psa_ps_get(uid, 0, sizeof value, &value, &len)
                           : psa_its_get(uid, 0, sizeof value, &value, &len));
    judge(thread, protected ? "ps get" : "its get", status,
          len == sizeof value && value == own[thread].stored[protected]);
}

static void query(uint32_t thread)
{
    psa_status_t status;
    psa_fwu_component_info_t info;
    memset(&info, 0, sizeof info);
    CALL(thread, psa_fwu_query(PSA_FWU_COMPONENT_APPLICATION, &info));
    judge(thread, "query", status, info.version.major == 1);
}

static void share(uint32_t thread)
{
    psa_status_t status;
    uint32_t value = 0;
    size_t len = 0;
    struct threads_intent *intent = &threads_intent[thread];
    if (random_of(thread) % 3u == 0) {
        value = random_of(thread);
        *intent = (struct threads_intent){.sets = true, .value = value};
        CALL(thread, psa_its_set(SHARED_UID, sizeof value, &value, PSA_STORAGE_FLAG_NONE));
        judge(thread, "shared set", status, true);
        return;
    }
    *intent = (struct threads_intent){.gets = true};
    CALL(thread, psa_its_get(SHARED_UID, 0, sizeof value, &value, &len));
    judge(thread, "shared get", status, threads_may_be_busy() || value == intent->value);
}

static void one_call(uint32_t thread)
{
    switch (random_of(thread) % 16u) {
    case 0:
    case 1:
    case 2:
        hash_at_once(thread);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        hash_on(thread);
        break;
    case 7:
        random_bytes(thread);
        break;
    case 8:
        set(thread, false);
        break;
    case 9:
        get(thread, false);
        break;
    case 10:
        set(thread, true);
        break;
    case 11:
        get(thread, true);
        break;
    case 12:
        query(thread);
        break;
    default:
        share(thread);
        break;
    }
}

static void work(void)
{
    const uint32_t thread = threads_current() - 1u;
    USART1_CR1 |= USART_CR1_RXNEIE;
    NVIC_ISER(USART1_INTERRUPT) = 1u << USART1_INTERRUPT % 32u;
    while (own[thread].calls < calls_each) {
        one_call(thread);
    }
}

static bool prepare(void)
{
    const uint32_t zero = 0;
    bool good = psa_its_set(SHARED_UID, sizeof zero, &zero, PSA_STORAGE_FLAG_NONE) == PSA_SUCCESS;
    for (uint32_t thread = 0; thread < THREADS; thread++) {
        size_t len = 0;
        own[thread].seed = 77u + thread;
        for (uint32_t i = 0; i < TEXT_BYTES; i++) {
            own[thread].text[i] = (uint8_t)random_of(thread);
        }
        good = good && psa_hash_compute(PSA_ALG_SHA_256, own[thread].text, TEXT_BYTES,
                                        own[thread].hash, HASH_BYTES, &len) == PSA_SUCCESS;
    }
    return good;
}

static uint32_t received_number(void)
{
    uint32_t number = 0;
    for (;;) {
        while ((USART1_ISR & USART_ISR_RXNE) == 0) {
        }
        const uint32_t byte = USART1_RDR & 0xFFu;
        if (byte == '\n') {
            return number;
        }
        number = number * 10u + (byte - '0');
    }
}

int main(void)
{
    printf("threads: %s\n", prepare() ? "ready" : "NOT READY");
    calls_each = received_number() / THREADS;
    printf("threads: go\n");
    threads_run(work, work, SLICE_CYCLES);
    USART1_CR1 &= ~USART_CR1_RXNEIE;
    printf("threads: calls %lu\n", (unsigned long)(own[0].calls + own[1].calls));
    printf("threads: busy %lu\n", (unsigned long)(own[0].busy + own[1].busy));
    printf("threads: interrupts %lu\n", (unsigned long)interrupts);
    printf("threads: within calls %lu\n", (unsigned long)threads_switched_in_call());
    printf("threads: wrong %lu\n", (unsigned long)(own[0].wrong + own[1].wrong));
    printf("threads: done\n");
    return 0;
}

/*
 * Attacks with vectors: where they are, what they name, and when they change.
 */
#include "hostile_app.h"

#include <psa/crypto.h>

#define END_OF_SRAM1 0x20040000u

static uint8_t hash[64];
static const struct request hash_request = {{HASH_COMPUTE, PSA_ALG_SHA_256}};
static const struct request random_request = {{RANDOM}};

static int32_t control(uint32_t word)
{
    const psa_invec in[1] = {{&random_request, sizeof random_request}};
    psa_outvec out[1] = {{hash, sizeof hash}};
    return gate(GATE_CALL, CRYPTO_HANDLE, word, (uint32_t)in, (uint32_t)out);
}

int32_t control_unknown(void)
{
    for (uint32_t bit = 0; bit < 32u; bit++) {
        const uint32_t known = 0x0707FFFFu;
        const int32_t status = (known >> bit & 1u) != 0 ? -129 : control(0x01010000u | 1u << bit);
        if (status != -129) {
            return status;
        }
    }
    return -129;
}

int32_t control_negative(void)
{
    return control(0x0101FFFFu);
}

int32_t control_five(void)
{
    return control(0x02030000u);
}

int32_t control_fourteen(void)
{
    return control(0x07070000u);
}

static int32_t vectors(uint32_t in_vec, uint32_t out_vec)
{
    const psa_invec in[2] = {{&hash_request, sizeof hash_request}, {hash, sizeof hash}};
    psa_outvec out[1] = {{hash, sizeof hash}};
    return gate(GATE_CALL, CRYPTO_HANDLE, 1u << 24 | 2u << 16, in_vec != 1u ? in_vec : (uint32_t)in,
                out_vec != 1u ? out_vec : (uint32_t)out);
}

int32_t vectors_null(void)
{
    return vectors(0, 1u);
}

int32_t vectors_out_null(void)
{
    return vectors(1u, 0);
}

int32_t vectors_secure(void)
{
    return vectors(SECURE_RAM, 1u);
}

int32_t vectors_stack(void)
{
    return vectors(1u, GATE_STACK);
}

int32_t vectors_device(void)
{
    return vectors(0x40013800u, 1u);
}

int32_t vectors_end(void)
{
    return vectors(END_OF_SRAM1 - 8u, 1u);
}

int32_t vectors_wrap(void)
{
    return vectors(0xFFFFFFF8u, 1u);
}

int32_t input_secure(void)
{
    return hash_of(SECURE_RAM, 32);
}

int32_t input_alias(void)
{
    return hash_of(SECURE_RAM - 0x10000000u, 32);
}

int32_t input_code(void)
{
    return hash_of(0x0C014400u, 32);
}

int32_t input_keys(void)
{
    return hash_of(0x0FFD0C00u, 16);
}

int32_t input_storage(void)
{
    return hash_of(0x0C1EC000u, 32);
}

int32_t input_gate(void)
{
    return hash_of(0x0C014800u, 8);
}

int32_t input_module_ram(void)
{
    return hash_of(0x3009F000u, 32);
}

int32_t input_module_code(void)
{
    return hash_of(0x0C100400u, 32);
}

int32_t input_scs(void)
{
    return hash_of(0xE000ED00u, 32);
}

int32_t input_wrap(void)
{
    return hash_of(0x20001000u, 0xFFFFF800u);
}

int32_t input_most(void)
{
    return hash_of(0x20000000u, 0xFFFFFFFFu);
}

int32_t input_over(void)
{
    return hash_of(END_OF_SRAM1 - 16u, 0x10020u);
}

static int32_t inputs(const uint8_t *first, const uint8_t *second, uint32_t len)
{
    const psa_invec in[3] = {{&hash_request, sizeof hash_request}, {first, len}, {second, len}};
    psa_outvec out[1] = {{hash, sizeof hash}};
    return call(3, 1, in, out);
}

int32_t input_twice(void)
{
    return inputs(hash, hash, 16);
}

int32_t input_overlap(void)
{
    return inputs(hash, hash + 15, 16);
}

int32_t output_secure(void)
{
    return random_to(SECURE_RAM, 32);
}

int32_t output_alias(void)
{
    return random_to(SECURE_RAM - 0x10000000u, 32);
}

int32_t output_module(void)
{
    return random_to(0x3009F000u, 32);
}

int32_t output_code(void)
{
    return random_to(0x0C014400u, 32);
}

int32_t output_flash(void)
{
    return random_to(0x080F0000u, 32);
}

int32_t output_device(void)
{
    return random_to(0x50022000u, 32);
}

int32_t output_wrap(void)
{
    return random_to(0x20001000u, 0xFFFFF800u);
}

int32_t output_over(void)
{
    return random_to(END_OF_SRAM1 - 16u, 0x10020u);
}

int32_t output_vectors(void)
{
    psa_outvec out[1];
    const psa_invec in[1] = {{&random_request, sizeof random_request}};
    out[0] = (psa_outvec){out, sizeof out};
    return call(1, 1, in, out);
}

/* What an interrupt changes while the call runs. */
static struct {
    volatile uint32_t *word;
    uint32_t value;
    struct request request;
    psa_invec in[2];
    psa_outvec out[1];
    uint8_t data[2048];
    uint8_t guard[32];
} twice;

static void change(void)
{
    *twice.word = twice.value;
}

/** The hash of 2 KB, with a word that changes after so many cycles. @return 0: as if it had not */
static int32_t change_after(uint32_t cycles, volatile uint32_t *word, uint32_t value)
{
    static uint8_t expected[32];
    size_t len;
    (void)psa_hash_compute(PSA_ALG_SHA_256, twice.data, sizeof twice.data, expected,
                           sizeof expected, &len);
    twice.request = hash_request;
    twice.in[0] = (psa_invec){&twice.request, sizeof twice.request};
    twice.in[1] = (psa_invec){twice.data, sizeof twice.data};
    twice.out[0] = (psa_outvec){hash, 32};
    twice.word = word;
    twice.value = value;
    on_tick = change;
    start_ticks(cycles);
    const int32_t status = call(2, 1, twice.in, twice.out);
    stop_ticks();
    for (uint32_t i = 0; i < 32u; i++) {
        if (status == 0 && (hash[i] != expected[i] || twice.guard[i] != 0 || hash[32 + i] != 0)) {
            return 1;
        }
    }
    return status;
}

/**
 * At many moments of the call: before it is entered the change is what was asked for, and may be
 * refused; after that it must come to nothing.
 */
static int32_t change_at_any_time(volatile uint32_t *word, uint32_t value)
{
    for (uint32_t i = 0; i < 64u; i++) {
        hash[32] = 0;
        const int32_t status = change_after(40u + 97u * i, word, value);
        if (status != 0 && status != -129) {
            return status;
        }
    }
    return 0;
}

int32_t twice_input(void)
{
    return change_at_any_time((volatile uint32_t *)&twice.in[1].base, SECURE_RAM);
}

int32_t twice_output(void)
{
    return change_at_any_time((volatile uint32_t *)&twice.out[0].base, SECURE_RAM);
}

int32_t twice_length(void)
{
    return change_at_any_time((volatile uint32_t *)&twice.out[0].len, 0x10000u);
}

int32_t twice_request(void)
{
    for (uint32_t i = 0; i < 64u; i++) {
        const int32_t status = change_after(40u + 97u * i, &twice.request.word[0], 0xFFFFu);
        if (status != 0 && status != -134) {
            return status;
        }
    }
    return 0;
}

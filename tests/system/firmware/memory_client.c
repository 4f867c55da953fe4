/*
 * The manager's memcpy() and its kin, linked into an application that compares them with loops: every
 * length up to some words, and every alignment and overlap.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SIZE     96u
#define LEN_MAX  40u
#define PLACE    24u /* of what is copied: room for shifts on both sides */
#define SHIFT    20
#define SET_BITS 0x5AA5u /* only the low eight count */

static uint8_t memory[SIZE];
static volatile uint8_t expected[SIZE];
static unsigned wrong;

static void fill(void)
{
    for (unsigned i = 0; i < SIZE; i++) {
        memory[i] = (uint8_t)(7u * i + 1u);
        expected[i] = memory[i];
    }
}

static void check(const char *function, const void *result, unsigned to, unsigned from,
                  unsigned len)
{
    unsigned differ = result != &memory[to];
    for (unsigned i = 0; i < SIZE; i++) {
        differ += memory[i] != expected[i];
    }
    if (differ != 0) {
        wrong++;
        printf("memory: wrong: %s to %u from %u, %u bytes\n", function, to, from, len);
    }
}

static void check_move(unsigned to, unsigned from, unsigned len)
{
    volatile uint8_t copy[LEN_MAX];
    fill();
    for (unsigned i = 0; i < len; i++) {
        copy[i] = expected[from + i];
    }
    for (unsigned i = 0; i < len; i++) {
        expected[to + i] = copy[i];
    }
    check("memmove", memmove(&memory[to], &memory[from], len), to, from, len);
    if (to + len <= from || from + len <= to) {
        fill();
        for (unsigned i = 0; i < len; i++) {
            expected[to + i] = copy[i];
        }
        check("memcpy", memcpy(&memory[to], &memory[from], len), to, from, len);
    }
}

static void check_set(unsigned to, unsigned len)
{
    fill();
    for (unsigned i = 0; i < len; i++) {
        expected[to + i] = (uint8_t)SET_BITS;
    }
    check("memset", memset(&memory[to], SET_BITS, len), to, 0, len);
}

/** Two ranges that differ in one byte, and behind their end. */
static void check_compare(unsigned to, unsigned len)
{
    fill();
    memcpy(&memory[to], memory, len);
    memory[to + len] = (uint8_t)(memory[len] + 1u);
    unsigned differ = memcmp(memory, &memory[to], len) != 0;
    for (unsigned i = 0; i < len; i++) {
        memory[to + i] ^= 0x80u;
        differ += (memcmp(memory, &memory[to], len) > 0) != (memory[i] > memory[to + i]);
        differ += memcmp(memory, &memory[to], len) == 0;
        memory[to + i] ^= 0x80u;
    }
    if (differ != 0) {
        wrong++;
        printf("memory: wrong: memcmp with %u, %u bytes\n", to, len);
    }
}

int main(void)
{
    for (unsigned len = 0; len <= LEN_MAX; len++) {
        for (unsigned from = PLACE; from < PLACE + 4u; from++) {
            for (int shift = -SHIFT; shift <= SHIFT; shift++) {
                check_move((unsigned)((int)from + shift), from, len);
            }
            check_move(from % 4u, LEN_MAX + from, len < PLACE ? len : PLACE);
            check_set(from, len);
            check_compare(LEN_MAX + from % 4u, len);
        }
    }
    if (wrong == 0) {
        printf("memory: ok\n");
    }
    return 0;
}

#define _GNU_SOURCE
#include "support/marks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

#include "support/test.h"

#define STACK_BYTES 0x20000u
#define PAINT       0xA7

static _Alignas(16) uint8_t stack[STACK_BYTES];
static ucontext_t outside;
static ucontext_t inside;

/* The linker's: where static memory that can be written begins and ends. */
extern uint8_t __data_start[];
extern uint8_t _end[];

uint8_t *mark_make(size_t len)
{
    static uint32_t state = 0x9E3779B9;
    uint8_t *value = malloc(len);
    assert_non_null(value);
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525u + 1013904223u;
        value[i] = (uint8_t)(state >> 24);
    }
    return value;
}

static const void *outside_base;
static size_t outside_size;
static void *outside_frames;

/*
 * AddressSanitizer wants to be told of a change of stacks. Its interceptor warns of swapcontext() all
 * the same, which is not to be mended here.
 */
#ifdef __SANITIZE_ADDRESS__

static void leave_for(const void *base, size_t size, void **frames)
{
    __sanitizer_start_switch_fiber(frames, base, size);
}

static void arrive(void *frames, const void **base, size_t *size)
{
    __sanitizer_finish_switch_fiber(frames, base, size);
}

#else

static void leave_for(const void *base, size_t size, void **frames)
{
    (void)base;
    (void)size;
    (void)frames;
}

static void arrive(void *frames, const void **base, size_t *size)
{
    (void)frames;
    (void)base;
    (void)size;
}

#endif

static void (*run_inside)(void);

static void enter(void)
{
    arrive(NULL, &outside_base, &outside_size);
    run_inside();
    leave_for(outside_base, outside_size, NULL);
}

void marks_run(void (*body)(void))
{
    memset(stack, PAINT, sizeof stack);
    run_inside = body;
    assert_int_equal(getcontext(&inside), 0);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = sizeof stack;
    inside.uc_link = &outside;
    makecontext(&inside, enter, 0);
    leave_for(stack, sizeof stack, &outside_frames);
    assert_int_equal(swapcontext(&outside, &inside), 0);
    arrive(outside_frames, NULL, NULL);
}

/* Looks between objects and into frames that have ended, too: not by memcmp(). */
__attribute__((no_sanitize("address"))) static bool is_at(const volatile uint8_t *at,
                                                          const uint8_t *piece)
{
    for (size_t i = 0; i < MARK_PIECE_BYTES; i++) {
        if (at[i] != piece[i]) {
            return false;
        }
    }
    return true;
}

__attribute__((no_sanitize("address"))) static size_t count(const uint8_t *from, const uint8_t *end,
                                                            const uint8_t *value, size_t len)
{
    size_t found = 0;
    for (size_t off = 0; off + MARK_PIECE_BYTES <= len; off += MARK_PIECE_BYTES) {
        for (const uint8_t *at = from; at + MARK_PIECE_BYTES <= end; at++) {
            found += is_at(at, value + off) ? 1u : 0u;
        }
    }
    return found;
}

size_t marks_on_stack(const uint8_t *value, size_t len)
{
    return count(stack, stack + sizeof stack, value, len);
}

size_t marks_count(const uint8_t *value, size_t len)
{
    return count(__data_start, _end, value, len);
}

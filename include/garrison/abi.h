/*
 * What C and C++ spell differently: C linkage, compile-time checks, functions without return; and the
 * mark of where a protection domain is entered.
 *
 * This is the one header of include/ with a conditional in it; without it every public header would
 * repeat these lines.
 */
#pragma once

#ifdef __cplusplus
#define GARRISON_ABI_BEGIN               extern "C" {
#define GARRISON_ABI_END                 }
#define GARRISON_ASSERT(condition, text) static_assert(condition, text)
#define GARRISON_NORETURN                [[noreturn]]
#else
#define GARRISON_ABI_BEGIN
#define GARRISON_ABI_END
#define GARRISON_ASSERT(condition, text) _Static_assert(condition, text)
#define GARRISON_NORETURN                _Noreturn
#endif

/* Structures that are stored or handed over are read in place. */
GARRISON_ASSERT(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian machines only");

/**
 * Before a function that another protection domain of an image calls, or assembler does. The objects
 * of a domain are optimised as one program and become one object, whose other symbols are local: a
 * function that lacks the mark is not found by the linker.
 */
#define GARRISON_ENTRY __attribute__((used))

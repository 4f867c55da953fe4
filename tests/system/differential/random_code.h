/*
 * Random sequences of legal instructions.
 *
 * A sequence keeps to these rules, so that nothing it does is UNPREDICTABLE or hits memory that is
 * not its own: four registers are never results: three pointers and an index. SP moves by PUSH, POP
 * and small steps only. Branches go forward over whole instructions. The third pointer never moves,
 * so what is done by it is known here.
 */
#pragma once

#include <stdbool.h>

#include "random.h"

/** The state of a sequence in the making. */
struct maker {
    uint64_t state; /**< Of the random numbers. */
    struct random_sequence *out;
    unsigned halves;   /**< Written so far. */
    unsigned free;     /**< Register: pointer into the free part of the window. */
    unsigned border;   /**< Register: word-aligned pointer near the borders. */
    unsigned index;    /**< Register: 0 to 3. */
    unsigned edge;     /**< Register: pointer at a border, aligned to nothing, never moved. */
    unsigned it_left;  /**< Instructions of the present IT block still to come. */
    unsigned it_cond;  /**< Condition of the present instruction; 14: always. */
    unsigned pushed;   /**< Words that pushes may have put on the stack. */
    unsigned popped;   /**< Words that pops may have taken. */
    unsigned drift[2]; /**< Bytes by which the pointers may have moved: free, border. */
};

/** A number below `limit`. */
unsigned pick(struct maker *m, unsigned limit);
/** True once in `of`. */
bool chance(struct maker *m, unsigned of);
/** A register for a result: low ones are below 8, any below 13. */
unsigned pick_result(struct maker *m, unsigned below);
/** A register for an operand: any below `below`. */
unsigned pick_operand(struct maker *m, unsigned below);
/** Whether a pointer may move by so many bytes more; counts them if so. */
bool may_drift(struct maker *m, unsigned reg, unsigned bytes);
/** One of the two pointers. */
unsigned pick_pointer(struct maker *m);
/** An offset in bytes for an access of `size` bytes: aligned for the pointer near borders. */
unsigned pick_offset(struct maker *m, unsigned reg, unsigned size);
void emit(struct maker *m, unsigned half);
void emit_wide(struct maker *m, unsigned first, unsigned second);

/* One random instruction each: random_alu.c, random_memory.c, random_edge.c, random_fp.c. */

void make_narrow_alu(struct maker *m);
void make_wide_alu(struct maker *m);
void make_multiply(struct maker *m);
void make_dsp(struct maker *m);
void make_memory(struct maker *m);
void make_edge(struct maker *m);
void make_fp(struct maker *m);

/** Makes sequence `number` of a seed. */
void random_make(uint64_t seed, uint32_t number, struct random_sequence *out);

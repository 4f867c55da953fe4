/*
 * A hostile partition that calls another one: part of hostile_partition.h.
 */
#pragma once

/**
 * partition_call() with a mark in each of r4 to r11: its status, and in the upper half a bit for each
 * that a register has too many or too few.
 */
__attribute__((naked)) static uint64_t call_marked(psa_handle_t handle, uint32_t control,
                                                   const psa_invec *in, psa_outvec *out)
{
    (void)handle;
    (void)control;
    (void)in;
    (void)out;
    __asm__ volatile("push {r4-r11}\n"
                     "mov r4, #4\n"
                     "mov r5, #5\n"
                     "mov r6, #6\n"
                     "mov r7, #7\n"
                     "mov r8, #8\n"
                     "mov r9, #9\n"
                     "mov r10, #10\n"
                     "mov r11, #11\n"
                     "svc %0\n"
                     "orr r1, r2\n"
                     "orr r1, r3\n"
                     "orr r1, r12\n"
                     "eor r4, #4\n"
                     "orr r1, r4\n"
                     "eor r5, #5\n"
                     "orr r1, r5\n"
                     "eor r6, #6\n"
                     "orr r1, r6\n"
                     "eor r7, #7\n"
                     "orr r1, r7\n"
                     "eor r8, #8\n"
                     "orr r1, r8\n"
                     "eor r9, #9\n"
                     "orr r1, r9\n"
                     "eor r10, #10\n"
                     "orr r1, r10\n"
                     "eor r11, #11\n"
                     "orr r1, r11\n"
                     "pop {r4-r11}\n"
                     "bx lr\n" ::"i"(SVC_CALL));
}

/* What the next nested attack aims at. */
static uint32_t nested_aim;

static void set_aim(const struct attempt *attempt)
{
    nested_aim = attempt->addr;
}

/** Has "its" make the attack with that letter: its words, then dirty registers, then its status. */
static void try_nested(const struct attempt *attempt)
{
    static uint32_t words[HOSTILE_WORDS];
    const struct hostile_request request = {attempt->addr, nested_aim};
    const uint32_t mark = HOSTILE_MARK;
    const psa_invec in[] = {{&request, sizeof request}, {&mark, sizeof mark}};
    psa_outvec out[] = {{words, sizeof words}};
    const uint64_t outcome =
        call_marked(HOSTILE_ITS_HANDLE, GATE_CONTROL(PSA_IPC_CALL, 2, 1), in, out);
    for (uint32_t i = 0; i < HOSTILE_WORDS; i++) {
        attempt->result[i] = words[i];
        words[i] = 0;
    }
    attempt->result[HOSTILE_WORDS - 3] = out[0].len;
    attempt->result[HOSTILE_WORDS - 2] = (uint32_t)(outcome >> 32);
    attempt->result[HOSTILE_WORDS - 1] = (uint32_t)outcome;
}

static void lend_input(const struct attempt *attempt)
{
    const psa_invec in[] = {{(const void *)attempt->addr, sizeof(uint32_t)}};
    attempt->result[0] = (uint32_t)psa_call(HOSTILE_ITS_HANDLE, PSA_IPC_CALL, in, 1, NULL, 0);
}

static void lend_output(const struct attempt *attempt)
{
    psa_outvec out[] = {{(void *)attempt->addr, sizeof(uint32_t)}};
    attempt->result[0] = (uint32_t)psa_call(HOSTILE_ITS_HANDLE, PSA_IPC_CALL, NULL, 0, out, 1);
}

static void lend_vectors(const struct attempt *attempt)
{
    attempt->result[0] = (uint32_t)psa_call(HOSTILE_ITS_HANDLE, PSA_IPC_CALL,
                                            (const psa_invec *)attempt->addr, 1, NULL, 0);
}

static void call_handle(const struct attempt *attempt)
{
    attempt->result[0] =
        (uint32_t)psa_call((psa_handle_t)attempt->addr, PSA_IPC_CALL, NULL, 0, NULL, 0);
}

static void ask_version(const struct attempt *attempt)
{
    attempt->result[0] = psa_framework_version();
    attempt->result[1] = psa_version(attempt->addr);
    psa_close(PSA_NULL_HANDLE);
}

static void connect_to(const struct attempt *attempt)
{
    attempt->result[0] = (uint32_t)psa_connect(attempt->addr, 1);
}

static void close_handle(const struct attempt *attempt)
{
    psa_close((psa_handle_t)attempt->addr);
}

/** Over a connection of its own: what "its" keeps for it. */
static void call_connection(const struct attempt *attempt)
{
    static uint32_t words[HOSTILE_WORDS];
    const struct hostile_request request = {'h', 0};
    const psa_invec in[] = {{&request, sizeof request}};
    psa_outvec out[] = {{words, sizeof words}};
    attempt->result[0] =
        (uint32_t)psa_call((psa_handle_t)attempt->addr, PSA_IPC_CALL, in, 1, out, 1);
    attempt->result[1] = words[0];
}

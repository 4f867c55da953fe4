/*
 * The client of the isolation matrix: makes one access, or has it made, as its mailbox says.
 */
#include <stdio.h>

#include <psa/client.h>

#include "hostile.h"
#include "matrix.h"

static volatile struct matrix_mailbox mailbox;

__attribute__((naked)) static void drop_privilege(void)
{
    __asm__ volatile("mrs r0, control\n"
                     "orr r0, #1\n"
                     "msr control, r0\n"
                     "isb\n"
                     "bx lr\n");
}

/** Has a partition do what that letter says. */
static void call(uint32_t letter, uint32_t addr)
{
    static uint32_t result[HOSTILE_WORDS];
    const struct hostile_request request = {letter, addr};
    const uint32_t mark = HOSTILE_MARK;
    const psa_invec in[] = {{&request, sizeof request}, {&mark, sizeof mark}};
    psa_outvec out[] = {{result, sizeof result}};
    mailbox.status = (uint32_t)psa_call((psa_handle_t)mailbox.handle, PSA_IPC_CALL, in, 2, out, 1);
    mailbox.value = result[0];
}

static void serve(void)
{
    switch (mailbox.actor) {
    case MATRIX_UNPRIVILEGED:
        drop_privilege();
        mailbox.value = matrix_try(mailbox.access, mailbox.addr);
        break;
    case MATRIX_PARTITION:
        call(mailbox.access, mailbox.addr);
        break;
    case MATRIX_SPM:
        mailbox.status = psa_version(MATRIX_SID_TRY) - 1u;
        break;
    case MATRIX_SPM_IN_CALL:
        call('V', MATRIX_SID_TRY);
        break;
    default:
        mailbox.value = matrix_try(mailbox.access, mailbox.addr);
        break;
    }
}

int main(void)
{
    printf("matrix: mailbox %08lX\n", (unsigned long)(uintptr_t)&mailbox);
    printf("matrix: spm %08lX\n", (unsigned long)psa_version(MATRIX_SID_TELL));
    printf("matrix: ready\n");
    while (mailbox.go == 0) {
    }
    serve();
    mailbox.done = 1;
    for (;;) {
    }
}

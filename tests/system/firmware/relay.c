/*
 * Makes the calls that a test puts into a mailbox, and nothing else. What they pass stands where the
 * test has put it and never passes through this program, so what is found of it elsewhere is no fault
 * of this one.
 */
#include "relay.h"

#include <stdio.h>

#include <psa/client.h>

_Static_assert(sizeof(struct relay_vector) == sizeof(psa_invec) &&
                   sizeof(struct relay_vector) == sizeof(psa_outvec),
               "vectors are used where they stand");

int main(void)
{
    volatile struct relay_mailbox *const mail = (volatile struct relay_mailbox *)RELAY_MAILBOX;
    printf(RELAY_READY);
    for (;;) {
        while (mail->go == 0) {
        }
        mail->status = psa_call(mail->handle, mail->type, (const psa_invec *)mail->in,
                                mail->in_count, (psa_outvec *)mail->out, mail->out_count);
        mail->go = 0;
    }
}

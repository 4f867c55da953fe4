/*
 * A secure module's entry, and what it asks the manager for by SVC; docs/SPEC.md has the numbers.
 */
#include "svc_numbers.h"

    .syntax unified
    .thumb

/* The manager comes here with the message in r0 and its stack below that; the module's function
 * returns the status in r0. */
    .section .text.garrison_module_entry, "ax"
    .global garrison_module_entry
    .type garrison_module_entry, %function
garrison_module_entry:
    bl      garrison_module_main
    svc     #SVC_PARTITION_RETURN
    .size garrison_module_entry, . - garrison_module_entry

    .macro supervisor_call name, number
    .section .text.\name, "ax"
    .global \name
    .type \name, %function
\name:
    svc     #\number
    bx      lr
    .size \name, . - \name
    .endm

    supervisor_call psa_read, SVC_READ
    supervisor_call psa_skip, SVC_SKIP
    supervisor_call psa_write, SVC_WRITE
    supervisor_call psa_panic, SVC_PANIC
    supervisor_call psa_version, SVC_VERSION
    supervisor_call psa_connect, SVC_CONNECT
    supervisor_call module_call, SVC_CALL
    supervisor_call psa_close, SVC_CLOSE
    supervisor_call psa_set_rhandle, SVC_SET_RHANDLE
    supervisor_call psa_wait, SVC_WAIT
    supervisor_call psa_irq_enable, SVC_IRQ_ENABLE
    supervisor_call psa_irq_disable, SVC_IRQ_DISABLE
    supervisor_call psa_reset_signal, SVC_RESET_SIGNAL
    supervisor_call psa_rot_lifecycle_state, SVC_LIFE_CYCLE

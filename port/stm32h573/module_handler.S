/*
 * Where the manager comes with a signal in r0 when an interrupt of a secure module's has come; only a
 * module with interrupts links it.
 */
#include "svc_numbers.h"

    .syntax unified
    .thumb

    .section .text.garrison_module_handler, "ax"
    .global garrison_module_handler
    .type garrison_module_handler, %function
garrison_module_handler:
    bl      garrison_module_interrupt
    svc     #SVC_PARTITION_RETURN
    .size garrison_module_handler, . - garrison_module_handler

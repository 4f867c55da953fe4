/* Programs that call the boot ROM's services, and what they jump to. */
#include "cpu_macros.S"

    .macro programs state
snippet \state\()_call
    /* r0, r1: arguments; r4: the function. r7: what it has returned */
    mov r5, #0x55
    mov r6, #0x66
    blx r4
    mov r7, r0
    done

snippet \state\()_stage
    mrs r8, msp
    mrs r9, control
    done
    nop

    .balign 512
    .global \state\()_vectors
\state\()_vectors:
    .ifc \state, s
    .word 0x30006003
    .else
    .word 0x20046003
    .endif
    .word \state\()_stage
    .global \state\()_no_vectors
\state\()_no_vectors:
    .word 0x30006000
    .word 0x0C000100
    .endm

    .section .secure
programs s

    .section .plain
programs ns

snippet ns_undefined
    udf #1
    done
    nop

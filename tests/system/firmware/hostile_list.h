/*
 * The attacks of a hostile application, for the firmware that makes them and the test that judges
 * them: X(function, what is tried, how it ends, the status or the words of the end).
 *
 *   REFUSED   the call comes back with that status
 *   FUTILE    it comes back with that value, and nothing has happened
 *   STOPPED   the manager stops the chip; its words are the last argument
 *   WATCHED   nothing comes back, and the watchdog resets the chip
 */
#pragma once

#include <stdint.h>

#define HOSTILE_ATTACKS(X)                                                                         \
    /* Vectors. */                                                                                 \
    X(control_unknown, "unknown bits in the control word", REFUSED, -129)                          \
    X(control_negative, "a negative type", REFUSED, -129)                                          \
    X(control_five, "five vectors", REFUSED, -129)                                                 \
    X(control_fourteen, "fourteen vectors", REFUSED, -129)                                         \
    X(vectors_null, "input vectors at address 0", REFUSED, -129)                                   \
    X(vectors_out_null, "output vectors at address 0", REFUSED, -129)                              \
    X(vectors_secure, "input vectors in Secure RAM", REFUSED, -129)                                \
    X(vectors_stack, "output vectors on the gate's stack", REFUSED, -129)                          \
    X(vectors_device, "input vectors in a device", REFUSED, -129)                                  \
    X(vectors_end, "input vectors over the end of memory", REFUSED, -129)                          \
    X(vectors_wrap, "input vectors around the address space", REFUSED, -129)                       \
    X(input_secure, "input in Secure RAM", REFUSED, -129)                                          \
    X(input_alias, "input in Secure RAM by its open address", REFUSED, -129)                       \
    X(input_code, "input in the manager's code", REFUSED, -129)                                    \
    X(input_keys, "input in the option-byte keys", REFUSED, -129)                                  \
    X(input_storage, "input in the storage areas", REFUSED, -129)                                  \
    X(input_gate, "input in the gate", REFUSED, -129)                                              \
    X(input_scs, "input in the system control space", REFUSED, -129)                               \
    X(input_wrap, "an input that wraps", REFUSED, -129)                                            \
    X(input_most, "an input of all bytes", REFUSED, -129)                                          \
    X(input_over, "an input over all of Secure RAM", REFUSED, -129)                                \
    X(input_twice, "the same input twice", REFUSED, -129)                                          \
    X(input_overlap, "inputs that share a byte", REFUSED, -129)                                    \
    X(output_secure, "output to Secure RAM", REFUSED, -129)                                        \
    X(output_alias, "output to Secure RAM by its open address", REFUSED, -129)                     \
    X(output_code, "output to the manager's code", REFUSED, -129)                                  \
    X(output_flash, "output to its own flash", REFUSED, -129)                                      \
    X(output_device, "output to a Secure device", REFUSED, -129)                                   \
    X(output_wrap, "an output that wraps", REFUSED, -129)                                          \
    X(output_over, "an output over all of Secure RAM", REFUSED, -129)                              \
    X(output_vectors, "output onto its own vectors", FUTILE, 0)                                    \
    /* Double fetch: an interrupt of its own changes them while the call runs. */                  \
    X(twice_input, "input vector led to Secure RAM while the call runs", FUTILE, 0)                \
    X(twice_output, "output vector led to Secure RAM while the call runs", FUTILE, 0)              \
    X(twice_length, "output made longer while the call runs", FUTILE, 0)                           \
    X(twice_request, "request changed while the call runs", FUTILE, 0)                             \
    /* Handles. */                                                                                 \
    X(handle_null, "handle 0", REFUSED, -129)                                                      \
    X(handle_negative, "a negative handle", REFUSED, -129)                                         \
    X(handle_sid, "a service id for a handle", REFUSED, -129)                                      \
    X(handle_others, "every stateless handle that is not there", REFUSED, -129)                    \
    X(handle_made_up, "connection handles that are made up", REFUSED, -129)                        \
    X(close_stateless, "closes a stateless handle", REFUSED, -129)                                 \
    X(connect_stateless, "connects to a stateless service", REFUSED, -129)                         \
    X(connect_unknown, "connects to a service that is not there", REFUSED, -130)                   \
    /* Requests. */                                                                                \
    X(request_short, "a request that is too short", REFUSED, -129)                                 \
    X(request_long, "a request that is too long", REFUSED, -129)                                   \
    X(request_none, "no request", REFUSED, -129)                                                   \
    X(request_unknown, "every function that is not there", REFUSED, -134)                          \
    /* Keys and operations. */                                                                     \
    X(key_guessed, "uses every key id but its own", REFUSED, -136)                                 \
    X(key_destroyed, "uses a key that it has destroyed", REFUSED, -136)                            \
    X(key_misused, "uses a key for what its policy forbids", REFUSED, -133)                        \
    X(key_overwritten, "gives a new key the id of another client's", FUTILE, 0)                    \
    X(operation_guessed, "uses every number of an operation but its own", REFUSED, -137)           \
    X(operation_replayed, "uses an operation after its end", REFUSED, -137)                        \
    X(operation_aborted, "uses an operation after its abortion", REFUSED, -137)                    \
    X(operation_flood, "begins operations without end", FUTILE, 0)                                 \
    X(key_flood, "makes keys without end", FUTILE, 0)                                              \
    /* Storage and update. */                                                                      \
    X(storage_nothing, "stores under uid 0", REFUSED, -135)                                        \
    X(storage_wrap, "reads an object from behind its end", REFUSED, -135)                          \
    X(storage_huge, "stores more than there is", REFUSED, -135)                                    \
    X(update_unknown, "updates a component that is not there", REFUSED, -140)                      \
    X(update_wrap, "writes an image around the address space", REFUSED, -135)                      \
    X(update_early, "accepts an update that there is not", REFUSED, -137)                          \
    /* Ways in and out. */                                                                         \
    X(gate_behind, "enters the gate behind an SG", STOPPED, "SecureFault")                         \
    X(gate_odd, "enters the gate in the middle of an SG", STOPPED, "SecureFault")                  \
    X(gate_even, "enters the gate in Arm state", STOPPED, "UsageFault")                            \
    X(gate_body, "enters the gate at the body of a function", STOPPED, "SecureFault")              \
    X(gate_svc, "enters the gate at its supervisor call", STOPPED, "SecureFault")                  \
    X(gate_end, "enters the gate at its end", STOPPED, "SecureFault")                              \
    X(manager_code, "enters the manager's code", STOPPED, "SecureFault")                           \
    X(return_open, "calls the gate with EXC_RETURN as its return", STOPPED, "UsageFault")          \
    X(return_secure, "calls the gate with a Secure EXC_RETURN as its return", STOPPED,             \
      "UsageFault")                                                                                \
    X(return_function, "calls the gate with FNC_RETURN as its return", STOPPED, "UsageFault")      \
    X(return_privileged, "calls the gate with a return into privileged code", STOPPED, "Fault")    \
    X(return_alone, "returns from a function that was not called", STOPPED, "Fault")               \
    X(exception_thread, "returns from an exception in a thread", STOPPED, "Fault")                 \
    X(exception_secure, "returns from its exception to the Secure state", STOPPED, "Fault")        \
    X(call_in_handler, "calls from a handler", REFUSED, -131)                                      \
    X(call_in_call, "calls while a call of its own runs", REFUSED, -131)                           \
    /* Stacks, registers, time. */                                                                 \
    X(stack_secure, "has its stack in Secure RAM", STOPPED, "Fault")                               \
    X(stack_exhausted, "uses up its stack", STOPPED, "Fault")                                      \
    X(vectors_moved, "moves its vector table into Secure RAM", STOPPED, "Fault")                   \
    X(floats_leaked, "looks for floating-point registers of others", FUTILE, 0)                    \
    X(floats_pushed, "has floating-point registers stacked within a call", FUTILE, 0)              \
    X(interrupts_taken, "sets and enables interrupts of the manager's", FUTILE, 0)                 \
    X(masked_call, "calls with all its interrupts masked", FUTILE, 0)                              \
    X(dma_read, "has DMA read Secure RAM", FUTILE, 0)                                              \
    X(dma_write, "has DMA write Secure RAM", FUTILE, 0)                                            \
    X(loop_watched, "loops for ever, under its watchdog", WATCHED, 0)

enum hostile_number {
#define HOSTILE_NUMBER(function, what, end, argument) HOSTILE_##function,
    HOSTILE_ATTACKS(HOSTILE_NUMBER)
#undef HOSTILE_NUMBER
        HOSTILE_COUNT
};

/** Orders besides: numbers of attacks. */
#define HOSTILE_PREPARE 1000u /* makes key and object of `secret`, then forgets it */
#define HOSTILE_HONEST  1001u /* uses them as an application does; value 0: all is well */

#define HOSTILE_SECRET_BYTES 32u

/** r0 to r12, flags, then s0 to s31, as they were when the last call came back. */
struct hostile_registers {
    uint32_t r[13];
    uint32_t flags;
    uint32_t s[32];
};

/** In the application's memory: written by the test, then `go`; `done` comes last. */
struct hostile_mailbox {
    uint32_t go;
    uint32_t number;
    uint32_t done;
    int32_t value;
    uint32_t calls; /**< That came back since `go`, */
    uint32_t dirty; /**< and registers of them that held what is not the application's. */
    uint8_t secret[HOSTILE_SECRET_BYTES]; /**< A private key, */
    uint8_t object[HOSTILE_SECRET_BYTES]; /**< and what is stored. */
};

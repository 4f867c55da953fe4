/*
 * The attacks of a hostile application and of a hostile module, for the firmware that makes them and
 * the test that judges them: X(function, what is tried, how it ends, the status or the words of the
 * end). What must hold after each end is in tests/system/test_hostile.c.
 *
 *   REFUSED   the call comes back with that status
 *   FUTILE    it comes back with that value, and nothing has happened
 *   ENDED     the manager ends the module, with these words in its log
 *   STOPPED   the manager stops the chip; its words are the last argument
 *   WATCHED   nothing comes back, and the watchdog resets the chip
 */
#pragma once

#include <stdint.h>

/* What the manager says when it stops for: */
#define HOSTILE_NOWHERE "HardFault in Non-secure state at 0x40000000" /* a forged return address */
#define HOSTILE_CLOSED  "MemManage in Non-secure state"

#define HOSTILE_APPLICATION_ATTACKS(X)                                                             \
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
    X(input_module_ram, "input in a module's RAM", REFUSED, -129)                                  \
    X(input_module_code, "input in a module's code", REFUSED, -129)                                \
    X(input_scs, "input in the system control space", REFUSED, -129)                               \
    X(input_wrap, "an input that wraps", REFUSED, -129)                                            \
    X(input_most, "an input of all bytes", REFUSED, -129)                                          \
    X(input_over, "an input over all of Secure RAM", REFUSED, -129)                                \
    X(input_twice, "the same input twice", REFUSED, -129)                                          \
    X(input_overlap, "inputs that share a byte", REFUSED, -129)                                    \
    X(output_secure, "output to Secure RAM", REFUSED, -129)                                        \
    X(output_alias, "output to Secure RAM by its open address", REFUSED, -129)                     \
    X(output_module, "output to a module's RAM", REFUSED, -129)                                    \
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
    X(cost_rounds, "derives a key with more rounds than there is time for", REFUSED, -134)         \
    X(cost_key, "makes an RSA key that there is no time for", REFUSED, -134)                       \
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
    X(return_open, "calls the gate with EXC_RETURN as its return", STOPPED, HOSTILE_NOWHERE)       \
    X(return_secure, "calls the gate with a Secure EXC_RETURN as its return", STOPPED,             \
      HOSTILE_NOWHERE)                                                                             \
    X(return_function, "calls the gate with FNC_RETURN as its return", STOPPED, HOSTILE_NOWHERE)   \
    X(return_privileged, "calls the gate with a return into privileged code", STOPPED, "Fault")    \
    X(return_alone, "returns from a function that was not called", STOPPED, "Fault")               \
    X(exception_thread, "returns from an exception in a thread", STOPPED, "Fault")                 \
    X(exception_secure, "returns from its exception to the Secure state", STOPPED, "Fault")        \
    X(call_in_handler, "calls from a handler", REFUSED, -131)                                      \
    X(call_in_call, "calls while a call of its own runs", REFUSED, -131)                           \
    X(entries_in_call, "enters every function while a call of its own runs", FUTILE, 0)            \
    X(masked_in_call, "the same with all its interrupts masked", FUTILE, 0)                        \
    X(unprivileged_in_call, "the same over an unprivileged thread", FUTILE, 0)                     \
    X(behind_in_call, "enters the gate behind an SG while a call runs", STOPPED, HOSTILE_CLOSED)   \
    X(odd_in_call, "enters the gate in the middle of an SG while a call runs", STOPPED,            \
      HOSTILE_CLOSED)                                                                              \
    X(next_in_call, "enters behind the gate's functions while a call runs", STOPPED,               \
      HOSTILE_CLOSED)                                                                              \
    X(end_in_call, "enters the gate at its end while a call runs", STOPPED, HOSTILE_CLOSED)        \
    X(return_in_call, "calls with EXC_RETURN as its return while a call runs", STOPPED,            \
      HOSTILE_NOWHERE)                                                                             \
    X(stack_in_call, "calls on a stack that it may not write while a call runs", STOPPED,          \
      HOSTILE_CLOSED)                                                                              \
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

/* What the manager says when it ends a partition for: */
#define HOSTILE_MPU    "MemManage"
#define HOSTILE_BUS    "BusFault"
#define HOSTILE_BUFFER "programmer error: buffer is not its own"
#define HOSTILE_CALL   "programmer error: call refused"

#define HOSTILE_MODULE_ATTACKS(X)                                                                  \
    /* Memory. */                                                                                  \
    X(read_handoff, "reads the hand-over record", ENDED, HOSTILE_MPU)                              \
    X(write_handoff, "writes the hand-over record", ENDED, HOSTILE_MPU)                            \
    X(read_spm_stack, "reads the SPM's stack", ENDED, HOSTILE_MPU)                                 \
    X(read_partitions, "reads the partitions' RAM", ENDED, HOSTILE_MPU)                            \
    X(write_partitions, "writes the partitions' RAM", ENDED, HOSTILE_MPU)                          \
    X(read_sram2_end, "reads the last word of SRAM2", ENDED, HOSTILE_MPU)                          \
    X(read_below, "reads below its RAM", ENDED, HOSTILE_MPU)                                       \
    X(write_below, "writes below its RAM", ENDED, HOSTILE_MPU)                                     \
    X(read_window_end, "reads its window behind what it asked for", ENDED, HOSTILE_MPU)            \
    X(read_ram_alias, "reads its RAM by the other alias", ENDED, HOSTILE_MPU)                      \
    X(write_code, "writes its code", ENDED, HOSTILE_MPU)                                           \
    X(read_header, "reads its header", ENDED, HOSTILE_MPU)                                         \
    X(read_code_alias, "reads its code by the other alias", ENDED, HOSTILE_MPU)                    \
    X(read_tlvs, "reads its TLVs", ENDED, HOSTILE_MPU)                                             \
    X(read_vectors, "reads the manager's vectors", ENDED, HOSTILE_MPU)                             \
    X(read_spm_code, "reads the SPM's code", ENDED, HOSTILE_MPU)                                   \
    X(read_library, "reads the library", ENDED, HOSTILE_MPU)                                       \
    X(read_staged, "reads what is staged", ENDED, HOSTILE_MPU)                                     \
    X(read_storage, "reads the storage areas", ENDED, HOSTILE_MPU)                                 \
    X(write_storage, "writes the storage areas", ENDED, HOSTILE_MPU)                               \
    X(read_keys, "reads the option-byte keys", ENDED, HOSTILE_MPU)                                 \
    X(read_open_flash, "reads Non-secure flash", ENDED, HOSTILE_MPU)                               \
    X(read_open_ram, "reads Non-secure RAM", ENDED, HOSTILE_MPU)                                   \
    X(write_open_ram, "writes Non-secure RAM", ENDED, HOSTILE_MPU)                                 \
    /* Devices and the system's registers. */                                                      \
    X(read_usart, "reads USART1", ENDED, HOSTILE_MPU)                                              \
    X(read_tim6, "reads TIM6, which it has not asked for", ENDED, HOSTILE_MPU)                     \
    X(read_behind_tim7, "reads behind TIM7", ENDED, HOSTILE_MPU)                                   \
    X(read_tim7_alias, "reads its device by the other alias", ENDED, HOSTILE_MPU)                  \
    X(receive_to_device, "has a message written to its device", ENDED, HOSTILE_BUFFER)             \
    X(send_device, "sends its device's registers", ENDED, HOSTILE_BUFFER)                          \
    X(lend_device, "lends its device", ENDED, HOSTILE_CALL)                                        \
    X(read_rng, "reads the RNG", ENDED, HOSTILE_MPU)                                               \
    X(write_saes, "writes SAES", ENDED, HOSTILE_MPU)                                               \
    X(write_flash, "writes the flash controller", ENDED, HOSTILE_MPU)                              \
    X(write_tzsc, "writes the TZSC", ENDED, HOSTILE_MPU)                                           \
    X(write_rcc, "writes RCC", ENDED, HOSTILE_MPU)                                                 \
    X(write_mpu, "switches the MPU off", ENDED, HOSTILE_BUS)                                       \
    X(write_vtor, "moves the vector table", ENDED, HOSTILE_BUS)                                    \
    X(write_sau, "writes the SAU", ENDED, HOSTILE_BUS)                                             \
    /* Code that is not its own. */                                                                \
    X(run_data, "runs its data", ENDED, HOSTILE_MPU)                                               \
    X(run_spm, "runs the SPM", ENDED, HOSTILE_MPU)                                                 \
    X(run_library, "runs the library", ENDED, HOSTILE_MPU)                                         \
    X(run_open, "runs Non-secure code", ENDED, "SecureFault")                                      \
    X(run_constants, "runs its constants, a BLXNS", ENDED, HOSTILE_MPU)                            \
    X(run_record, "runs its record", ENDED, HOSTILE_MPU)                                           \
    X(read_gate, "reads the gate", ENDED, HOSTILE_MPU)                                             \
    X(run_gate, "runs a function of the gate's", ENDED, HOSTILE_MPU)                               \
    X(leave_by_gate, "runs a function of the application's by the gate's BXNS", ENDED,             \
      HOSTILE_MPU)                                                                                 \
    X(leave_and_stay, "leaves by the gate's BXNS and stays away", ENDED, HOSTILE_MPU)              \
    /* Failing. */                                                                                 \
    X(stack_overflown, "overflows its stack", ENDED, "UsageFault")                                 \
    X(loop_for_ever, "loops", ENDED, "time is up")                                                 \
    X(calls_for_ever, "calls another partition without end", ENDED, "time of its calls is up")     \
    X(panic, "panics", ENDED, "psa_panic")                                                         \
    /* Messages. */                                                                                \
    X(receive_to_spm, "has a message written to the SPM", ENDED, HOSTILE_BUFFER)                   \
    X(receive_to_partitions, "has a message written to the partitions", ENDED, HOSTILE_BUFFER)     \
    X(receive_below, "has a message written below its RAM", ENDED, HOSTILE_BUFFER)                 \
    X(receive_to_code, "has a message written to its code", ENDED, HOSTILE_BUFFER)                 \
    X(receive_to_open, "has a message written to Non-secure RAM", ENDED, HOSTILE_BUFFER)           \
    X(send_spm, "sends the SPM's data", ENDED, HOSTILE_BUFFER)                                     \
    X(send_spm_code, "sends the SPM's code", ENDED, HOSTILE_BUFFER)                                \
    X(send_header, "sends its image's header", ENDED, HOSTILE_BUFFER)                              \
    X(send_handoff, "sends the hand-over record", ENDED, HOSTILE_BUFFER)                           \
    X(message_made_up, "uses another message's handle", ENDED, "programmer error: message")        \
    /* Calls. */                                                                                   \
    X(call_update, "calls the update service", ENDED, HOSTILE_CALL)                                \
    X(call_ps, "calls Protected Storage", ENDED, HOSTILE_CALL)                                     \
    X(call_itself, "calls itself", ENDED, HOSTILE_CALL)                                            \
    X(call_unknown, "calls a handle that there is not", ENDED, HOSTILE_CALL)                       \
    X(lend_spm, "lends the SPM's data", ENDED, HOSTILE_CALL)                                       \
    X(lend_header, "lends its image's header", ENDED, HOSTILE_CALL)                                \
    X(lend_code, "lends its code to be written", ENDED, HOSTILE_CALL)                              \
    X(lend_open, "lends Non-secure RAM", ENDED, HOSTILE_CALL)                                      \
    X(lend_its, "lends ITS's own RAM", ENDED, HOSTILE_CALL)                                        \
    /* Supervisor calls and returns. */                                                            \
    X(supervisor_unknown, "asks for what no number is for", ENDED, "supervisor call refused")      \
    X(supervisor_gate, "makes a call of the gate's", ENDED, "supervisor call refused")             \
    X(flash_erased, "erases the flash", ENDED, "programmer error: flash is not its own")           \
    X(chip_reset, "resets the chip", ENDED, "programmer error: it may not reset the chip")         \
    X(return_forged, "forges an exception return", ENDED, HOSTILE_MPU)                             \
    X(return_elsewhere, "returns off its stack", ENDED, "UsageFault")                              \
    /* What it shares with others: there is always some left for them. */                          \
    X(flood_keys, "makes keys without end", FUTILE, 0)                                             \
    X(flood_arena, "makes large keys without end", FUTILE, 0)                                      \
    X(flood_operations, "begins operations without end", FUTILE, 0)                                \
    X(flood_stored_keys, "makes persistent keys without end", FUTILE, 0)                           \
    X(flood_its, "stores objects without end", FUTILE, 0)                                          \
    X(flood_its_for_ever, "stores objects that nobody can remove", FUTILE, 0)

/** Orders to the application: numbers of its attacks, and these. */
#define HOSTILE_PREPARE 1000u /* makes key and object of `secret`, then forgets it */
#define HOSTILE_HONEST  1001u /* uses them as an application does; value 0: all is well */
#define HOSTILE_MODULE  2000u /* and above: has the module make its attack with that number */

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
    uint32_t found; /**< What the module has last answered. */
    uint8_t secret[HOSTILE_SECRET_BYTES]; /**< A private key, */
    uint8_t object[HOSTILE_SECRET_BYTES]; /**< and what is stored. */
};

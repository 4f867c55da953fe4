/*
 * What the hostile client says at the gate, on the chip and in the hosted way.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "support/test.h"

#define OK         0
#define PROGRAMMER -129
#define BUSY       -131
#define NONE       0 /* PSA_VERSION_NONE */
#define UNKNOWN    0 /* PSA_LIFECYCLE_UNKNOWN */

/** Lines of the client, in their order. */
static const struct {
    const char *name;
    int status;
} gate_cases[] = {
    {"framework version", 0x0101},
    {"version", 1},
    {"connect to a stateless service", PROGRAMMER},
    {"close nothing", OK},
    {"hash of own memory", OK},
    {"hash of own flash", OK},
    {"hash of nothing at a Secure address", OK},
    {"random bytes", OK},
    {"input in Secure RAM", PROGRAMMER},
    {"input in the gate's RAM", PROGRAMMER},
    {"input in Secure RAM by its Non-secure alias", PROGRAMMER},
    {"input in Secure flash", PROGRAMMER},
    {"input in Secure flash by its Non-secure alias", PROGRAMMER},
    {"input in the gate", PROGRAMMER},
    {"input in an OBK", PROGRAMMER},
    {"input in a peripheral", PROGRAMMER},
    {"input in a Secure peripheral", PROGRAMMER},
    {"input in the system control space", PROGRAMMER},
    {"input over the end of SRAM1", PROGRAMMER},
    {"input over the start of SRAM3", PROGRAMMER},
    {"input over all of SRAM2", PROGRAMMER},
    {"input over the start of own flash", PROGRAMMER},
    {"input to the end of the address space", PROGRAMMER},
    {"input around the address space", PROGRAMMER},
    {"input of all bytes", PROGRAMMER},
    {"output to Secure RAM", PROGRAMMER},
    {"output to Secure RAM by its Non-secure alias", PROGRAMMER},
    {"output to Secure flash", PROGRAMMER},
    {"output to own flash", PROGRAMMER},
    {"output to a peripheral", PROGRAMMER},
    {"output to a Secure peripheral", PROGRAMMER},
    {"output over the end of SRAM1", PROGRAMMER},
    {"output over all of SRAM2", PROGRAMMER},
    {"output around the address space", PROGRAMMER},
    {"input vectors in Secure RAM", PROGRAMMER},
    {"input vectors in Secure RAM by its Non-secure alias", PROGRAMMER},
    {"input vectors in Secure flash", PROGRAMMER},
    {"input vectors in a peripheral", PROGRAMMER},
    {"input vectors over the end of SRAM1", PROGRAMMER},
    {"input vectors at the end of the address space", PROGRAMMER},
    {"output vectors in Secure RAM", PROGRAMMER},
    {"output vectors in Secure RAM by its Non-secure alias", PROGRAMMER},
    {"output vectors in Secure flash", PROGRAMMER},
    {"output vectors in own flash", PROGRAMMER},
    {"output vectors in a peripheral", PROGRAMMER},
    {"output vectors over the end of SRAM1", PROGRAMMER},
    {"privileged caller's input in its own memory", OK},
    {"privileged caller's output to its own memory", OK},
    {"privileged caller's input in read-only memory", OK},
    {"privileged caller's output to read-only memory", PROGRAMMER},
    {"privileged caller's output vectors in read-only memory", PROGRAMMER},
    {"unprivileged caller's input in open memory", OK},
    {"unprivileged caller's input in privileged memory", PROGRAMMER},
    {"unprivileged caller's input into privileged memory", PROGRAMMER},
    {"unprivileged caller's output to privileged memory", PROGRAMMER},
    {"unprivileged caller's output to read-only memory", PROGRAMMER},
    {"unprivileged caller's output to open memory", OK},
    {"unprivileged caller's input vectors in privileged memory", PROGRAMMER},
    {"unprivileged caller's output vectors in privileged memory", PROGRAMMER},
    {"output before a read-only region", OK},
    {"output over a read-only region", PROGRAMMER},
    {"framework version in a handler", 0x0101},
    {"version in a handler", NONE},
    {"connect in a handler", BUSY},
    {"call in a handler", BUSY},
    {"close in a handler", BUSY},
    {"life cycle in a handler", UNKNOWN},
    {"generate key", OK},
    {"interrupts of a call", 1},
    {"framework version in an interrupt of a call", 0x0101},
    {"version in an interrupt of a call", NONE},
    {"connect in an interrupt of a call", BUSY},
    {"call in an interrupt of a call", BUSY},
    {"close in an interrupt of a call", BUSY},
    {"life cycle in an interrupt of a call", UNKNOWN},
    {"framework version in a call of another thread", 0x0101},
    {"version in a call of another thread", NONE},
    {"connect in a call of another thread", BUSY},
    {"call in a call of another thread", BUSY},
    {"close in a call of another thread", BUSY},
    {"life cycle in a call of another thread", UNKNOWN},
    {"the call interrupted", OK},
    {"its signature", OK},
    {"framework version", 0x0101},
    {"version", 1},
    {"connect to a stateless service", PROGRAMMER},
    {"close nothing", OK},
    {"hash of own memory", OK},
    {"hash of own flash", OK},
    {"hash of nothing at a Secure address", OK},
    {"random bytes", OK},
};

/** That the client has said these from its "ready" on, and nothing else. */
static void expect_gate_cases(const char *uart, const char *events)
{
    static const char ready[] = "client: ready\n";
    const char *at = strstr(uart, ready);
    assert_non_null(at);
    at += strlen(ready);
    for (size_t i = 0; i < COUNT_OF(gate_cases); i++) {
        char line[128];
        (void)snprintf(line, sizeof line, "client: %s: %d\n", gate_cases[i].name,
                       gate_cases[i].status);
        if (strncmp(at, line, strlen(line)) != 0) {
            fail_msg("expected '%s' at:\n%.200s\njournal:\n%s", line, at, events);
        }
        at += strlen(line);
    }
    assert_string_equal(at, "client: done\n");
}

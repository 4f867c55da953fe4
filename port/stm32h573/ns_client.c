/*
 * The client side of the PSA Firmware Framework: calls through the gate.
 *
 * One call at a time: another thread or an interrupt that calls meanwhile is told so before it
 * enters the gate, unless the application's lock has it wait. The manager refuses it too, but an
 * operating system that switched threads inside the gate would resume the wrong one.
 */
#include <psa/client.h>
#include <psa/lifecycle.h>

#include <stdbool.h>

#include <garrison/client.h>
#include <garrison/gate.h>

#include "layout.h"

#define GATE_ADDR                   (LAYOUT_FLASH_S + LAYOUT_GATE_OFF)
#define GATE_FUNCTION(type, number) ((type *)(GATE_ADDR + GATE_ENTRY_BYTES * (number) + 1u))

typedef uint32_t gate_framework_version_fn(void);
typedef uint32_t gate_version_fn(uint32_t sid);
typedef psa_handle_t gate_connect_fn(uint32_t sid, uint32_t version);
typedef psa_status_t gate_call_fn(psa_handle_t handle, uint32_t control, const psa_invec *in_vec,
                                  psa_outvec *out_vec);
typedef void gate_close_fn(psa_handle_t handle);
typedef uint32_t gate_life_cycle_fn(void);

static bool inside;

__attribute__((weak)) void garrison_client_lock(void)
{
}

__attribute__((weak)) void garrison_client_unlock(void)
{
}

static bool is_thread(void)
{
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    return ipsr == 0;
}

static void unlock(void)
{
    if (is_thread()) {
        garrison_client_unlock();
    }
}

static bool enter(void)
{
    if (is_thread()) {
        garrison_client_lock();
    }
    if (__atomic_test_and_set(&inside, __ATOMIC_ACQUIRE)) {
        unlock();
        return false;
    }
    return true;
}

static void leave(void)
{
    __atomic_clear(&inside, __ATOMIC_RELEASE);
    unlock();
}

uint32_t psa_framework_version(void)
{
    return GATE_FUNCTION(gate_framework_version_fn, GATE_FRAMEWORK_VERSION)();
}

uint32_t psa_version(uint32_t sid)
{
    if (!enter()) {
        return PSA_VERSION_NONE;
    }
    const uint32_t version = GATE_FUNCTION(gate_version_fn, GATE_VERSION)(sid);
    leave();
    return version;
}

psa_handle_t psa_connect(uint32_t sid, uint32_t version)
{
    if (!enter()) {
        return PSA_ERROR_CONNECTION_BUSY;
    }
    const psa_handle_t handle = GATE_FUNCTION(gate_connect_fn, GATE_CONNECT)(sid, version);
    leave();
    return handle;
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    if (!enter()) {
        return PSA_ERROR_CONNECTION_BUSY;
    }
    const uint32_t control = gate_control(type, in_len, out_len);
    const psa_status_t status =
        GATE_FUNCTION(gate_call_fn, GATE_CALL)(handle, control, in_vec, out_vec);
    leave();
    return status;
}

void psa_close(psa_handle_t handle)
{
    if (enter()) {
        GATE_FUNCTION(gate_close_fn, GATE_CLOSE)(handle);
        leave();
    }
}

uint32_t psa_rot_lifecycle_state(void)
{
    if (!enter()) {
        return PSA_LIFECYCLE_UNKNOWN;
    }
    const uint32_t state = GATE_FUNCTION(gate_life_cycle_fn, GATE_LIFE_CYCLE)();
    leave();
    return state;
}

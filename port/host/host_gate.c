/*
 * The gate of the native way: the clients' functions and the services' system calls.
 */
#include <garrison/gate.h>
#include <garrison/reset.h>
#include <garrison/spm.h>
#include <psa/client.h>
#include <psa/lifecycle.h>
#include <psa/service.h>

#include "../stm32h573/area_call.h"
#include "host.h"

/** Calls that this thread is in: whoever calls in one of them is its partition. */
static _Thread_local unsigned inside;

void host_gate_forget(void)
{
    while (spm_running() != NULL) {
        (void)spm_end(PSA_ERROR_COMMUNICATION_FAILURE);
    }
    inside = 0;
}

static int32_t caller(void)
{
    return inside > 0 && spm_running() != NULL ? spm_running()->id : SPM_CLIENT_NON_SECURE;
}

uint32_t psa_framework_version(void)
{
    host_ensure_started();
    return PSA_FRAMEWORK_VERSION;
}

uint32_t psa_version(uint32_t sid)
{
    host_ensure_started();
    const uint32_t version = spm_version(caller(), sid);
    if (version == PSA_VERSION_NONE) {
        host_modules_ask_sid(sid);
    }
    return version;
}

uint32_t psa_rot_lifecycle_state(void)
{
    host_ensure_started();
    return spm_life_cycle();
}

/** Runs a partition for what was begun; without one the result stands. */
static psa_status_t run(psa_status_t result, const struct partition *partition,
                        const psa_msg_t *message)
{
    if (partition == NULL) {
        return result;
    }
    inside++;
    psa_status_t answer;
    do {
        answer = partition->function(message);
        message = spm_next();
    } while (message != NULL);
    inside--;
    return spm_end(answer);
}

psa_handle_t psa_connect(uint32_t sid, uint32_t version)
{
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    host_ensure_started();
    const psa_status_t result = spm_connect(caller(), sid, version, &partition, &message);
    if (partition == NULL) {
        host_modules_ask_sid(sid);
    }
    return run(result, partition, message);
}

void psa_close(psa_handle_t handle)
{
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    host_ensure_started();
    const psa_status_t result = spm_close(caller(), handle, &partition, &message);
    (void)run(result, partition, message);
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    const struct partition *partition = NULL;
    const psa_msg_t *message = NULL;
    host_ensure_started();
    const psa_status_t begun = spm_begin(caller(), handle, gate_control(type, in_len, out_len),
                                         in_vec, out_vec, &partition, &message);
    if (partition == NULL) {
        host_modules_ask_handle(handle);
    }
    const psa_status_t result = run(begun, partition, message);
    if (inside == 0 && partition != NULL) {
        host_storage_tell(handle);
    }
    return result;
}

void psa_set_rhandle(psa_handle_t msg_handle, void *rhandle)
{
    spm_set_rhandle(msg_handle, rhandle);
}

size_t psa_read(psa_handle_t msg_handle, uint32_t invec_idx, void *buffer, size_t num_bytes)
{
    return spm_read(msg_handle, invec_idx, buffer, num_bytes);
}

size_t psa_skip(psa_handle_t msg_handle, uint32_t invec_idx, size_t num_bytes)
{
    return spm_skip(msg_handle, invec_idx, num_bytes);
}

void psa_write(psa_handle_t msg_handle, uint32_t outvec_idx, const void *buffer, size_t num_bytes)
{
    spm_write(msg_handle, outvec_idx, buffer, num_bytes);
}

uint32_t area_call_size(uint32_t index)
{
    return spm_area_size(index);
}

enum garrison_status area_call_read(uint32_t index, uint32_t off, uint8_t *data, uint32_t len)
{
    return spm_area_read(index, off, data, len);
}

enum garrison_status area_call_program(uint32_t index, uint32_t off, const uint8_t *data,
                                       uint32_t len)
{
    return spm_area_program(index, off, data, len);
}

enum garrison_status area_call_erase(uint32_t index, uint32_t off, uint32_t len)
{
    return spm_area_erase(index, off, len);
}

void reset_request(void)
{
    spm_reset();
}

void psa_panic(void)
{
    spm_partition_failed("psa_panic");
}

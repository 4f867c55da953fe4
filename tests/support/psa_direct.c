#include "support/psa_direct.h"

#include <garrison/area.h>
#include <garrison/gate.h>
#include <garrison/port.h>
#include <garrison/spm.h>

#define STACK_BYTES 4096u

int32_t psa_direct_client = SPM_CLIENT_NON_SECURE;

static _Alignas(32) uint8_t crypto_stack[STACK_BYTES];
static _Alignas(32) uint8_t update_stack[STACK_BYTES];
static _Alignas(32) uint8_t its_stack[STACK_BYTES];
static _Alignas(32) uint8_t ps_stack[STACK_BYTES];

/* Two sectors each, of the flash that port_fake.h gives. */
#define AREA_BYTES 0x4000u

/* The process is one sandbox: everything is everybody's. */
#define WHOLE_MEMORY                                                                               \
    {                                                                                              \
        {                                                                                          \
            .base = 32, .limit = UINTPTR_MAX & ~(uintptr_t)31,                                     \
            .access = PARTITION_READ | PARTITION_WRITE                                             \
        }                                                                                          \
    }

const struct partition_memory partition_memory_crypto = {
    .stack_base = (uintptr_t)crypto_stack,
    .stack_limit = (uintptr_t)crypto_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
};

const struct partition_memory partition_memory_update = {
    .stack_base = (uintptr_t)update_stack,
    .stack_limit = (uintptr_t)update_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
};

const struct partition_memory partition_memory_its = {
    .stack_base = (uintptr_t)its_stack,
    .stack_limit = (uintptr_t)its_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
    .area = {{0, AREA_BYTES}},
};

const struct partition_memory partition_memory_ps = {
    .stack_base = (uintptr_t)ps_stack,
    .stack_limit = (uintptr_t)ps_stack + STACK_BYTES,
    .region = WHOLE_MEMORY,
    .area = {{AREA_BYTES, AREA_BYTES}, {2 * AREA_BYTES, AREA_BYTES}},
};

static enum garrison_status area_read(const struct flash_device *device, uint32_t off,
                                      uint8_t *data, uint32_t len)
{
    return spm_area_read(*(const uint32_t *)device->context, off, data, len);
}

static enum garrison_status area_program(const struct flash_device *device, uint32_t off,
                                         const uint8_t *data, uint32_t len)
{
    return spm_area_program(*(const uint32_t *)device->context, off, data, len);
}

static enum garrison_status area_erase(const struct flash_device *device, uint32_t off,
                                       uint32_t len)
{
    return spm_area_erase(*(const uint32_t *)device->context, off, len);
}

const struct flash_device *area_device(unsigned index)
{
    static uint32_t indices[PARTITION_AREAS_MAX] = {0, 1};
    static struct flash_device devices[PARTITION_AREAS_MAX];
    const struct flash_device *flash = port_flash();
    if (spm_area_size(index) == 0) {
        return NULL;
    }
    devices[index] = (struct flash_device){
        .size = spm_area_size(index),
        .sector = flash->sector,
        .unit = flash->unit,
        .erased = flash->erased,
        .context = &indices[index],
        .read = area_read,
        .program = area_program,
        .erase = area_erase,
    };
    return &devices[index];
}

uint32_t psa_framework_version(void)
{
    return PSA_FRAMEWORK_VERSION;
}

uint32_t psa_version(uint32_t sid)
{
    return spm_version(psa_direct_client, sid);
}

psa_handle_t psa_connect(uint32_t sid, uint32_t version)
{
    return spm_connect(psa_direct_client, sid, version);
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    const struct partition *partition;
    const psa_msg_t *message;
    psa_status_t status = spm_begin(psa_direct_client, handle, gate_control(type, in_len, out_len),
                                    in_vec, out_vec, &partition, &message);
    return status == PSA_SUCCESS ? spm_end(partition->function(message)) : status;
}

void psa_close(psa_handle_t handle)
{
    (void)spm_close(psa_direct_client, handle);
}

size_t psa_read(psa_handle_t message, uint32_t index, void *buffer, size_t len)
{
    return spm_read(message, index, buffer, len);
}

size_t psa_skip(psa_handle_t message, uint32_t index, size_t len)
{
    return spm_skip(message, index, len);
}

void psa_write(psa_handle_t message, uint32_t index, const void *buffer, size_t len)
{
    spm_write(message, index, buffer, len);
}

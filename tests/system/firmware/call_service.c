/*
 * A service in the place of "its" (the linker's --wrap) that does nothing but read its inputs and
 * fill its outputs, each at once: what is left of a call is the call. It stands in the code that all
 * partitions share.
 */
#include <psa/service.h>

#include "../../bench/call_load.h"

psa_status_t __wrap_its_service(const psa_msg_t *message);

__attribute__((section(".library.call_service"))) psa_status_t
__wrap_its_service(const psa_msg_t *message)
{
    uint8_t buffer[CALL_BYTES_MAX];
    for (uint32_t i = 0; i < PSA_MAX_IOVEC && message->in_size[i] > 0; i++) {
        (void)psa_read(message->handle, i, buffer, sizeof buffer);
    }
    for (uint32_t i = 0; i < PSA_MAX_IOVEC && message->out_size[i] > 0; i++) {
        psa_write(message->handle, i, buffer, message->out_size[i]);
    }
    return PSA_SUCCESS;
}

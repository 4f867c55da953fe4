/*
 * The functions of psa/client.h for a partition that calls another one; what needs no words of its own is in gate.S.
 */
#include <garrison/gate.h>
#include <garrison/partition.h>

#include "gate.h"

/* In the library's part of the image, which every partition may run. */
#define SHARED_CODE __attribute__((section(".library.partition_client")))

SHARED_CODE uint32_t psa_framework_version(void)
{
    return PSA_FRAMEWORK_VERSION;
}

SHARED_CODE psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec,
                                  size_t in_len, psa_outvec *out_vec, size_t out_len)
{
    return partition_call(handle, gate_control(type, in_len, out_len), in_vec, out_vec);
}

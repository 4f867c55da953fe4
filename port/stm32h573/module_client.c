/*
 * The functions of psa/client.h for a module, as far as they need words of their own.
 */
#include <garrison/gate.h>
#include <garrison/module.h>

psa_status_t module_call(psa_handle_t handle, uint32_t control, const psa_invec *in_vec,
                         psa_outvec *out_vec);

uint32_t psa_framework_version(void)
{
    return PSA_FRAMEWORK_VERSION;
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    return module_call(handle, gate_control(type, in_len, out_len), in_vec, out_vec);
}

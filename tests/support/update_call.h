/*
 * psa_call(), psa_read() and psa_write() bound straight to the update service, without the manager
 * between them. An answer that does not fit, and a vector or message that there is not, end the
 * process: the manager would end the service.
 */
#pragma once

#include <stdint.h>

/** Who calls from now on; at first -1, the application. */
extern int32_t update_client;

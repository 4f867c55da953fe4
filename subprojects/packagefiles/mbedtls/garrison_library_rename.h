/*
 * What Mbed TLS stores keys with, under names of the library's own: the crypto service stands between,
 * and hands it on to the client library.
 */
#pragma once

#define psa_its_remove           mbed_psa_its_remove
#define psa_its_set              mbed_psa_its_set

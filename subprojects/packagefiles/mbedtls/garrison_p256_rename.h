/*
 * Gives the crypto service's p256-m, where it has one, names of its own: a native build has that of
 * the boot stages too, and theirs makes no random numbers.
 */
#pragma once

#define p256_ecdh_shared_secret  mbed_p256_ecdh_shared_secret
#define p256_ecdsa_sign          mbed_p256_ecdsa_sign
#define p256_ecdsa_verify        mbed_p256_ecdsa_verify
#define p256_gen_keypair         mbed_p256_gen_keypair
#define p256_generate_random     mbed_p256_generate_random
#define p256_public_from_private mbed_p256_public_from_private
#define p256_validate_privkey    mbed_p256_validate_privkey
#define p256_validate_pubkey     mbed_p256_validate_pubkey

/*
 * The set "medium": what a connected device needs, the algorithms of TF-M's profile of that name. The
 * manager and its clients read the same list: the buffer sizes of psa/crypto_sizes.h depend on it.
 */
#pragma once

#define PSA_WANT_ALG_SHA_224 1
#define PSA_WANT_ALG_SHA_256 1

#define PSA_WANT_ALG_HMAC 1
#define PSA_WANT_ALG_CCM  1

#define PSA_WANT_ALG_HKDF            1
#define PSA_WANT_ALG_TLS12_PRF       1
#define PSA_WANT_ALG_TLS12_PSK_TO_MS 1

#define PSA_WANT_ALG_ECDSA       1
#define PSA_WANT_ALG_ECDH        1
#define PSA_WANT_ECC_SECP_R1_256 1

#define PSA_WANT_KEY_TYPE_RAW_DATA 1
#define PSA_WANT_KEY_TYPE_DERIVE   1
#define PSA_WANT_KEY_TYPE_HMAC     1
#define PSA_WANT_KEY_TYPE_AES      1

#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY        1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC    1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_IMPORT   1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_EXPORT   1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1

/*
 * The set "full": everything that Mbed TLS 3.6 offers through PSA Crypto, but finite fields of 6144 and
 * 8192 bits, which take a minute and more. The manager and its clients
 * read the same list: the buffer sizes of psa/crypto_sizes.h depend on it.
 */
#pragma once

/* Hashes. */
#define PSA_WANT_ALG_MD5       1
#define PSA_WANT_ALG_RIPEMD160 1
#define PSA_WANT_ALG_SHA_1     1
#define PSA_WANT_ALG_SHA_224   1
#define PSA_WANT_ALG_SHA_256   1
#define PSA_WANT_ALG_SHA_384   1
#define PSA_WANT_ALG_SHA_512   1
#define PSA_WANT_ALG_SHA3_224  1
#define PSA_WANT_ALG_SHA3_256  1
#define PSA_WANT_ALG_SHA3_384  1
#define PSA_WANT_ALG_SHA3_512  1

/* MACs. */
#define PSA_WANT_ALG_HMAC 1
#define PSA_WANT_ALG_CMAC 1

/* Ciphers. */
#define PSA_WANT_ALG_STREAM_CIPHER   1
#define PSA_WANT_ALG_CTR             1
#define PSA_WANT_ALG_CFB             1
#define PSA_WANT_ALG_OFB             1
#define PSA_WANT_ALG_ECB_NO_PADDING  1
#define PSA_WANT_ALG_CBC_NO_PADDING  1
#define PSA_WANT_ALG_CBC_PKCS7       1
#define PSA_WANT_ALG_CCM_STAR_NO_TAG 1

/* AEAD. */
#define PSA_WANT_ALG_CCM               1
#define PSA_WANT_ALG_GCM               1
#define PSA_WANT_ALG_CHACHA20_POLY1305 1

/* Key derivation. */
#define PSA_WANT_ALG_HKDF                    1
#define PSA_WANT_ALG_HKDF_EXTRACT            1
#define PSA_WANT_ALG_HKDF_EXPAND             1
#define PSA_WANT_ALG_PBKDF2_HMAC             1
#define PSA_WANT_ALG_PBKDF2_AES_CMAC_PRF_128 1
#define PSA_WANT_ALG_TLS12_PRF               1
#define PSA_WANT_ALG_TLS12_PSK_TO_MS         1
#define PSA_WANT_ALG_TLS12_ECJPAKE_TO_PMS    1

/* Asymmetric. */
#define PSA_WANT_ALG_RSA_PKCS1V15_SIGN   1
#define PSA_WANT_ALG_RSA_PKCS1V15_CRYPT  1
#define PSA_WANT_ALG_RSA_PSS             1
#define PSA_WANT_ALG_RSA_OAEP            1
#define PSA_WANT_ALG_ECDSA               1
#define PSA_WANT_ALG_DETERMINISTIC_ECDSA 1
#define PSA_WANT_ALG_ECDH                1
#define PSA_WANT_ALG_FFDH                1
#define PSA_WANT_ALG_JPAKE               1

/* Curves and groups. */
#define PSA_WANT_ECC_SECP_R1_192        1
#define PSA_WANT_ECC_SECP_R1_224        1
#define PSA_WANT_ECC_SECP_R1_256        1
#define PSA_WANT_ECC_SECP_R1_384        1
#define PSA_WANT_ECC_SECP_R1_521        1
#define PSA_WANT_ECC_SECP_K1_192        1
#define PSA_WANT_ECC_SECP_K1_256        1
#define PSA_WANT_ECC_BRAINPOOL_P_R1_256 1
#define PSA_WANT_ECC_BRAINPOOL_P_R1_384 1
#define PSA_WANT_ECC_BRAINPOOL_P_R1_512 1
#define PSA_WANT_ECC_MONTGOMERY_255     1
#define PSA_WANT_ECC_MONTGOMERY_448     1
#define PSA_WANT_DH_RFC7919_2048        1
#define PSA_WANT_DH_RFC7919_3072        1
#define PSA_WANT_DH_RFC7919_4096        1

/* Key types. */
#define PSA_WANT_KEY_TYPE_RAW_DATA      1
#define PSA_WANT_KEY_TYPE_DERIVE        1
#define PSA_WANT_KEY_TYPE_PASSWORD      1
#define PSA_WANT_KEY_TYPE_PASSWORD_HASH 1
#define PSA_WANT_KEY_TYPE_HMAC          1
#define PSA_WANT_KEY_TYPE_AES           1
#define PSA_WANT_KEY_TYPE_ARIA          1
#define PSA_WANT_KEY_TYPE_CAMELLIA      1
#define PSA_WANT_KEY_TYPE_CHACHA20      1
#define PSA_WANT_KEY_TYPE_DES           1

#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY        1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC    1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_IMPORT   1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_EXPORT   1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_DERIVE   1
#define PSA_WANT_KEY_TYPE_RSA_PUBLIC_KEY        1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_BASIC    1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_IMPORT   1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_EXPORT   1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_GENERATE 1
#define PSA_WANT_KEY_TYPE_DH_PUBLIC_KEY         1
#define PSA_WANT_KEY_TYPE_DH_KEY_PAIR_BASIC     1
#define PSA_WANT_KEY_TYPE_DH_KEY_PAIR_IMPORT    1
#define PSA_WANT_KEY_TYPE_DH_KEY_PAIR_EXPORT    1
#define PSA_WANT_KEY_TYPE_DH_KEY_PAIR_GENERATE  1

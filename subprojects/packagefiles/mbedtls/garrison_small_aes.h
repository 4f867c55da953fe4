/* The library's AES for the small set on the chip: garrison_aes.c in the place of tables. */
#pragma once

#define MBEDTLS_AES_ENCRYPT_ALT
#define MBEDTLS_AES_SETKEY_ENC_ALT

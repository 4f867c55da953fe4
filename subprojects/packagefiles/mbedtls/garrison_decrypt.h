/*
 * For the library's AES where the crypto service's is the chip's: that one leaves keys of 192 bits to
 * this one, in both directions.
 */
#pragma once

#undef MBEDTLS_BLOCK_CIPHER_NO_DECRYPT

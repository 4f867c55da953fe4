/*
 * Drives AES and SAES as firmware does: keys, vectors and messages as hexadecimal text, most
 * significant byte first, as the standards print them. Non-secure and privileged.
 */
#pragma once

#include "dev_bench.h"

#define AES  0x420c0000u
#define SAES 0x420c0c00u

/* Offsets in either block. */
#define CR      0x00u
#define SR      0x04u
#define DINR    0x08u
#define DOUTR   0x0cu
#define KEYR(n) ((n) < 4u ? 0x10u + 4u * (n) : 0x30u + 4u * ((n)-4u))
#define IVR(n)  (0x20u + 4u * (n))
#define SUSPR0  0x40u
#define IER     0x300u
#define ISR     0x304u
#define ICR     0x308u

#define EN          0x1u
#define DATATYPE(n) ((uint32_t)(n) << 1)
#define PREPARE     0x08u
#define DECRYPT     0x10u
#define ECB         0u
#define CBC         0x20u
#define CTR         0x40u
#define GCM         0x60u
#define CCM         0x10000u
#define HEADER      0x2000u
#define PAYLOAD     0x4000u
#define FINAL       0x6000u
#define KEY256      0x40000u
#define NPBLB(n)    ((uint32_t)(n) << 20)
#define IPRST       0x80000000u

#define CCF         0x1u
#define RDERR       0x2u
#define WRERR       0x4u
#define BUSY        0x8u
#define KEYVALID    0x80u
#define RWEIF       0x2u
#define KEIF        0x4u
#define LONG_ENOUGH 100000u

/* Of SAES only. */
#define KEYPROT  0x80000u
#define WRAPPED  0x01000000u
#define SHARED   0x02000000u
#define KSHAREID 0x04000000u
#define DHUK     0x10000000u
#define BHK      0x20000000u
#define DHUK_XOR 0x40000000u
#define KEYSEL   0x70000000u
#define RNGEIF   0x8u

#define RCC_AHB2ENR (0x44020c00u + 0x8cu)
#define RNG_CLOCK   (1u << 18)
#define SAES_CLOCK  (1u << 20)

/** Words of the text; the last one is filled up with zeros. @return how many */
unsigned words_of(const char *hex, uint32_t *words);

/** Fails unless the words read as the text, which may end within a word. */
void expect_words(const uint32_t *words, const char *hex);

/** Writes the key registers from the last to the first, and the vector. */
void set_key(struct dev_bench *b, uint32_t base, const char *hex);
void set_iv(struct dev_bench *b, uint32_t base, const char *hex);

/** Waits for CCF and clears it. */
void wait_ccf(struct dev_bench *b, uint32_t base);

/** Four words in; wait; four words out. */
void put_block(struct dev_bench *b, uint32_t base, const uint32_t in[4]);
void get_block(struct dev_bench *b, uint32_t base, uint32_t out[4]);

/** Blocks of a message through the block, which is enabled; `expected` may be NULL. */
void run_blocks(struct dev_bench *b, uint32_t base, const char *in, const char *expected);

/** A whole message in ECB, CBC or CTR: key, preparation for decryption, vector, blocks. */
void run_message(struct dev_bench *b, uint32_t base, uint32_t cr, const char *key, const char *iv,
                 const char *in, const char *expected);

/** A message of GCM or CCM; what it is made of is NULL or empty where it has none. */
struct aead {
    uint32_t cr; /**< GCM or CCM, KEY256, DATATYPE. */
    const char *key;
    const char *iv;       /**< First counter block of the payload, or B0. */
    const char *header;   /**< In whole blocks, for CCM with its length in front. */
    const char *payload;  /**< As it goes in. */
    const char *expected; /**< As it comes out. */
    const char *lengths;  /**< The last block of GCM. */
    const char *tag;
};

/** Runs it; `decrypt` swaps payload and expected. */
void run_aead(struct dev_bench *b, uint32_t base, const struct aead *aead, bool decrypt);

/** Switches RNG and SAES on. */
void clocks_on(struct dev_bench *b);

/** A chip in product state CLOSED with those clocks on, and the same after a system reset. */
struct dev_bench *closed_chip(bool trustzone);
void again(struct dev_bench *b);

/** Selects a hardware key of SAES and waits for it. */
void select_key(struct dev_bench *b, uint32_t cr);

/** The zero block under a hardware key, which tells keys apart without showing them. */
void fingerprint(struct dev_bench *b, uint32_t cr, uint32_t out[4]);

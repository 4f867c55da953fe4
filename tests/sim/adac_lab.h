/*
 * The protocol of debug authentication over a chip that only notes what is done with it: requests as
 * a host makes them, and what must hold of each answer.
 */
#pragma once

#include "adac.h"

#define LEVEL1    0x0010u /* HDPL 1 and on, Secure and Non-secure. */
#define LEVEL2    0x0020u
#define LEVEL3    0x0040u
#define LEVEL1_NS 0x0001u
#define LEVEL3_NS 0x0004u
#define PARTIAL   0x1000u
#define FULL      0x4000u

#define OK           0u
#define FAILED       1u
#define MORE         2u
#define UNSUPPORTED  3u
#define UNAUTHORIZED 4u
#define INVALID      5u
#define NO_COMMAND   0x7FFFu

#define CERT  0x0201u
#define TOKEN 0x0200u
#define PASS  0x8000u

struct adac_lab {
    struct adac adac;
    bool random; /**< Whether there are random numbers. */
    bool regression_allowed;
    uint8_t drawn; /**< Challenges so far. */
    unsigned verified;
    unsigned opened;
    unsigned closed;
    unsigned regressed;
    bool full;
    struct adac_debug debug;
    unsigned refused;
    char text[ADAC_WHY]; /**< Of the last note. */
    uint8_t response[ADAC_RESPONSE_BYTES];
    size_t len;
};

extern const uint8_t adac_password[16];

/** A session in CLOSED with sound credentials: the root's key is owner 1's, or adac_password. */
void adac_lab_begin(struct adac_lab *w, bool trustzone);

/** Sends a request and looks at the form of the answer. @return its status */
unsigned adac_lab_request(struct adac_lab *w, uint16_t command, const void *data, size_t len);
/** Gets a challenge. */
void adac_lab_start(struct adac_lab *w);
/** Sends one TLV as a response, padded. @return the status */
unsigned adac_lab_tlv(struct adac_lab *w, uint16_t type, const void *value, size_t len);
/** Sends a token signed by an owner over the challenge. @return the status */
unsigned adac_lab_token(struct adac_lab *w, uint16_t permissions, uint8_t owner);
/** Gets a challenge and sends the chain of owners 1, 2 and 3 in one request. */
void adac_lab_prove(struct adac_lab *w);

/** Nothing was opened and no regression started. */
void adac_lab_nothing(const struct adac_lab *w);
/** The same, with that status and reason, and the attempt is over. */
void adac_lab_refused(struct adac_lab *w, unsigned status, unsigned wanted, const char *why);

#include "services/attest.h"

#include <stdbool.h>

#include <psa/initial_attestation.h>
#include <psa/lifecycle.h>

#include "base/text.h"
#include "services/attest_key.h"
#include "services/attest_protocol.h"
#include "token/claims.h"
#include "token/cose.h"

#define DIGEST_BYTES        32u
#define CHALLENGE_BYTES_MAX 64u
#define SIGNATURE_ITEM      (2u + COSE_SIGNATURE_BYTES)
#define VERSION_BYTES       25u /* "255.255.65535+4294967295" and NUL */

static const char digest_name[] = "sha-256";

/** An image that runs, as its component of the claims shows it. */
struct image {
    uint32_t role; /**< enum image_role. */
    char version[VERSION_BYTES];
    uint8_t measurement[DIGEST_BYTES];
    uint8_t signer[DIGEST_BYTES];
};

static struct image images[HANDOFF_ENTRIES_MAX];
static uint32_t image_count;

static uint8_t boot_seed[ATTEST_BOOT_SEED_BYTES];
static bool has_boot_seed;

/** Where a token is made. */
static uint8_t memory[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];

void attest_note_boot(const uint8_t *seed)
{
    image_count = 0;
    has_boot_seed = seed != NULL;
    if (has_boot_seed) {
        memcpy(boot_seed, seed, sizeof boot_seed);
    }
}

void attest_note_image(const struct measured *image)
{
    struct text text;
    if (image_count >= HANDOFF_ENTRIES_MAX) {
        return;
    }
    struct image *own = &images[image_count++];
    own->role = image->role;
    memcpy(own->measurement, image->measurement, sizeof own->measurement);
    memcpy(own->signer, image->signer, sizeof own->signer);
    text_start(&text);
    text_add_version(&text, image->version.major, image->version.minor, image->version.revision);
    if (image->version.build != 0) {
        text_add(&text, "+");
        text_add_number(&text, image->version.build);
    }
    memcpy(own->version, text.line, text.used + 1u); /* VERSION_BYTES at most */
}

void attest_note_key(const uint8_t *seed)
{
    attest_key_set(seed);
}

static struct view text_view(const char *text)
{
    return (struct view){(const uint8_t *)text, (uint32_t)strlen(text)};
}

static struct view bytes_view(const uint8_t bytes[DIGEST_BYTES])
{
    return (struct view){bytes, DIGEST_BYTES};
}

/** Encodes the claims up to where the signature goes. @param part  out: what is to be signed */
static psa_status_t compose(struct cose *cose, const psa_msg_t *message, uint32_t profile,
                            struct view challenge, struct view part[2])
{
    struct claims_component component[HANDOFF_ENTRIES_MAX];
    uint8_t instance_id[ATTEST_ID_BYTES];
    struct claims claims = {
        .challenge = challenge,
        .instance_id = {instance_id, sizeof instance_id},
        .boot_seed = {boot_seed, has_boot_seed ? sizeof boot_seed : 0},
        .client_id = message->client_id,
        .life_cycle = psa_rot_lifecycle_state(),
        .component = component,
        .components = image_count,
    };
    for (uint32_t i = 0; i < image_count; i++) {
        const struct image *image = &images[i];
        component[i] = (struct claims_component){
            .type = text_view(image_role_text(image->role)),
            .measurement = bytes_view(image->measurement),
            .version = text_view(image->version),
            .signer = bytes_view(image->signer),
            .description = text_view(digest_name),
        };
        if (image->role == IMAGE_ROLE_IROT) {
            claims.implementation_id = bytes_view(image->measurement);
        }
    }
    const psa_status_t status =
        has_boot_seed ? attest_key_id(instance_id) : PSA_ERROR_SERVICE_FAILURE;
    if (status != PSA_SUCCESS) {
        return status;
    }
    cose_start(cose, memory, sizeof memory);
    const bool made =
        claims_put(&cose->room, (enum claims_profile)profile, &claims) == GARRISON_OK &&
        cose_close(cose, part) == GARRISON_OK;
    return made ? PSA_SUCCESS : PSA_ERROR_SERVICE_FAILURE;
}

static bool is_challenge(size_t len)
{
    return len == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32 ||
           len == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_48 ||
           len == PSA_INITIAL_ATTEST_CHALLENGE_SIZE_64;
}

static psa_status_t serve_token(const psa_msg_t *message, const struct attest_request *request)
{
    uint8_t challenge[CHALLENGE_BYTES_MAX];
    uint8_t signature[COSE_SIGNATURE_BYTES];
    const size_t len = message->in_size[1];
    struct view part[2];
    struct cose cose;
    if (!is_challenge(len) || psa_read(message->handle, 1, challenge, len) != len) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    psa_status_t status =
        compose(&cose, message, request->profile, (struct view){challenge, (uint32_t)len}, part);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (message->out_size[0] < cose.room.used + SIGNATURE_ITEM) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    status = attest_key_sign(part, signature);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (cose_sign(&cose, signature) != GARRISON_OK) {
        return PSA_ERROR_SERVICE_FAILURE;
    }
    psa_write(message->handle, 0, memory, cose.room.used);
    return PSA_SUCCESS;
}

static psa_status_t serve_size(const psa_msg_t *message, const struct attest_request *request)
{
    static const uint8_t challenge[CHALLENGE_BYTES_MAX];
    struct view part[2];
    struct cose cose;
    if (message->out_size[0] != sizeof(uint32_t)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (!is_challenge(request->challenge)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const struct view any = {challenge, request->challenge};
    const psa_status_t status = compose(&cose, message, request->profile, any, part);
    if (status == PSA_SUCCESS) {
        const uint32_t size = cose.room.used + SIGNATURE_ITEM;
        psa_write(message->handle, 0, &size, sizeof size);
    }
    return status;
}

static psa_status_t serve_public_key(const psa_msg_t *message)
{
    uint8_t point[ATTEST_POINT_BYTES];
    if (message->out_size[0] != sizeof point) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const psa_status_t status = attest_key_public(point);
    if (status == PSA_SUCCESS) {
        psa_write(message->handle, 0, point, sizeof point);
    }
    return status;
}

psa_status_t attest_service(const psa_msg_t *message)
{
    struct attest_request request;
    if (message->in_size[0] != sizeof request ||
        psa_read(message->handle, 0, &request, sizeof request) != sizeof request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    if (message->type != PSA_IPC_CALL || request.profile >= CLAIMS_PROFILES) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    switch (request.function) {
    case ATTEST_TOKEN:
        return serve_token(message, &request);
    case ATTEST_SIZE:
        return serve_size(message, &request);
    case ATTEST_PUBLIC_KEY:
        return serve_public_key(message);
    default:
        return PSA_ERROR_NOT_SUPPORTED;
    }
}

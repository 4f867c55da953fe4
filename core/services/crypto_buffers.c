#include <mbedtls/platform.h>

#include "base/secret.h"
#include "services/crypto_request.h"

/** Of a stream, what passes at a time; it stands on the stack. */
#define PART_BYTES 256u

/** What a part may become: blocks of a cipher that were held back come out with it. */
#define PART_OUT_BYTES (PART_BYTES + PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE)

static size_t taken;

static bool take(struct crypto_bytes *bytes, size_t size)
{
    bytes->size = size;
    bytes->data = mbedtls_calloc(1, size > 0 ? size : 1);
    taken += bytes->data != NULL ? size : 0;
    return bytes->data != NULL;
}

static void release(struct crypto_bytes *bytes)
{
    if (bytes->data != NULL) {
        secret_wipe(bytes->data, bytes->size);
        mbedtls_free(bytes->data);
        taken -= bytes->size;
    }
}

size_t crypto_buffers_bytes(void)
{
    return taken;
}

static bool read_input(const struct crypto_call *call, uint32_t index, struct crypto_bytes *bytes)
{
    const psa_msg_t *message = call->message;
    if (!take(bytes, message->in_size[index])) {
        return false;
    }
    bytes->len = psa_read(message->handle, index, bytes->data, bytes->size);
    return true;
}

psa_status_t crypto_whole(const struct crypto_call *call, size_t out_max, crypto_whole_fn *run)
{
    struct crypto_buffers buffers = {0};
    const size_t room = call->message->out_size[0];
    psa_status_t status = PSA_ERROR_INSUFFICIENT_MEMORY;

    if (read_input(call, 1, &buffers.in[0]) && read_input(call, 2, &buffers.in[1]) &&
        take(&buffers.out, room < out_max ? room : out_max)) {
        status = run(call, &buffers);
    }
    if (status == PSA_SUCCESS && buffers.out.len > 0) {
        psa_write(call->message->handle, 0, buffers.out.data, buffers.out.len);
    }
    release(&buffers.out);
    release(&buffers.in[1]);
    release(&buffers.in[0]);
    return status;
}

psa_status_t crypto_stream(const struct crypto_call *call, void *state, crypto_part_fn *part,
                           size_t *written)
{
    const psa_msg_t *message = call->message;
    uint8_t in[PART_BYTES];
    uint8_t out[PART_OUT_BYTES];
    size_t in_len = psa_read(message->handle, 1, in, sizeof in);
    psa_status_t status;

    do {
        const size_t room = message->out_size[0] - *written;
        size_t out_len = 0;
        status = part(state, in, in_len, out, room < sizeof out ? room : sizeof out, &out_len);
        if (out_len > 0 && status == PSA_SUCCESS) {
            psa_write(message->handle, 0, out, out_len);
            *written += out_len;
        }
        if (status == PSA_SUCCESS) {
            in_len = psa_read(message->handle, 1, in, sizeof in);
        }
    } while (in_len > 0 && status == PSA_SUCCESS);
    secret_wipe(in, sizeof in);
    secret_wipe(out, sizeof out);
    return status;
}

psa_status_t crypto_absorb(const struct crypto_call *call, void *state, crypto_part_fn *part)
{
    size_t written = 0;
    return crypto_stream(call, state, part, &written);
}

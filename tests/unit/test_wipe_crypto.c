/*
 * What the crypto service leaves of secrets in its arena and on its stack: nothing, however a request
 * or an operation ends.
 */
#include "crypto_fixture.h"

#include <stdlib.h>

#include "services/crypto.h"
#include "support/marks.h"
#include "support/psa_direct.h"

#define BYTES  64u
#define PIECES (BYTES / MARK_PIECE_BYTES)
#define HMAC   PSA_ALG_HMAC(PSA_ALG_SHA_256)
#define HKDF   PSA_ALG_HKDF(PSA_ALG_SHA_256)
#define CTR    PSA_ALG_CTR
#define GCM    PSA_ALG_GCM
#define EXPORT PSA_KEY_USAGE_EXPORT

#define DETERMINISTIC PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256)

/* On the heap: what a client has of its own is not looked at. */
static struct client {
    uint8_t sealed[2 * BYTES];
    uint8_t opened[2 * BYTES];
    size_t sealed_len;
    size_t len;
    psa_status_t status;
} * client;
static uint8_t *mark;
static psa_key_id_t key;
static psa_cipher_operation_t cipher;
static psa_hash_operation_t hash;
static psa_key_derivation_operation_t derivation;

static int set_up_marks(void **state)
{
    mark = mark_make(BYTES);
    client = calloc(1, sizeof *client);
    return client != NULL ? crypto_set_up(state) : -1;
}

static int tear_down_marks(void **state)
{
    free(mark);
    free(client);
    return crypto_nothing_is_left(state);
}

static void run(void (*body)(void))
{
    client->status = PSA_ERROR_GENERIC_ERROR;
    marks_run(body);
}

static void expect(psa_status_t status, size_t copies)
{
    assert_int_equal(client->status, status);
    assert_int_equal(marks_count(mark, BYTES), copies * PIECES);
    assert_int_equal(marks_on_stack(mark, BYTES), 0);
}

static void import(void)
{
    const psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_HMAC, 0, EXPORT | PSA_KEY_USAGE_SIGN_MESSAGE, HMAC);
    client->status = psa_import_key(&attributes, mark, BYTES, &key);
}

static void import_wrongly(void)
{
    const psa_key_attributes_t attributes = attributes_of(PSA_KEY_TYPE_AES, 0, EXPORT, CTR);
    client->status = psa_import_key(&attributes, mark, BYTES, &key);
}

static void export(void)
{
    client->status = psa_export_key(key, client->opened, BYTES, &client->len);
}

static void destroy(void)
{
    client->status = psa_destroy_key(key);
}

/** As the manager tells it when a client has ended. */
static void end_client(void)
{
    const psa_msg_t message = {.type = PSA_IPC_CLIENT_ENDED, .client_id = psa_direct_client};
    client->status = crypto_service(&message);
}

static void a_key_stands_in_its_slot_alone(void **state)
{
    (void)state;
    run(import);
    expect(PSA_SUCCESS, 1);
    run(export);
    assert_memory_equal(client->opened, mark, BYTES);
    expect(PSA_SUCCESS, 1);
    run(destroy);
    expect(PSA_SUCCESS, 0);
}

static void a_key_that_is_refused_is_nowhere(void **state)
{
    (void)state;
    run(import_wrongly);
    expect(PSA_ERROR_INVALID_ARGUMENT, 0);
}

static void keys_of_a_client_that_has_ended_are_gone(void **state)
{
    (void)state;
    run(import);
    expect(PSA_SUCCESS, 1);
    run(end_client);
    expect(PSA_SUCCESS, 0);
}

static void make_aes(psa_algorithm_t alg)
{
    key = generate_key(PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT, alg);
}

static void encrypt(void)
{
    client->status = psa_cipher_encrypt(key, CTR, mark, BYTES, client->sealed,
                                        sizeof client->sealed, &client->sealed_len);
}

static void decrypt(void)
{
    client->status = psa_cipher_decrypt(key, CTR, client->sealed, client->sealed_len,
                                        client->opened, sizeof client->opened, &client->len);
}

static void decrypt_without_room(void)
{
    client->status = psa_cipher_decrypt(key, CTR, client->sealed, client->sealed_len,
                                        client->opened, BYTES - 1, &client->len);
}

static void update(void)
{
    client->status = psa_cipher_encrypt_setup(&cipher, key, CTR);
    OK(client->status);
    OK(psa_cipher_set_iv(&cipher, client->sealed, 16));
    client->status = psa_cipher_update(&cipher, mark, BYTES, client->sealed, sizeof client->sealed,
                                       &client->sealed_len);
}

static void stop(void)
{
    client->status = psa_cipher_abort(&cipher);
}

static void a_stream_leaves_nothing(void **state)
{
    (void)state;
    make_aes(CTR);
    run(encrypt);
    expect(PSA_SUCCESS, 0);
    run(decrypt);
    assert_memory_equal(client->opened, mark, BYTES);
    expect(PSA_SUCCESS, 0);
    run(decrypt_without_room);
    expect(PSA_ERROR_BUFFER_TOO_SMALL, 0);
    run(update);
    expect(PSA_SUCCESS, 0);
    run(stop);
    expect(PSA_SUCCESS, 0);
    OK(psa_destroy_key(key));
}

static void seal(void)
{
    client->status = psa_aead_encrypt(key, GCM, client->opened, 12, NULL, 0, mark, BYTES,
                                      client->sealed, sizeof client->sealed, &client->sealed_len);
}

static void open(void)
{
    client->status =
        psa_aead_decrypt(key, GCM, client->opened, 12, NULL, 0, client->sealed, client->sealed_len,
                         client->opened, sizeof client->opened, &client->len);
}

static void whole_texts_leave_nothing(void **state)
{
    (void)state;
    make_aes(GCM);
    run(seal);
    expect(PSA_SUCCESS, 0);
    client->sealed[0] ^= 1;
    run(open);
    expect(PSA_ERROR_INVALID_SIGNATURE, 0);
    client->sealed[0] ^= 1;
    run(open);
    assert_memory_equal(client->opened, mark, BYTES);
    expect(PSA_SUCCESS, 0);
    OK(psa_destroy_key(key));
}

static void begin_hash(void)
{
    client->status = psa_hash_setup(&hash, PSA_ALG_SHA_256);
    OK(client->status);
    client->status = psa_hash_update(&hash, mark, BYTES - MARK_PIECE_BYTES);
}

static void finish_hash(void)
{
    client->status = psa_hash_finish(&hash, client->opened, 32, &client->len);
}

static void abort_hash(void)
{
    client->status = psa_hash_abort(&hash);
}

static void fail_hash(void)
{
    client->status = psa_hash_verify(&hash, client->sealed, 32);
}

/** Less than a block waits in the state. */
static void an_operation_leaves_nothing_however_it_ends(void **state)
{
    static const struct {
        void (*end)(void);
        psa_status_t status;
    } ends[] = {{finish_hash, PSA_SUCCESS},
                {abort_hash, PSA_SUCCESS},
                {fail_hash, PSA_ERROR_INVALID_SIGNATURE},
                {end_client, PSA_SUCCESS}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        run(begin_hash);
        OK(client->status);
        assert_int_equal(marks_count(mark, BYTES), PIECES - 1);
        run(ends[i].end);
        expect(ends[i].status, 0);
        hash = psa_hash_operation_init();
    }
}

/* Mbed TLS's, in the place of the one that wipes. */
psa_status_t __wrap_mbed_psa_hash_abort(psa_hash_operation_t *operation);
extern psa_status_t __real_mbed_psa_hash_abort(psa_hash_operation_t *operation);
static bool leaves_marks;

psa_status_t __wrap_mbed_psa_hash_abort(psa_hash_operation_t *operation)
{
    const psa_status_t status = __real_mbed_psa_hash_abort(operation);
    if (leaves_marks) {
        memcpy(operation, mark, 2 * MARK_PIECE_BYTES);
    }
    return status;
}

static void what_a_library_leaves_in_a_state_is_wiped(void **state)
{
    (void)state;
    run(begin_hash);
    leaves_marks = true;
    run(abort_hash);
    leaves_marks = false;
    expect(PSA_SUCCESS, 0);
}

/* What AddressSanitizer puts around each object on the stack is no object, so it is not wiped. */
#ifdef __SANITIZE_ADDRESS__
#define HAS_RED_ZONES true
#else
#define HAS_RED_ZONES false
#endif

/* Behind each request the service wipes what is below its stack. Here it does not but where a test
 * wants it: each function is to wipe what is its own. */
void __wrap_secret_wipe_stack(size_t bytes);
extern void __real_secret_wipe_stack(size_t bytes);
static bool wipes_stack;

void __wrap_secret_wipe_stack(size_t bytes)
{
    if (wipes_stack) {
        __real_secret_wipe_stack(bytes);
    }
}

static void sign(void)
{
    client->status =
        psa_sign_hash(key, DETERMINISTIC, sha256_abc, 32, client->opened, 64, &client->len);
}

static void what_a_library_leaves_on_the_stack_is_wiped(void **state)
{
    const psa_key_attributes_t attributes =
        attributes_of(P256_PAIR, 0, PSA_KEY_USAGE_SIGN_HASH, DETERMINISTIC);
    (void)state;
    if (HAS_RED_ZONES) {
        skip();
    }
    OK(psa_import_key(&attributes, mark, 32, &key));
    run(sign);
    OK(client->status);
    assert_int_not_equal(marks_on_stack(mark, 32), 0); /* else nobody needs it */
    wipes_stack = true;
    run(sign);
    wipes_stack = false;
    OK(client->status);
    assert_int_equal(marks_on_stack(mark, 32), 0);
    OK(psa_destroy_key(key));
}

static void sign_message(void)
{
    client->status = psa_sign_message(key, ECDSA, mark, BYTES, client->opened, 64, &client->len);
}

static void the_hash_of_a_message_that_is_signed_is_gone(void **state)
{
    uint8_t *hash_of_mark = malloc(32);
    (void)state;
    OK(psa_hash_compute(PSA_ALG_SHA_256, mark, BYTES, hash_of_mark, 32, &client->len));
    key = generate_key(P256_PAIR, 256, PSA_KEY_USAGE_SIGN_MESSAGE, ECDSA);
    run(sign_message);
    expect(PSA_SUCCESS, 0);
    assert_int_equal(marks_on_stack(hash_of_mark, 32), 0);
    OK(psa_destroy_key(key));
    free(hash_of_mark);
}

static void make_mac(void)
{
    client->status = psa_mac_compute(key, HMAC, mark, BYTES, client->sealed, 32, &client->len);
}

static void verify_mac(void)
{
    client->status = psa_mac_verify(key, HMAC, mark, BYTES, client->sealed, 32);
}

static void a_mac_is_the_clients_alone(void **state)
{
    (void)state;
    key = generate_key(PSA_KEY_TYPE_HMAC, 256,
                       PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE, HMAC);
    run(make_mac);
    expect(PSA_SUCCESS, 0);
    assert_int_equal(marks_count(client->sealed, 32), 0);
    run(verify_mac);
    expect(PSA_SUCCESS, 0);
    assert_int_equal(marks_count(client->sealed, 32), 0);
    OK(psa_destroy_key(key));
}

static void make_random(void)
{
    client->status = psa_generate_random(mark, BYTES);
}

static void random_bytes_are_nobody_elses(void **state)
{
    (void)state;
    run(make_random);
    expect(PSA_SUCCESS, 0);
}

static void begin_derivation(void)
{
    const uint8_t secret[] = "a secret that has no mark";
    OK(psa_key_derivation_setup(&derivation, HKDF));
    OK(psa_key_derivation_input_bytes(&derivation, PSA_KEY_DERIVATION_INPUT_SECRET, secret,
                                      sizeof secret));
    OK(psa_key_derivation_input_bytes(&derivation, PSA_KEY_DERIVATION_INPUT_INFO, secret, 1));
}

static void derive(void)
{
    client->status = psa_key_derivation_output_bytes(&derivation, mark, BYTES);
}

static void verify(void)
{
    client->status = psa_key_derivation_verify_bytes(&derivation, mark, BYTES);
}

static void end_derivation(void)
{
    client->status = psa_key_derivation_abort(&derivation);
}

/** The operation itself keeps its last block until it is aborted. */
static void derived_bytes_are_the_clients_alone(void **state)
{
    static void (*const requests[])(void) = {derive, verify};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        begin_derivation();
        run(requests[i]);
        OK(client->status);
        assert_int_equal(marks_on_stack(mark, BYTES), 0);
        run(end_derivation);
        expect(PSA_SUCCESS, 0);
    }
}

#define MARKED(name) cmocka_unit_test_setup_teardown(name, set_up_marks, tear_down_marks)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MARKED(a_key_stands_in_its_slot_alone),
        MARKED(a_key_that_is_refused_is_nowhere),
        MARKED(keys_of_a_client_that_has_ended_are_gone),
        MARKED(a_stream_leaves_nothing),
        MARKED(whole_texts_leave_nothing),
        MARKED(an_operation_leaves_nothing_however_it_ends),
        MARKED(what_a_library_leaves_in_a_state_is_wiped),
        MARKED(what_a_library_leaves_on_the_stack_is_wiped),
        MARKED(the_hash_of_a_message_that_is_signed_is_gone),
        MARKED(a_mac_is_the_clients_alone),
        MARKED(random_bytes_are_nobody_elses),
        MARKED(derived_bytes_are_the_clients_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Images that are not as their owner signed them, brought the whole way through Firmware Update: each
 * field changed to each of its bounds, areas that overlap or wrap, parts of two images, and ends that
 * come too early.
 */
#include "refusal_fixture.h"

#include <string.h>

#include "support/test.h"

/* Offsets in an image as refusal_recipe() makes it: MCUboot's format, typed here. */
#define AT_MAGIC          0u
#define AT_LOAD_ADDR      4u
#define AT_HEADER_SIZE    8u
#define AT_PROTECTED_SIZE 10u
#define AT_BODY_SIZE      12u
#define AT_FLAGS          16u
#define AT_VERSION        20u
#define AT_PAD            28u
#define AT_PROTECTED      (HEADER_BYTES + BODY_BYTES) /* magic, size, then one entry of 4 bytes */
#define AT_TLVS           (AT_PROTECTED + 12u)        /* magic, size, then the entries */
#define AT_SHA256         (AT_TLVS + 4u)
#define AT_KEYHASH        (AT_SHA256 + 36u)
#define AT_ECDSA          (AT_KEYHASH + 36u)

/*
 * Bytes of a signed image that are not what was signed.
 */

struct field {
    const char *name;
    uint32_t off;
    uint32_t size;  /**< Bytes. */
    uint32_t value; /**< It becomes this ... */
    int32_t more;   /**< ... or, if not 0, is changed by so much. */
    enum garrison_status reason;
    psa_status_t error;
};

#define SET(off, size, value, reason, error)                                                       \
    {                                                                                              \
#off " becomes " #value, off, size, value, 0, GARRISON_ERROR_##reason, PSA_ERROR_##error   \
    }
#define MORE(off, size, more, reason, error)                                                       \
    {                                                                                              \
#off " changes by " #more, off, size, 0, more, GARRISON_ERROR_##reason, PSA_ERROR_##error  \
    }

static const struct field fields[] = {
    SET(AT_MAGIC, 4, 0, FORMAT, INVALID_ARGUMENT),
    MORE(AT_MAGIC, 4, 1, FORMAT, INVALID_ARGUMENT),
    MORE(AT_MAGIC, 4, -1, FORMAT, INVALID_ARGUMENT),
    MORE(AT_LOAD_ADDR, 4, 1, DIGEST, INVALID_SIGNATURE),
    SET(AT_LOAD_ADDR, 4, 0, DIGEST, INVALID_SIGNATURE),
    SET(AT_LOAD_ADDR, 4, 0xFFFFFFFF, DIGEST, INVALID_SIGNATURE),
    SET(AT_HEADER_SIZE, 2, 0, FORMAT, INVALID_ARGUMENT),
    MORE(AT_HEADER_SIZE, 2, -1, FORMAT, INVALID_ARGUMENT),
    MORE(AT_HEADER_SIZE, 2, 1, FORMAT, INVALID_ARGUMENT),
    SET(AT_HEADER_SIZE, 2, 0xFFFF, BOUNDS, INVALID_ARGUMENT),
    SET(AT_PROTECTED_SIZE, 2, 0, FORMAT, INVALID_ARGUMENT),
    MORE(AT_PROTECTED_SIZE, 2, -1, FORMAT, INVALID_ARGUMENT),
    MORE(AT_PROTECTED_SIZE, 2, 1, FORMAT, INVALID_ARGUMENT),
    SET(AT_PROTECTED_SIZE, 2, 0xFFFF, FORMAT, INVALID_ARGUMENT),
    SET(AT_BODY_SIZE, 4, 0, FORMAT, INVALID_ARGUMENT),
    MORE(AT_BODY_SIZE, 4, -1, FORMAT, INVALID_ARGUMENT),
    MORE(AT_BODY_SIZE, 4, 1, FORMAT, INVALID_ARGUMENT),
    SET(AT_BODY_SIZE, 4, 0x7FFFFFFF, BOUNDS, INVALID_ARGUMENT),
    SET(AT_BODY_SIZE, 4, 0xFFFFFFE0, BOUNDS, INVALID_ARGUMENT), /* with the header: 0 */
    SET(AT_BODY_SIZE, 4, 0xFFFFFFFF, BOUNDS, INVALID_ARGUMENT),
    SET(AT_FLAGS, 4, IMAGE_FLAG_ENCRYPTED_128, FORMAT, INVALID_ARGUMENT),
    SET(AT_FLAGS, 4, IMAGE_FLAG_ENCRYPTED_256, FORMAT, INVALID_ARGUMENT),
    SET(AT_FLAGS, 4, IMAGE_FLAGS_ENCRYPTED, FORMAT, INVALID_ARGUMENT),
    SET(AT_FLAGS, 4, 0, DIGEST, INVALID_SIGNATURE),
    SET(AT_VERSION, 4, 3, DIGEST, INVALID_SIGNATURE),
    SET(AT_VERSION + 4u, 4, 0xFFFFFFFF, DIGEST, INVALID_SIGNATURE),
    SET(AT_PAD, 4, 1, FORMAT, INVALID_ARGUMENT),
    SET(AT_PAD, 4, 0xFFFFFFFF, FORMAT, INVALID_ARGUMENT),
    MORE(HEADER_BYTES, 4, 1, DIGEST, INVALID_SIGNATURE),
    MORE(AT_PROTECTED - 1u, 1, 1, DIGEST, INVALID_SIGNATURE),
    /* The areas of TLVs, and each entry: too short, running into each other, wrapping. */
    SET(AT_PROTECTED, 2, IMAGE_TLV_MAGIC, FORMAT, INVALID_ARGUMENT),
    SET(AT_PROTECTED + 2u, 2, 0, FORMAT, INVALID_ARGUMENT),
    SET(AT_PROTECTED + 2u, 2, 3, FORMAT, INVALID_ARGUMENT),
    MORE(AT_PROTECTED + 2u, 2, -1, BOUNDS, INVALID_ARGUMENT),
    MORE(AT_PROTECTED + 2u, 2, 1, BOUNDS, INVALID_ARGUMENT),
    MORE(AT_PROTECTED + 2u, 2, 4, UNSUPPORTED, NOT_SUPPORTED), /* the next area's head */
    SET(AT_PROTECTED + 2u, 2, 0xFFFF, BOUNDS, INVALID_ARGUMENT),
    SET(AT_PROTECTED + 4u, 2, 0x51, UNSUPPORTED, NOT_SUPPORTED),
    SET(AT_PROTECTED + 4u, 2, IMAGE_TLV_SHA256, FORMAT, INVALID_ARGUMENT),
    SET(AT_PROTECTED + 6u, 2, 0, FORMAT, INVALID_ARGUMENT),
    MORE(AT_PROTECTED + 6u, 2, 1, FORMAT, INVALID_ARGUMENT),
    SET(AT_PROTECTED + 6u, 2, 0xFFFF, FORMAT, INVALID_ARGUMENT),
    MORE(AT_PROTECTED + 8u, 4, 1, DIGEST, INVALID_SIGNATURE),
    SET(AT_TLVS, 2, IMAGE_TLV_PROTECTED_MAGIC, FORMAT, INVALID_ARGUMENT),
    SET(AT_TLVS + 2u, 2, 0, FORMAT, INVALID_ARGUMENT),
    SET(AT_TLVS + 2u, 2, 3, FORMAT, INVALID_ARGUMENT),
    SET(AT_TLVS + 2u, 2, 4, FORMAT, INVALID_ARGUMENT), /* none of them */
    MORE(AT_TLVS + 2u, 2, -1, BOUNDS, INVALID_ARGUMENT),
    MORE(AT_TLVS + 2u, 2, 1, BOUNDS, INVALID_ARGUMENT),
    SET(AT_TLVS + 2u, 2, 0x8000, BOUNDS, INVALID_ARGUMENT),
    SET(AT_TLVS + 2u, 2, 0xFFFF, BOUNDS, INVALID_ARGUMENT),
    MORE(AT_SHA256 + 2u, 2, -1, FORMAT, INVALID_ARGUMENT),
    MORE(AT_SHA256 + 2u, 2, 1, FORMAT, INVALID_ARGUMENT),
    SET(AT_SHA256 + 2u, 2, 0xFFFF, FORMAT, INVALID_ARGUMENT),
    SET(AT_KEYHASH, 2, IMAGE_TLV_SHA256, FORMAT, INVALID_ARGUMENT),
    SET(AT_KEYHASH + 2u, 2, 0, FORMAT, INVALID_ARGUMENT),
    SET(AT_KEYHASH + 2u, 2, 0xFFFF, FORMAT, INVALID_ARGUMENT),
    SET(AT_ECDSA, 2, 0x20, UNSUPPORTED, NOT_SUPPORTED),
    SET(AT_ECDSA, 2, IMAGE_TLV_COUNTER, FORMAT, INVALID_ARGUMENT),
    SET(AT_ECDSA + 2u, 2, 73, FORMAT, INVALID_ARGUMENT),
    SET(AT_ECDSA + 2u, 2, 0xFFFF, FORMAT, INVALID_ARGUMENT),
    MORE(AT_SHA256 + 4u, 1, 1, DIGEST, INVALID_SIGNATURE),
    MORE(AT_KEYHASH + 4u, 1, 1, SIGNATURE, INVALID_SIGNATURE),
    MORE(AT_ECDSA + 4u, 1, 1, SIGNATURE, INVALID_SIGNATURE),
    MORE(AT_ECDSA + 20u, 1, 1, SIGNATURE, INVALID_SIGNATURE),
};

static void change(struct made_image *made, uint32_t off, uint32_t size, uint32_t value,
                   int32_t more)
{
    uint32_t old = 0;
    memcpy(&old, made->bytes + off, size);
    value = more != 0 ? old + (uint32_t)more : value;
    memcpy(made->bytes + off, &value, size);
}

static void every_field_that_is_not_the_owners_is_refused(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    static struct made_image changed;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        refusal_make(&recipe, &made);
        for (uint32_t i = 0; i < COUNT_OF(fields); i++) {
            const struct field *field = &fields[i];
            changed = made;
            change(&changed, field->off, field->size, field->value, field->more);
            assert_int_equal(refusal_stage(component, &changed), PSA_SUCCESS);
            refusal_expect(field->name, component, field->reason, field->error);
        }
    }
}

static void an_image_that_ends_too_early_is_refused(void **state)
{
    static struct image_recipe recipe;
    static struct made_image whole;
    static struct made_image made;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        refusal_make(&recipe, &whole);
        for (uint32_t len = 1; len < whole.len; len += 13) {
            made = whole;
            made.len = len;
            assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
            assert_int_equal(update_boot(), GARRISON_OK);
            assert_int_equal(update_query(component).state, PSA_FWU_FAILED);
            assert_true(active_are(bench.old, 7));
            assert_int_equal(psa_fwu_clean(update_component(component)), PSA_SUCCESS);
        }
    }
}

/*
 * Two images mixed.
 */

static void parts_of_two_images_are_no_image(void **state)
{
    static struct image_recipe recipe;
    static struct made_image one;
    static struct made_image two;
    static struct made_image mixed;
    for (uint32_t component = 0; component < 3; component++) {
        const uint32_t next = (component + 1u) % 3u;
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        refusal_make(&recipe, &one);
        recipe.body[20] ^= 0x55u;
        refusal_make(&recipe, &two);
        mixed = one;
        memcpy(mixed.bytes + HEADER_BYTES, two.bytes + HEADER_BYTES, BODY_BYTES);
        assert_int_equal(refusal_stage(component, &mixed), PSA_SUCCESS);
        refusal_expect("another body", component, GARRISON_ERROR_DIGEST,
                       PSA_ERROR_INVALID_SIGNATURE);
        memcpy(mixed.bytes + AT_SHA256, two.bytes + AT_SHA256, 36);
        assert_int_equal(refusal_stage(component, &mixed), PSA_SUCCESS);
        refusal_expect("another body and its digest", component, GARRISON_ERROR_SIGNATURE,
                       PSA_ERROR_INVALID_SIGNATURE);
        /* The right owner's name on another one's signature. */
        refusal_recipe(component, &recipe);
        recipe.owner = 9;
        refusal_make(&recipe, &mixed);
        memcpy(mixed.bytes + AT_KEYHASH, one.bytes + AT_KEYHASH, 36);
        assert_int_equal(refusal_stage(component, &mixed), PSA_SUCCESS);
        refusal_expect("another owner's name", component, GARRISON_ERROR_SIGNATURE,
                       PSA_ERROR_INVALID_SIGNATURE);
        /* A whole image, valid in another slot. */
        refusal_recipe(next, &recipe);
        refusal_make(&recipe, &mixed);
        assert_int_equal(refusal_stage(component, &mixed), PSA_SUCCESS);
        refusal_expect("another slot's image", component, GARRISON_ERROR_SIGNATURE,
                       PSA_ERROR_INVALID_SIGNATURE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_that_is_not_the_owners_is_refused),
        cmocka_unit_test(an_image_that_ends_too_early_is_refused),
        cmocka_unit_test(parts_of_two_images_are_no_image),
    };
    return cmocka_run_group_tests(tests, open_bench, close_bench);
}

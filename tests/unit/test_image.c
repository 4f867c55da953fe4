/*
 * The image parser against what an attacker may put into a slot.
 */
#include "support/test.h"

#include <string.h>

#include "boot/image.h"
#include "support/flash_ram.h"
#include "support/image_maker.h"

#define SLOT_OFF  0x4000u
#define SLOT_SIZE 0x2000u
#define ADDR      0x0C004000u
#define STACK     0x30040000u

static struct flash_ram flash;
static struct image_recipe recipe;
static struct made_image made;
static struct image image;

static int set_up(void **state)
{
    (void)state;
    flash_ram_init(&flash);
    image_recipe(&recipe, ADDR, 0x40, STACK);
    return 0;
}

/** Writes `made` into the slot and parses a slot of that size. */
static enum garrison_status parse_in(uint32_t size)
{
    const struct image_slot slot = {&flash.device, SLOT_OFF, size};
    memcpy(flash.bytes + SLOT_OFF, made.bytes, made.len);
    flash.read_limit = 0;
    enum garrison_status status = image_parse(&slot, &image);
    assert_true(flash.read_limit <= SLOT_OFF + size);
    assert_true(status == GARRISON_OK ? image.where == NULL : image.where != NULL);
    return status;
}

static enum garrison_status make_and_parse(void)
{
    image_make(&recipe, &made);
    return parse_in(SLOT_SIZE);
}

static void parse_reads_every_field(void **state)
{
    uint32_t counter = 77;
    (void)state;
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    assert_int_equal(make_and_parse(), GARRISON_OK);
    assert_int_equal(image.header.load_addr, ADDR);
    assert_int_equal(image.header.header_size, 0x40);
    assert_int_equal(image.header.protected_tlv_size, 12);
    assert_int_equal(image.header.body_size, 40);
    assert_int_equal(image.header.version.major, 1);
    assert_int_equal(image.header.version.minor, 2);
    assert_int_equal(image.header.version.revision, 3);
    assert_int_equal(image.header.version.build, 4);
    assert_int_equal(image.signed_size, 0x40 + 40 + 12);
    assert_int_equal(image.signed_size, made.signed_len);
    assert_int_equal(image.total_size, made.len);
    assert_int_equal(image.counter, 77);
    assert_int_equal(image.found, IMAGE_FOUND_SHA256 | IMAGE_FOUND_ECDSA | IMAGE_FOUND_KEYHASH |
                                      IMAGE_FOUND_COUNTER);
    assert_int_equal(image.signature_len, made.signature_len);
    assert_memory_equal(image.signature, made.bytes + made.signature_off, made.signature_len);
}

static void parse_ends_at_the_slot_at_every_size_of_it(void **state)
{
    (void)state;
    image_make(&recipe, &made);
    for (uint32_t size = 0; size < made.len; size++) {
        enum garrison_status status = parse_in(size);
        assert_int_equal(status, GARRISON_ERROR_BOUNDS);
    }
    assert_int_equal(parse_in(made.len), GARRISON_OK);
}

static void parse_names_blank_flash(void **state)
{
    const struct image_slot slot = {&flash.device, SLOT_OFF, SLOT_SIZE};
    (void)state;
    assert_int_equal(image_parse(&slot, &image), GARRISON_ERROR_BLANK);
}

static void parse_refuses_a_slot_that_leaves_the_device(void **state)
{
    static const struct {
        uint32_t off, size;
    } rows[] = {
        {FLASH_RAM_BYTES, 1}, {FLASH_RAM_BYTES - 32, 33}, {UINT32_MAX, 32},
        {32, UINT32_MAX},     {UINT32_MAX, UINT32_MAX},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct image_slot slot = {&flash.device, rows[i].off, rows[i].size};
        assert_int_equal(image_parse(&slot, &image), GARRISON_ERROR_ARGUMENT);
    }
    assert_int_equal(flash.reads, 0);
}

static void parse_tells_flash_that_cannot_be_read(void **state)
{
    (void)state;
    image_make(&recipe, &made);
    for (uint32_t off = 0; off < made.len; off++) {
        bool is_read = off < 32 || off >= made.signed_len; /* body and padding are skipped */
        flash.bad_from = SLOT_OFF + off;
        flash.bad_to = flash.bad_from + 1;
        assert_int_equal(parse_in(SLOT_SIZE), is_read ? GARRISON_ERROR_DEVICE : GARRISON_OK);
    }
}

/* The header, field by field, at its bounds. */

static void parse_checks_header_magic_pad_and_flags(void **state)
{
    (void)state;
    recipe.header.magic = IMAGE_MAGIC ^ 1;
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
    recipe.header.magic = IMAGE_MAGIC;
    recipe.header.pad = 1;
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
    recipe.header.pad = 0;
    for (unsigned bit = 0; bit < 32; bit++) {
        recipe.header.flags = 1u << bit;
        bool known = (IMAGE_FLAGS_KNOWN & 1u << bit) != 0;
        bool needs_key = (IMAGE_FLAGS_ENCRYPTED & 1u << bit) != 0;
        assert_int_equal(make_and_parse(), needs_key ? GARRISON_ERROR_FORMAT
                                           : known   ? GARRISON_OK
                                                     : GARRISON_ERROR_UNSUPPORTED);
    }
}

/** Each flag of encryption with each size of a key, and none with any. */
static void parse_wants_the_key_of_an_encrypted_body(void **state)
{
    static const uint8_t wrapped[140] = {0x04};
    (void)state;
    for (uint16_t len = 0; len <= sizeof wrapped; len++) {
        recipe.extra_len = 0;
        recipe_add_extra(&recipe, IMAGE_TLV_ECIES, wrapped, len);
        for (uint32_t flags = 0; flags <= IMAGE_FLAGS_ENCRYPTED; flags += 4) {
            recipe.header.flags = flags;
            const bool fits = (flags == IMAGE_FLAG_ENCRYPTED_128 && len == 113) ||
                              (flags == IMAGE_FLAG_ENCRYPTED_256 && len == 129);
            assert_int_equal(make_and_parse(), fits ? GARRISON_OK : GARRISON_ERROR_FORMAT);
            if (fits) {
                assert_int_equal(image.wrapped_len, len);
                assert_memory_equal(image.wrapped, wrapped, len);
            }
        }
    }
    recipe.extra_len = 0;
    recipe.header.flags = IMAGE_FLAG_ENCRYPTED_128;
    recipe_add_extra(&recipe, IMAGE_TLV_ECIES, wrapped, 113);
    recipe_add_extra(&recipe, IMAGE_TLV_ECIES, wrapped, 113);
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
}

static void parse_reads_dependencies(void **state)
{
    struct image_dependency dependency = {.role = 3, .version = {1, 2, 3, 4}};
    (void)state;
    for (uint8_t count = 1; count <= IMAGE_DEPENDENCIES_MAX; count++) {
        dependency.role = (uint8_t)(2 + count);
        recipe_add_protected(&recipe, IMAGE_TLV_DEPENDENCY, &dependency, sizeof dependency);
        assert_int_equal(make_and_parse(), GARRISON_OK);
        assert_int_equal(image.dependencies, count);
        assert_int_equal(image.dependency[count - 1].role, 2 + count);
        assert_int_equal(image.dependency[count - 1].version.revision, 3);
    }
    recipe_add_protected(&recipe, IMAGE_TLV_DEPENDENCY, &dependency, sizeof dependency);
    assert_int_equal(make_and_parse(), GARRISON_ERROR_UNSUPPORTED);
    for (uint16_t len = 0; len <= sizeof dependency; len++) {
        recipe.protected_len = 0;
        recipe_add_protected(&recipe, IMAGE_TLV_DEPENDENCY, &dependency, len);
        assert_int_equal(make_and_parse(),
                         len == sizeof dependency ? GARRISON_OK : GARRISON_ERROR_FORMAT);
    }
}

static void parse_checks_header_size(void **state)
{
    static const struct {
        uint16_t size;
        enum garrison_status status;
    } rows[] = {
        {0, GARRISON_ERROR_FORMAT},
        {31, GARRISON_ERROR_FORMAT},
        {32, GARRISON_OK},
        {0x400, GARRISON_OK},
        {SLOT_SIZE - 1, GARRISON_ERROR_BOUNDS},
        {SLOT_SIZE, GARRISON_ERROR_BOUNDS},
        {0xFFFF, GARRISON_ERROR_BOUNDS},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        recipe.header.header_size = rows[i].size < 0x1000 ? rows[i].size : 0x40;
        image_make(&recipe, &made);
        memcpy(made.bytes + 8, &rows[i].size, sizeof rows[i].size);
        assert_int_equal(parse_in(SLOT_SIZE), rows[i].status);
    }
}

/** Shifts the border between header and body: the areas behind stay where they are. */
static enum garrison_status parse_with_border_at(uint16_t header_size)
{
    uint32_t body_size = 0x40 + recipe.body_len - header_size;
    memcpy(made.bytes + 8, &header_size, sizeof header_size);
    memcpy(made.bytes + 12, &body_size, sizeof body_size);
    return parse_in(SLOT_SIZE);
}

static void parse_refuses_areas_that_are_too_small_but_join(void **state)
{
    (void)state;
    image_make(&recipe, &made);
    for (uint16_t border = 0; border <= 0x40 + 40; border++) {
        bool right = border >= IMAGE_HEADER_BYTES && border < 0x40 + 40;
        assert_int_equal(parse_with_border_at(border), right ? GARRISON_OK : GARRISON_ERROR_FORMAT);
    }
}

static void parse_checks_body_size(void **state)
{
    static const struct {
        uint32_t size;
        enum garrison_status status;
    } rows[] = {
        {0, GARRISON_ERROR_FORMAT},
        {39, GARRISON_ERROR_FORMAT}, /* no TLV area there */
        {41, GARRISON_ERROR_FORMAT},
        {SLOT_SIZE - 0x40 - 3, GARRISON_ERROR_BOUNDS},
        {SLOT_SIZE - 0x40, GARRISON_ERROR_BOUNDS},
        {SLOT_SIZE - 0x40 + 1, GARRISON_ERROR_BOUNDS},
        {UINT32_MAX - 0x40, GARRISON_ERROR_BOUNDS},
        {UINT32_MAX - 0x40 + 1, GARRISON_ERROR_BOUNDS}, /* header and body together wrap to 0 */
        {UINT32_MAX, GARRISON_ERROR_BOUNDS},
    };
    (void)state;
    image_make(&recipe, &made);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memcpy(made.bytes + 12, &rows[i].size, sizeof rows[i].size);
        assert_int_equal(parse_in(SLOT_SIZE), rows[i].status);
    }
}

static void parse_checks_protected_size(void **state)
{
    uint32_t counter = 5;
    (void)state;
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    image_make(&recipe, &made);
    for (uint32_t size = 0; size <= 0xFFFF; size++) {
        uint16_t field = (uint16_t)size;
        memcpy(made.bytes + 10, &field, sizeof field);
        enum garrison_status status = parse_in(SLOT_SIZE);
        assert_int_equal(status, size == 12 ? GARRISON_OK : GARRISON_ERROR_FORMAT);
    }
    recipe.protected_len = 0;
    recipe.header.protected_tlv_size = 4; /* promised, and not there */
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
}

/* TLVs. */

/** Offset of the unprotected area. */
static uint32_t area(void)
{
    return made.signed_len;
}

static void parse_checks_the_size_of_an_area(void **state)
{
    (void)state;
    image_make(&recipe, &made);
    uint32_t right = made.len - area();
    for (uint32_t size = 0; size <= 0xFFFF; size++) {
        uint16_t field = (uint16_t)size;
        memcpy(made.bytes + area() + 2, &field, sizeof field);
        enum garrison_status status = parse_in(made.len);
        assert_true((status == GARRISON_OK) == (size == right));
        if (size < 4 || size > right) {
            assert_int_equal(status, size < 4 ? GARRISON_ERROR_FORMAT : GARRISON_ERROR_BOUNDS);
        }
    }
}

static void parse_checks_the_length_of_every_entry(void **state)
{
    (void)state;
    image_make(&recipe, &made);
    for (uint32_t entry = 0; entry < 3; entry++) { /* SHA256, KEYHASH, ECDSA */
        uint32_t at = area() + 4 + entry * 36 + 2;
        uint16_t right;
        memcpy(&right, made.bytes + at, sizeof right);
        for (uint32_t len = 0; len <= 0xFFFF; len++) {
            uint16_t field = (uint16_t)len;
            memcpy(made.bytes + at, &field, sizeof field);
            assert_true((parse_in(SLOT_SIZE) == GARRISON_OK) == (len == right));
        }
        memcpy(made.bytes + at, &right, sizeof right);
    }
}

static void parse_refuses_every_known_tlv_twice(void **state)
{
    static const uint16_t types[] = {IMAGE_TLV_SHA256, IMAGE_TLV_KEYHASH, IMAGE_TLV_ECDSA};
    uint8_t data[32] = {0};
    uint32_t counter = 1;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        recipe.extra_len = 0;
        recipe_add_extra(&recipe, types[i], data, sizeof data);
        assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
    }
    recipe.extra_len = 0;
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    assert_int_equal(make_and_parse(), GARRISON_OK);
    recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
}

static void parse_demands_digest_keyhash_and_signature(void **state)
{
    (void)state;
    recipe.no_sha256 = true;
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
    recipe.no_sha256 = false;
    recipe.no_ecdsa = true;
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
    recipe.no_ecdsa = false;
    recipe.no_keyhash = true;
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
}

static void parse_refuses_tlvs_in_the_wrong_area(void **state)
{
    static const uint16_t types[] = {IMAGE_TLV_SHA256, IMAGE_TLV_KEYHASH, IMAGE_TLV_ECDSA};
    uint8_t data[32] = {0};
    uint32_t counter = 1;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        recipe.protected_len = 0;
        recipe_add_protected(&recipe, types[i], data, sizeof data);
        assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
    }
    recipe.protected_len = 0;
    recipe_add_extra(&recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    assert_int_equal(make_and_parse(), GARRISON_ERROR_FORMAT);
}

static void parse_checks_the_size_of_the_counter(void **state)
{
    uint8_t data[8] = {9};
    (void)state;
    for (uint16_t len = 0; len <= sizeof data; len++) {
        recipe.protected_len = 0;
        recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, data, len);
        assert_true((make_and_parse() == GARRISON_OK) == (len == 4));
    }
}

static void parse_refuses_demands_it_does_not_know(void **state)
{
    uint8_t data[8] = {0};
    (void)state;
    for (uint32_t type = 0; type <= 0x1FF; type++) {
        bool informs = type == 0x60 || (type & 0xFF) >= 0xA0;
        if (type == IMAGE_TLV_COUNTER || type == IMAGE_TLV_SHA256 || type == IMAGE_TLV_KEYHASH ||
            type == IMAGE_TLV_ECDSA || type == IMAGE_TLV_ECIES || type == IMAGE_TLV_DEPENDENCY) {
            continue;
        }
        recipe.protected_len = 0;
        recipe_add_protected(&recipe, (uint16_t)type, data, sizeof data);
        image_make(&recipe, &made);
        assert_int_equal(parse_in(SLOT_SIZE), informs ? GARRISON_OK : GARRISON_ERROR_UNSUPPORTED);
    }
}

static void parse_refuses_unprotected_tlvs_it_does_not_know(void **state)
{
    (void)state;
    for (uint32_t type = 0; type <= 0x1FF; type++) {
        recipe.extra_len = 0;
        recipe_add_extra(&recipe, (uint16_t)type, NULL, 0);
        bool known = type == IMAGE_TLV_SHA256 || type == IMAGE_TLV_KEYHASH ||
                     type == IMAGE_TLV_ECDSA || type == IMAGE_TLV_COUNTER ||
                     type == IMAGE_TLV_ECIES || type == IMAGE_TLV_DEPENDENCY;
        assert_int_equal(make_and_parse(),
                         known ? GARRISON_ERROR_FORMAT : GARRISON_ERROR_UNSUPPORTED);
    }
}

static void parse_ignores_what_is_behind_the_image(void **state)
{
    (void)state;
    image_make(&recipe, &made);
    memset(flash.bytes + SLOT_OFF + made.len, 0x5A, 64);
    assert_int_equal(parse_in(SLOT_SIZE), GARRISON_OK);
    assert_int_equal(image.total_size, made.len);
}

static void read_stays_in_the_image(void **state)
{
    uint8_t data[4];
    (void)state;
    assert_int_equal(make_and_parse(), GARRISON_OK);
    assert_int_equal(image_read(&image, made.len - 4, data, 4), GARRISON_OK);
    assert_memory_equal(data, made.bytes + made.len - 4, 4);
    assert_int_equal(image_read(&image, made.len - 3, data, 4), GARRISON_ERROR_BOUNDS);
    assert_int_equal(image_read(&image, UINT32_MAX, data, 4), GARRISON_ERROR_BOUNDS);
    assert_int_equal(image_read(&image, 0, data, UINT32_MAX), GARRISON_ERROR_BOUNDS);
}

static void parse_survives_random_slots(void **state)
{
    uint32_t seed = 12345;
    (void)state;
    recipe_add_protected(&recipe, 0xA0, &seed, sizeof seed);
    for (int round = 0; round < 200000; round++) {
        if (round % 4096 == 0) {
            image_make(&recipe, &made);
        }
        seed = seed * 1664525u + 1013904223u;
        uint32_t at = (seed >> 8) % made.len;
        uint8_t kept = made.bytes[at];
        made.bytes[at] = (uint8_t)seed;
        (void)parse_in(made.len + (seed >> 28));
        if ((seed & 1) != 0) {
            made.bytes[at] = kept;
        }
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parse_reads_every_field),
        TEST(parse_ends_at_the_slot_at_every_size_of_it),
        TEST(parse_names_blank_flash),
        TEST(parse_refuses_a_slot_that_leaves_the_device),
        TEST(parse_tells_flash_that_cannot_be_read),
        TEST(parse_checks_header_magic_pad_and_flags),
        TEST(parse_wants_the_key_of_an_encrypted_body),
        TEST(parse_reads_dependencies),
        TEST(parse_checks_header_size),
        TEST(parse_refuses_areas_that_are_too_small_but_join),
        TEST(parse_checks_body_size),
        TEST(parse_checks_protected_size),
        TEST(parse_checks_the_size_of_an_area),
        TEST(parse_checks_the_length_of_every_entry),
        TEST(parse_refuses_every_known_tlv_twice),
        TEST(parse_demands_digest_keyhash_and_signature),
        TEST(parse_refuses_tlvs_in_the_wrong_area),
        TEST(parse_checks_the_size_of_the_counter),
        TEST(parse_refuses_demands_it_does_not_know),
        TEST(parse_refuses_unprotected_tlvs_it_does_not_know),
        TEST(parse_ignores_what_is_behind_the_image),
        TEST(read_stays_in_the_image),
        TEST(parse_survives_random_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

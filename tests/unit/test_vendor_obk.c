/* Files of option-byte keys, and passwords: every byte, every cut, what is known of each place. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "support/test.h"

#include "tools/vendor_obk.h"
#include "tools/vendor_password.h"

static void put(uint8_t *bytes, uint32_t word)
{
    for (unsigned i = 0; i < 4u; i++) {
        bytes[i] = (uint8_t)(word >> (8u * i));
    }
}

/** A file with `len` bytes that count up, behind the right digest if asked for. @return its length */
static size_t make(uint8_t *file, uint32_t dest, uint32_t len, uint32_t encrypt, bool digest)
{
    put(file, dest);
    put(file + 4, len);
    put(file + 8, encrypt);
    for (uint32_t i = 0; i < len; i++) {
        file[12u + i] = (uint8_t)(i + 3u);
    }
    if (digest) {
        assert_int_equal(mbedtls_sha256(file + 44, len - 32u, file + 12, 0), 0);
    }
    return 12u + len;
}

static void a_file_is_a_header_and_data(void **state)
{
    uint8_t file[VENDOR_OBK_FILE_MAX];
    uint8_t written[VENDOR_OBK_FILE_MAX];
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    (void)state;
    const size_t len = make(file, 0x0FFD0A80, 0x60, 1, false);
    assert_true(vendor_obk_read(file, len, &obk, &problem));
    assert_int_equal(obk.off, 0xA80);
    assert_int_equal(obk.len, 0x60);
    assert_true(obk.encrypt);
    assert_int_equal(obk.level, 2);
    assert_ptr_equal(obk.data, file + 12);
    assert_int_equal(vendor_obk_write(&obk, written), len);
    assert_memory_equal(written, file, len);
    put(file + 8, 0);
    assert_true(vendor_obk_read(file, len, &obk, &problem));
    assert_false(obk.encrypt);
    assert_int_equal(vendor_obk_write(&obk, written), len);
    assert_memory_equal(written, file, len);
}

static void every_cut_and_every_byte_more_is_refused(void **state)
{
    uint8_t file[0x60 + 12 + 1];
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    (void)state;
    const size_t whole = make(file, 0x0FFD0100, 0x60, 1, true);
    for (size_t len = 0; len <= whole; len++) {
        uint8_t *exact = malloc(len + (len == 0));
        assert_non_null(exact);
        memcpy(exact, file, len);
        assert_int_equal(vendor_obk_read(exact, len, &obk, &problem), len == whole);
        assert_int_equal(len == whole ? len : problem.off, len);
        free(exact);
    }
    assert_false(vendor_obk_read(file, whole + 1u, &obk, &problem));
    assert_int_equal(problem.off, whole);
}

static void every_flipped_bit_of_the_data_is_seen(void **state)
{
    uint8_t file[0x60 + 12];
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    const struct vendor_obk_kind *kind;
    (void)state;
    const size_t len = make(file, 0x0FFD0100, 0x60, 1, true);
    assert_true(vendor_obk_read(file, len, &obk, &problem));
    assert_int_equal(vendor_obk_judge(&obk, &kind), VENDOR_OBK_SOUND);
    for (size_t bit = 0; bit < 8u * len; bit++) {
        file[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
        const bool read = vendor_obk_read(file, len, &obk, &problem);
        assert_false(read && vendor_obk_judge(&obk, &kind) == VENDOR_OBK_SOUND);
        assert_int_equal(read ? 0 : problem.off % 4u, 0);
        assert_true(read || problem.off == bit / 32u * 4u || bit / 32u == 1u);
        file[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
    }
}

static void slots_are_of_one_level(void **state)
{
    static const struct {
        uint32_t off, len;
        unsigned level; /**< 0: refused. */
        size_t at;      /**< Where in the file. */
        const char *why;
    } rows[] = {
        {0x100, 0x10, 1, 0, NULL},     {0x100, 0x800, 1, 0, NULL},
        {0x8F0, 0x10, 1, 0, NULL},     {0x900, 0x300, 2, 0, NULL},
        {0xC00, 0xC00, 3, 0, NULL},    {0x17F0, 0x10, 3, 0, NULL},
        {0x0F0, 0x10, 0, 0, "HDPL1"},  {0, 0x10, 0, 0, "HDPL1"},
        {0x1800, 0x10, 0, 0, "HDPL1"}, {0xFFFFFFF0, 0x10, 0, 0, "HDPL1"},
        {0x8F0, 0x20, 0, 4, "end"},    {0x900, 0x310, 0, 4, "end"},
        {0xC00, 0xC10, 0, 4, "end"},   {0x104, 0x10, 0, 0, "16"},
        {0x101, 0x10, 0, 0, "16"},     {0x100, 0, 0, 4, "whole slots"},
        {0x100, 0x0F, 0, 4, "whole"},  {0x100, 0x11, 0, 4, "whole"},
    };
    static uint8_t file[0x2000];
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        struct vendor_obk obk;
        struct vendor_obk_problem problem;
        const size_t len = make(file, 0x0FFD0000u + rows[i].off, rows[i].len, 0, false);
        assert_int_equal(vendor_obk_read(file, len, &obk, &problem), rows[i].level != 0);
        if (rows[i].level != 0) {
            assert_int_equal(obk.level, rows[i].level);
        } else {
            assert_int_equal(problem.off, rows[i].at);
            assert_non_null(strstr(problem.why, rows[i].why));
        }
    }
}

static void encryption_is_0_or_1(void **state)
{
    static const uint32_t words[] = {2, 0xFF, 0x100, 0x01000000, 0xFFFFFFFF};
    uint8_t file[64];
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(words); i++) {
        const size_t len = make(file, 0x0FFD0100, 0x10, words[i], false);
        assert_false(vendor_obk_read(file, len, &obk, &problem));
        assert_int_equal(problem.off, 8);
    }
}

static void kinds_are_known_by_place_and_size(void **state)
{
    static const struct {
        uint32_t off, len;
        const char *name; /**< NULL: nothing is known. */
        uint32_t encrypt;
        bool digest;
        enum vendor_obk_verdict verdict;
    } rows[] = {
        {0x100, 0x60, "debug-authentication", 1, true, VENDOR_OBK_SOUND},
        {0x100, 0x60, "debug-authentication", 1, false, VENDOR_OBK_WRONG_DIGEST},
        {0x100, 0x60, "debug-authentication", 0, true, VENDOR_OBK_WRONG_ENCRYPTION},
        {0x100, 0x50, "debug-authentication", 1, true, VENDOR_OBK_WRONG_SIZE},
        {0x200, 0x100, "stirot-config", 1, true, VENDOR_OBK_SOUND},
        {0x200, 0x110, "stirot-config", 1, true, VENDOR_OBK_WRONG_SIZE},
        {0x200, 0x330, "garrison-keys", 0, true, VENDOR_OBK_SOUND},
        {0x200, 0x330, "garrison-keys", 1, true, VENDOR_OBK_WRONG_ENCRYPTION},
        {0x200, 0x330, "garrison-keys", 0, false, VENDOR_OBK_WRONG_DIGEST},
        {0x400, 0x60, "stirot-data", 1, false, VENDOR_OBK_SOUND},
        {0x400, 0x60, "stirot-data", 0, true, VENDOR_OBK_SOUND},
        {0x9D0, 0xB0, "sm-keys", 1, false, VENDOR_OBK_SOUND},
        {0x9D0, 0xB0, "sm-keys", 0, false, VENDOR_OBK_WRONG_ENCRYPTION},
        {0xA80, 0x60, "sm-general", 1, true, VENDOR_OBK_SOUND},
        {0xA80, 0x60, "sm-general", 1, false, VENDOR_OBK_WRONG_DIGEST},
        {0x600, 0x140, "garrison-layout", 0, true, VENDOR_OBK_SOUND},
        {0x740, 0x60, "garrison-counters-1", 0, true, VENDOR_OBK_SOUND},
        {0x7A0, 0x20, "garrison-decryption-1", 0, false, VENDOR_OBK_SOUND},
        {0x900, 0x60, "garrison-counters-2", 0, true, VENDOR_OBK_SOUND},
        {0x960, 0x20, "garrison-decryption-2", 0, false, VENDOR_OBK_SOUND},
        {0x110, 0x60, NULL, 1, true, VENDOR_OBK_STRANGE},
        {0xC00, 0x10, NULL, 0, false, VENDOR_OBK_STRANGE},
    };
    uint8_t file[0x400];
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(rows); i++) {
        struct vendor_obk obk;
        struct vendor_obk_problem problem;
        const struct vendor_obk_kind *kind;
        const size_t len =
            make(file, 0x0FFD0000u + rows[i].off, rows[i].len, rows[i].encrypt, rows[i].digest);
        assert_true(vendor_obk_read(file, len, &obk, &problem));
        assert_int_equal(vendor_obk_judge(&obk, &kind), rows[i].verdict);
        assert_int_equal(vendor_obk_has_digest(&obk), rows[i].digest);
        assert_int_equal(kind == NULL, rows[i].name == NULL);
        if (kind != NULL) {
            assert_string_equal(kind->name, rows[i].name);
            assert_ptr_equal(vendor_obk_kind_named(rows[i].name), kind);
        }
    }
    assert_null(vendor_obk_kind_named("debug"));
    assert_null(vendor_obk_kind_named(""));
}

static void a_digest_needs_something_behind_it(void **state)
{
    uint8_t data[48] = {0};
    struct vendor_obk obk = {.data = data};
    (void)state;
    for (obk.len = 0; obk.len <= 32u; obk.len += 16u) {
        assert_false(vendor_obk_has_digest(&obk));
    }
    vendor_obk_digest(data, 48);
    assert_true(vendor_obk_has_digest(&obk));
    data[47]++;
    assert_false(vendor_obk_has_digest(&obk));
}

static void kinds_fit_into_their_levels(void **state)
{
    (void)state;
    for (unsigned i = 0; i < vendor_obk_kind_count; i++) {
        struct vendor_obk obk = {.off = vendor_obk_kinds[i].off, .len = vendor_obk_kinds[i].len};
        assert_null(vendor_obk_check(&obk));
        assert_true(vendor_obk_kinds[i].digest != VENDOR_OBK_YES || obk.len > 32u);
    }
}

static void debug_authentication_is_digest_hash_and_mask(void **state)
{
    static const uint8_t head[12] = {0x00, 0x01, 0xFD, 0x0F, 0x60, 0, 0, 0, 1, 0, 0, 0};
    static const uint8_t zeros[16];
    struct vendor_obk_da da;
    struct vendor_obk_da back;
    struct vendor_obk obk;
    struct vendor_obk_problem problem;
    const struct vendor_obk_kind *kind;
    uint8_t file[VENDOR_OBK_DA_FILE];
    uint8_t digest[32];
    (void)state;
    assert_int_equal(sizeof file, 108);
    for (unsigned i = 0; i < 32u; i++) {
        da.hash[i] = (uint8_t)(0x40u + i);
    }
    for (unsigned i = 0; i < 16u; i++) {
        da.permissions[i] = (uint8_t)(0x90u + i);
    }
    vendor_obk_da_write(&da, file);
    assert_memory_equal(file, head, sizeof head);
    assert_memory_equal(file + 44, da.hash, 32);
    assert_memory_equal(file + 76, da.permissions, 16);
    assert_memory_equal(file + 92, zeros, 16);
    assert_int_equal(mbedtls_sha256(file + 44, 64, digest, 0), 0);
    assert_memory_equal(file + 12, digest, 32);
    assert_true(vendor_obk_read(file, sizeof file, &obk, &problem));
    assert_int_equal(vendor_obk_judge(&obk, &kind), VENDOR_OBK_SOUND);
    assert_true(vendor_obk_da_read(&obk, &back));
    assert_memory_equal(&back, &da, sizeof da);
    obk.off += 16u;
    assert_false(vendor_obk_da_read(&obk, &back));
    obk.off -= 16u;
    obk.len -= 16u;
    assert_false(vendor_obk_da_read(&obk, &back));
}

/* Passwords. */

static void a_password_is_a_tlv(void **state)
{
    static const uint8_t head[8] = {0, 0, 0, 0x80, 16, 0, 0, 0};
    uint8_t password[16];
    uint8_t back[16];
    uint8_t file[25] = {0};
    uint8_t hash[32];
    uint8_t digest[32];
    (void)state;
    for (unsigned i = 0; i < 16u; i++) {
        password[i] = (uint8_t)(0xE0u + i);
    }
    vendor_password_write(password, file);
    assert_memory_equal(file, head, 8);
    assert_memory_equal(file + 8, password, 16);
    assert_null(vendor_password_read(file, 24, back));
    assert_memory_equal(back, password, 16);
    vendor_password_hash(password, hash);
    assert_int_equal(mbedtls_sha256(password, 16, digest, 0), 0);
    assert_memory_equal(hash, digest, 32);
    for (unsigned len = 0; len <= 25u; len++) {
        assert_int_equal(vendor_password_read(file, len, back) == NULL, len == 24u);
    }
    for (unsigned i = 0; i < 24u; i++) {
        file[i] ^= 1u;
        const bool read = vendor_password_read(file, 24, back) == NULL;
        assert_int_equal(read, i >= 8u);
        assert_true(!read || memcmp(back, password, 16) != 0);
        file[i] ^= 1u;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_a_header_and_data),
        cmocka_unit_test(every_cut_and_every_byte_more_is_refused),
        cmocka_unit_test(every_flipped_bit_of_the_data_is_seen),
        cmocka_unit_test(slots_are_of_one_level),
        cmocka_unit_test(encryption_is_0_or_1),
        cmocka_unit_test(kinds_are_known_by_place_and_size),
        cmocka_unit_test(a_digest_needs_something_behind_it),
        cmocka_unit_test(kinds_fit_into_their_levels),
        cmocka_unit_test(debug_authentication_is_digest_hash_and_mask),
        cmocka_unit_test(a_password_is_a_tlv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

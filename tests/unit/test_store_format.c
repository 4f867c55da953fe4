/*
 * An area byte for byte, typed from docs/SPEC.md, "Storage area", and from nothing else: nothing
 * of core/store makes what is expected.
 */
#include "store_fixture.h"

#include <string.h>

#define SMALL 512u
#define COUNT 4u

static uint8_t golden[COUNT * SMALL];

/* Where the next record goes, and what the sector it goes to is. */
static struct {
    uint32_t off;
    uint32_t sequence;
} at;

static uint8_t sum[16];
static const uint8_t nothing[16];

static void put(uint8_t *to, uint64_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> 8u * i);
    }
}

/* A letter, the area id, and what follows. */
static void seal(char letter, const uint8_t *covered, uint32_t len, uint8_t *data,
                 uint32_t data_len, uint8_t tag[16])
{
    uint8_t bytes[64];
    bytes[0] = (uint8_t)letter;
    put(bytes + 1, AREA, 4);
    memcpy(bytes + 5, covered, len);
    toy.protection.seal(&toy, (struct view){bytes, 5u + len}, data, data_len, tag);
}

static uint32_t name(int32_t owner, uint64_t uid)
{
    uint8_t key[12];
    uint8_t tag[16];
    put(key, (uint32_t)owner, 4);
    put(key + 4, uid, 8);
    seal('N', key, sizeof key, NULL, 0, tag);
    return tag[0] | (uint32_t)tag[1] << 8 | (uint32_t)tag[2] << 16 | (uint32_t)tag[3] << 24;
}

static void sector(uint32_t sequence, uint32_t before_tail, uint32_t serial, uint32_t link)
{
    uint8_t *to = golden + sequence % COUNT * SMALL;
    memset(to, 0xFF, SMALL);
    memcpy(to, "GS\x02\x04", 4);
    to[4] = (uint8_t)before_tail;
    to[5] = 0;
    put(to + 6, serial, 2);
    put(to + 8, sequence, 4);
    put(to + 12, link, 4);
    seal('S', to, 16, NULL, 0, to + 16);
    at.off = sequence % COUNT * SMALL + 32u;
    at.sequence = sequence;
}

struct typed {
    uint8_t kind;
    uint8_t flags;
    uint16_t index;
    int32_t owner;
    uint64_t uid;
    uint32_t version;
    uint16_t len;
    uint16_t serial;
    uint32_t link;
};

/* A record; its tag's term goes into the sum if it is living data. */
static void record(struct typed typed, const void *body)
{
    uint8_t *to = golden + at.off;
    uint8_t covered[36];
    uint8_t without_copy[22];
    uint8_t tag[16];
    uint8_t term[16];
    uint32_t padded = (typed.len + 15u) / 16u * 16u;
    to[0] = typed.kind;
    to[1] = typed.flags;
    put(to + 2, typed.index, 2);
    put(to + 4, (uint32_t)typed.owner, 4);
    put(to + 8, typed.uid, 8);
    put(to + 16, typed.version, 4);
    put(to + 20, typed.len, 2);
    put(to + 22, typed.serial, 2);
    put(to + 24, typed.link, 4);
    memcpy(covered, to, 28);
    put(covered + 28, at.sequence, 4);
    put(covered + 32, at.off, 4);
    seal('C', covered, sizeof covered, NULL, 0, tag);
    memcpy(to + 28, tag, 4);
    memset(to + 32, 0, padded);
    if (typed.len > 0) {
        memcpy(to + 32, body, typed.len);
    }
    memcpy(without_copy, to, 22);
    without_copy[1] &= 0xFD;
    seal('T', without_copy, 22, to + 32, typed.len, to + 32 + padded);
    seal('L', to + 32 + padded, 16, NULL, 0, term);
    for (uint32_t i = 0; i < 16 && typed.kind <= 2; i++) {
        sum[i] ^= term[i];
    }
    at.off += 48u + padded;
}

/* The beginning of a body with the flag anchored, and behind it, if it is a head's, what it is. */
static const uint8_t *body(uint32_t before, const uint8_t state[16], uint32_t size,
                           uint32_t capacity, uint32_t flags, const char *data)
{
    static uint8_t bytes[64];
    put(bytes, before, 4);
    memcpy(bytes + 4, state, 16);
    put(bytes + 20, size, 4);
    put(bytes + 24, capacity, 4);
    put(bytes + 28, flags, 4);
    memcpy(bytes + 32, data, strlen(data));
    return bytes;
}

/* What an area holds after the changes of make_area(). */
static void type_area(void)
{
    uint8_t five[16]; /* the term of object 5, which all later states have */
    const uint32_t one_name = name(-1, 1);
    const uint32_t two_name = name(0, 2);
    memset(sum, 0, sizeof sum);
    sector(5, 0, 1, 0);
    record((struct typed){4, 1, 1, 0, 5, 1, 20, 1, 0}, body(0, nothing, 0, 0, 0, ""));
    record((struct typed){1, 5, 0, 3, 5, 2, 37, 2, 0}, body(1, nothing, 5, 9, 0x4001, "quinn"));
    memcpy(five, sum, sizeof five);
    fill(expected, 70, 31);
    record((struct typed){2, 0, 1, -1, 1, 3, 64, 3, name(3, 5)}, expected);
    record((struct typed){2, 0, 2, -1, 1, 3, 6, 4, 0}, expected + 64);
    record((struct typed){1, 1, 2, -1, 1, 3, 32, 5, 0}, body(2, sum, 70, 70, 0, ""));

    sector(6, 1, 6, one_name);
    memcpy(sum, five, sizeof sum);
    record((struct typed){3, 1, 0, -1, 1, 4, 20, 6, one_name}, body(3, five, 0, 0, 0, ""));
    fill(expected, 200, 32);
    record((struct typed){2, 0, 1, 0, 2, 5, 64, 7, one_name}, expected);
    record((struct typed){2, 0, 2, 0, 2, 5, 64, 8, 0}, expected + 64);
    record((struct typed){2, 0, 3, 0, 2, 5, 64, 9, 0}, expected + 128);

    sector(7, 2, 10, 0);
    record((struct typed){2, 0, 4, 0, 2, 5, 8, 10, 0}, expected + 192);
    record((struct typed){1, 1, 4, 0, 2, 5, 32, 11, 0}, body(4, sum, 200, 200, 0, ""));
    memcpy(sum, five, sizeof sum);
    record((struct typed){3, 1, 0, 0, 2, 6, 20, 12, two_name}, body(5, five, 0, 0, 0, ""));
    fill(expected, 200, 33);
    record((struct typed){2, 0, 1, 0, 2, 7, 64, 13, two_name}, expected);
    memcpy(five, sum, sizeof five); /* which a copy does not change: its tag is the same */
    record((struct typed){1, 7, 0, 3, 5, 2, 37, 14, 0}, body(1, nothing, 5, 9, 0x4001, "quinn"));
    memcpy(sum, five, sizeof sum);
    record((struct typed){4, 0, 0, 0, 6, 7, 0, 15, name(3, 5)}, NULL);

    sector(8, 2, 16, 0);
    record((struct typed){2, 0, 2, 0, 2, 7, 64, 16, 0}, expected + 64);
    record((struct typed){2, 0, 3, 0, 2, 7, 64, 17, 0}, expected + 128);
    record((struct typed){2, 0, 4, 0, 2, 7, 8, 18, 0}, expected + 192);
    record((struct typed){1, 1, 4, 0, 2, 7, 32, 19, 0}, body(6, sum, 200, 200, 0, ""));
}

static void make_area(void)
{
    struct store_info info = {.size = 5, .capacity = 9, .flags = STORE_WRITE_ONCE | 0x4000};
    struct bytes bytes = {.data = (const uint8_t *)"quinn", .len = 5};
    memset(&anchored, 0, sizeof anchored);
    use_geometry(COUNT, SMALL);
    config.anchor = &anchor;
    assert_int_equal(store_format(&store, &config), GARRISON_OK);
    assert_int_equal(store_set(&store, key_of(5), &info, give, &bytes), GARRISON_OK);
    assert_int_equal(set(1, 70, 31), GARRISON_OK);
    assert_int_equal(store_remove(&store, key_of(1)), GARRISON_OK);
    assert_int_equal(set(2, 200, 32), GARRISON_OK);
    assert_int_equal(store_remove(&store, key_of(2)), GARRISON_OK);
    assert_int_equal(set(2, 200, 33), GARRISON_OK);
}

static void assert_golden(void)
{
    for (uint32_t off = 0; off < sizeof golden; off += 16) {
        if (memcmp(flash.bytes + off, golden + off, 16) != 0) {
            print_message("quad-word at %u:\n", (unsigned)off);
        }
        assert_memory_equal(flash.bytes + off, golden + off, 16);
    }
}

static void an_area_is_written_as_specified(void **state)
{
    (void)state;
    make_area();
    type_area();
    assert_golden();
}

static void an_area_as_specified_is_read(void **state)
{
    struct store_info info;
    (void)state;
    make_area(); /* for the anchor */
    type_area();
    memset(flash.bytes, 0xFF, flash.device.size);
    flash_emulator_poke(&flash, 0, golden, sizeof golden);
    mount();
    assert_int_equal(report.objects, 2);
    assert_int_equal(report.damaged, 0);
    assert_is(2, 200, 33);
    assert_int_equal(info_of(1), GARRISON_ERROR_BLANK);
    assert_int_equal(store_info(&store, key_of(5), &info), GARRISON_OK);
    assert_int_equal(info.size, 5);
    assert_int_equal(info.capacity, 9);
    assert_int_equal(info.flags, 0x4001);
    assert_int_equal(store_read(&store, key_of(5), 0, got, 5), GARRISON_OK);
    assert_memory_equal(got, "quinn", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_area_is_written_as_specified),
        TEST(an_area_as_specified_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

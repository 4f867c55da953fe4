#include "store_fixture.h"

#include <string.h>

static struct flash_power power;
struct flash_emulator flash;
struct toy_protection toy;
static uint32_t live[STORE_LIVE_WORDS(64u * 8192u)];
struct store_config config;
struct store store;
struct store_report report;
uint8_t expected[DATA_MAX];
uint8_t got[DATA_MAX];

static void open_flash(uint32_t sectors, uint32_t sector)
{
    flash_power_init(&power, 1);
    flash_emulator_open(&flash, &power, sectors, sector, 16);
    toy_protection_init(&toy, 0x1234);
    config = (struct store_config){
        .device = &flash.device, .protection = &toy.protection, .live = live, .area_id = AREA};
}

int set_up(void **state)
{
    (void)state;
    open_flash(SECTORS, SECTOR);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
    assert_true(report.formatted);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    assert_null(flash.fault);
    flash_emulator_close(&flash);
    return 0;
}

void use_geometry(uint32_t sectors, uint32_t sector)
{
    flash_emulator_close(&flash);
    open_flash(sectors, sector);
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
}

struct anchored anchored;

static enum garrison_status anchored_check(void *context, uint32_t *number,
                                           const uint8_t tag[STORE_TAG_BYTES], bool *matches)
{
    (void)context;
    *number = anchored.number;
    *matches = memcmp(tag, anchored.tag, sizeof anchored.tag) == 0;
    return GARRISON_OK;
}

static enum garrison_status anchored_confirm(void *context, uint32_t number,
                                             const uint8_t tag[STORE_TAG_BYTES])
{
    (void)context;
    if (anchored.fails) {
        return GARRISON_ERROR_DEVICE;
    }
    assert_true(number > anchored.number);
    anchored.number = number;
    memcpy(anchored.tag, tag, sizeof anchored.tag);
    return GARRISON_OK;
}

const struct store_anchor anchor = {.check = anchored_check, .confirm = anchored_confirm};

void use_anchor(void)
{
    memset(&anchored, 0, sizeof anchored);
    use_geometry(4, SECTOR);
    config.anchor = &anchor;
    assert_int_equal(store_format(&store, &config), GARRISON_OK);
}

void mount(void)
{
    assert_int_equal(store_mount(&store, &config, &report), GARRISON_OK);
}

struct store_key key_of(uint32_t uid)
{
    return (struct store_key){.owner = (int32_t)uid - 2, .uid = uid};
}

void fill(uint8_t *data, uint32_t len, uint64_t seed)
{
    for (uint32_t i = 0; i < len; i++) {
        data[i] = (uint8_t)flash_random(&seed);
    }
}

enum garrison_status give(void *context, uint8_t *data, uint32_t len)
{
    struct bytes *bytes = context;
    if (bytes->fails_at > 0 && --bytes->fails_at == 0) {
        return GARRISON_ERROR_ARGUMENT;
    }
    assert_true(len > 0 && len <= STORE_CHUNK_BYTES);
    assert_true(bytes->len - bytes->used >= len);
    memcpy(data, bytes->data + bytes->used, len);
    bytes->used += len;
    return GARRISON_OK;
}

enum garrison_status set(uint32_t uid, uint32_t size, uint64_t seed)
{
    struct store_info info = {.size = size, .capacity = size};
    struct bytes bytes = {.data = expected, .len = size};
    fill(expected, size, seed);
    return store_set(&store, key_of(uid), &info, give, &bytes);
}

void assert_is(uint32_t uid, uint32_t size, uint64_t seed)
{
    struct store_info info;
    fill(expected, size, seed);
    assert_int_equal(store_info(&store, key_of(uid), &info), GARRISON_OK);
    assert_int_equal(info.size, size);
    assert_int_equal(store_read(&store, key_of(uid), 0, got, size), GARRISON_OK);
    assert_memory_equal(got, expected, size);
}

enum garrison_status info_of(uint32_t uid)
{
    struct store_info info;
    return store_info(&store, key_of(uid), &info);
}

static struct {
    uint32_t seeds[64]; /* Of all values it has had, the newest last. */
    uint32_t count;
    bool removed;
} history[OBJECTS];

uint32_t size_of(uint32_t uid)
{
    return uid % 3 == 2 ? 130 + uid * 10 : uid * 12;
}

void fill_area(uint32_t rounds)
{
    uint64_t random = 11;
    memset(history, 0, sizeof history);
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t uid = (uint32_t)flash_random(&random) % OBJECTS;
        if (flash_random(&random) % 6 == 0 && history[uid].count > 0 && !history[uid].removed) {
            assert_int_equal(store_remove(&store, key_of(uid)), GARRISON_OK);
            history[uid].removed = true;
        } else {
            assert_int_equal(set(uid, size_of(uid), round), GARRISON_OK);
            history[uid].seeds[history[uid].count++ % 64] = round;
            history[uid].removed = false;
        }
    }
}

enum verdict verdict(uint32_t uid, bool is_last)
{
    enum garrison_status status = store_read(&store, key_of(uid), 0, got, size_of(uid));
    enum verdict other = is_last ? VERDICT_BEFORE_LAST : VERDICT_WRONG;
    bool is = history[uid].count > 0 && !history[uid].removed;
    if (status == GARRISON_ERROR_DIGEST) {
        return VERDICT_DAMAGED;
    }
    if (status == GARRISON_ERROR_BLANK) {
        return is ? other : VERDICT_VALUE;
    }
    for (uint32_t back = 0; status == GARRISON_OK && back < 2 && back < history[uid].count;
         back++) {
        fill(expected, size_of(uid), history[uid].seeds[(history[uid].count - 1 - back) % 64]);
        if (memcmp(got, expected, size_of(uid)) == 0) {
            return back == 0 && is ? VERDICT_VALUE : other;
        }
    }
    return VERDICT_WRONG;
}

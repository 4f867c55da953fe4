#include "rescue_fixture.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "support/test.h"

struct rescue rescue_session;
struct rescue_frame rescue_answer;
uint32_t rescue_data_frames;

static struct journal journal;
static struct install install;

void rescue_set_up(uint32_t missing)
{
    static const struct scene nothing = {.set = 0};
    const struct layout_slot *slot = &layout.slot[missing];
    set_up_images(false);
    stage_set(&nothing);
    assert_int_equal(bench.slots.device.erase(&bench.slots.device, slot->off, slot->size),
                     GARRISON_OK);
}

bool rescue_boot(uint32_t missing)
{
    enum garrison_status status = boot();
    if (status == GARRISON_OK) {
        return true;
    }
    if (!bench.power.off && recover(missing) == GARRISON_OK && boot() == GARRISON_OK) {
        return true;
    }
    if (bench.power.off) {
        return false;
    }
    journal = open_journal();
    install = install_with(&journal);
    assert_true(rescue_open(&rescue_session, &install, missing, status));
    return false;
}

enum garrison_status rescue_ask(uint8_t type, const uint8_t *payload, uint32_t len)
{
    static uint8_t sequence;
    struct rescue_frame request = {.type = type, .sequence = ++sequence, .len = (uint16_t)len};
    if (len > 0) {
        memcpy(request.payload, payload, len);
    }
    assert_true(rescue_handle(&rescue_session, &request, &rescue_answer));
    assert_int_equal(rescue_answer.sequence, sequence);
    assert_in_range(rescue_answer.len, 0, RESCUE_PAYLOAD_BYTES);
    if (rescue_answer.type == RESCUE_ACK) {
        return GARRISON_OK;
    }
    assert_int_equal(rescue_answer.type, RESCUE_NAK);
    assert_int_equal(rescue_answer.len, RESCUE_NAK_BYTES);
    return garrison_status_at(rescue_answer.payload[0]);
}

enum garrison_status rescue_ask_begin(uint8_t role, uint8_t anew, uint32_t size)
{
    uint8_t payload[RESCUE_BEGIN_BYTES] = {role, anew};
    bytes_store_le32(payload + 4, size);
    return rescue_ask(RESCUE_BEGIN, payload, sizeof payload);
}

enum garrison_status rescue_ask_data(uint32_t off, const uint8_t *data, uint32_t len)
{
    uint8_t payload[RESCUE_PAYLOAD_BYTES];
    bytes_store_le32(payload, off);
    memcpy(payload + 4, data, len);
    return rescue_ask(RESCUE_DATA, payload, len + 4u);
}

enum garrison_status rescue_send(uint32_t missing, const uint8_t *bytes, uint32_t len)
{
    const uint8_t role = (uint8_t)layout.slot[missing].role;
    enum garrison_status status = rescue_ask_begin(role, 0, len);
    uint32_t off = bytes_load_le32(rescue_answer.payload);
    rescue_data_frames = 0;
    if (status == GARRISON_OK && off != 0 &&
        (off > len || bytes_load_le32(rescue_answer.payload + 4) != crc32_of(bytes, off))) {
        status = rescue_ask_begin(role, RESCUE_BEGIN_ANEW, len);
        off = 0;
    }
    while (status == GARRISON_OK && off < len) {
        const uint32_t part = len - off < RESCUE_DATA_BYTES ? len - off : RESCUE_DATA_BYTES;
        status = rescue_ask_data(off, bytes + off, part);
        off += part;
        rescue_data_frames++;
    }
    return status == GARRISON_OK ? rescue_ask(RESCUE_END, NULL, 0) : status;
}

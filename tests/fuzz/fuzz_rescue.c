/*
 * What a host may send to a device that waits for a rescue, found by libFuzzer: frames right and
 * wrong, noise between them, images that may be started and such that may not, power cuts and
 * resets. What must hold:
 *
 * - a frame is answered once, whatever came before it, and with what docs/SPEC.md says; a frame with a
 *   changed byte is not answered;
 * - nothing outside the download slot of what is missing is written, and no other update is touched
 *   but those that share flash with it;
 * - what stands in the slot is taken if and only if it is, byte for byte, an image that may be
 *   started; what is refused is erased;
 * - once an image was taken the device starts it, whatever cuts come between; until then it waits.
 *
 * Input: byte 0: what is missing, and the state of another component's update; byte 1: what stands in
 * the download slot; then steps of four bytes: what, and three arguments.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "boot/rescue.h"
#include "rescue_device.h"

#define STEP      4u
#define BOOTS_MAX 64u

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The host, and what it knows of the device.
 */

/** All of the flash when the device began to wait. */
static uint8_t untouched[SECTORS * SECTOR];

enum leave { LEAVE_EXHAUSTED = 1, LEAVE_CUT, LEAVE_RESET };
static jmp_buf leaving;

static struct {
    const uint8_t *data;
    size_t left;
    uint8_t bytes[2u * RESCUE_FRAME_BYTES]; /**< On the line. */
    uint32_t len;
    uint32_t at;
    struct rescue_frame request; /**< The last one. */
    bool asked;                  /**< It is whole, so that there is to be an answer. */
    enum garrison_status due;    /**< What it is to be answered with, if power stays on. */
    bool good;                   /**< The slot held an image that may be started. */
    unsigned answers;
    uint8_t sequence;
    const struct made_image *image; /**< What it sends. */
    bool burst;                     /**< All the rest of it comes next. */
    uint32_t spoil;                 /**< Which byte of the next frame is changed, and how. */
    /* The transfer. */
    bool begun;
    uint32_t size;
    uint32_t next;
    bool taken;
} host;

static bool holds_good_image(void)
{
    for (uint32_t i = 0; i < GOOD; i++) {
        const struct made_image *image = &device.sent[device.missing][i];
        if (host.size == image->len && device_holds(image->bytes, image->len)) {
            return true;
        }
    }
    return false;
}

/** Whole sectors of the transfer. */
static uint32_t sectors_end(void)
{
    return (host.size + SECTOR - 1u) / SECTOR * SECTOR;
}

/*
 * Expectations, request by request: the status that is due.
 */

static enum garrison_status expect_begin(const struct rescue_frame *request)
{
    const uint8_t *payload = request->payload;
    const uint32_t size = bytes_load_le32(payload + 4);
    if (request->len != RESCUE_BEGIN_BYTES || payload[2] != 0 || payload[3] != 0 ||
        payload[1] > RESCUE_BEGIN_ANEW) {
        return GARRISON_ERROR_FORMAT;
    }
    if (payload[0] != device_layout.slot[device.missing].role) {
        return GARRISON_ERROR_POLICY;
    }
    return size == 0 || size > device_room() ? GARRISON_ERROR_BOUNDS : GARRISON_OK;
}

static enum garrison_status expect_data(const struct rescue_frame *request)
{
    const uint32_t off = bytes_load_le32(request->payload);
    const uint32_t len = request->len - 4u;
    if (request->len <= 4u || len > RESCUE_DATA_BYTES) {
        return GARRISON_ERROR_FORMAT;
    }
    if (!host.begun) {
        return GARRISON_ERROR_POLICY;
    }
    if (off > host.next || (uint64_t)off + len > host.size) {
        return GARRISON_ERROR_BOUNDS;
    }
    if (off % QUAD != 0 || (len % QUAD != 0 && off + len != host.size)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (off < host.next) {
        uint8_t there[RESCUE_DATA_BYTES];
        memcpy(there, device.slots.bytes + device_staged_off() + off, len);
        return off + len <= host.next && memcmp(there, request->payload + 4, len) == 0
                   ? GARRISON_OK
                   : GARRISON_ERROR_MISMATCH;
    }
    return GARRISON_OK;
}

static void judge_begin(const struct rescue_frame *request, const struct rescue_frame *answer)
{
    const uint8_t *payload = answer->payload;
    host.begun = true;
    host.size = bytes_load_le32(request->payload + 4);
    host.next = bytes_load_le32(payload);
    must(answer->len == RESCUE_BEGIN_BYTES, "an answer to BEGIN has another size");
    must(host.next % SECTOR == 0 && host.next < host.size, "it goes on where it cannot");
    must(request->payload[1] == 0 || host.next == 0, "it goes on though it was to begin anew");
    must(bytes_load_le32(payload + 4) ==
             crc32_of(device.slots.bytes + device_staged_off(), host.next),
         "the checksum is not that of what is there");
    must(device_is_blank(host.next, sectors_end()), "what is to be written is not erased");
    must(device.journal.component[device.missing].state == JOURNAL_WRITING,
         "the journal knows of no transfer");
}

static void judge_data(const struct rescue_frame *request, const struct rescue_frame *answer)
{
    const uint32_t off = bytes_load_le32(request->payload);
    host.next = off == host.next ? off + request->len - 4u : host.next;
    must(answer->len == 4 && bytes_load_le32(answer->payload) == host.next,
         "DATA is answered with another place");
}

static void judge_hello(const struct rescue_frame *answer)
{
    const uint8_t *payload = answer->payload;
    must(answer->len == RESCUE_HELLO_BYTES && payload[0] == RESCUE_PROTOCOL &&
             payload[1] == IMAGE_ROLE_UROT &&
             payload[2] == device_layout.slot[device.missing].role &&
             bytes_load_le32(payload + 4) == device_room() &&
             bytes_load_le32(payload + 8) == RESCUE_DATA_BYTES,
         "HELLO is answered with something else");
}

/** END: what stood there decides. */
static void judge_end(enum garrison_status status)
{
    const bool whole = host.begun && host.next == host.size;
    if (!whole) {
        must(status == (host.begun ? GARRISON_ERROR_BOUNDS : GARRISON_ERROR_POLICY),
             "END of what is not whole");
        return;
    }
    host.begun = false;
    host.taken = status == GARRISON_OK;
    if (host.taken) {
        must(host.good, "taken, and no image that may be started");
        must(device.journal.component[device.missing].state == JOURNAL_CANDIDATE,
             "taken, and not noted");
    } else {
        must(!host.good, "an image that may be started was refused");
        must(device_is_blank(0, sectors_end()), "refused, and not erased");
        must(device.journal.component[device.missing].state == JOURNAL_FAILED &&
                 device.journal.component[device.missing].reason == garrison_status_index(status),
             "refused, and the reason is not noted");
        host.next = 0;
    }
}

static enum garrison_status expected(const struct rescue_frame *request)
{
    switch (request->type) {
    case RESCUE_HELLO:
    case RESCUE_RESET:
        return request->len == 0 ? GARRISON_OK : GARRISON_ERROR_FORMAT;
    case RESCUE_BEGIN:
        return expect_begin(request);
    case RESCUE_DATA:
        return expect_data(request);
    case RESCUE_END:
        return request->len == 0 ? GARRISON_OK : GARRISON_ERROR_FORMAT;
    default:
        return GARRISON_ERROR_UNSUPPORTED;
    }
}

/** An answer, with power on: what was asked is known, and so what it must say. */
static void judge(const struct rescue_frame *answer)
{
    const enum garrison_status due = host.due;
    const struct rescue_frame *request = &host.request;
    const bool ok = answer->type == RESCUE_ACK;
    const enum garrison_status status =
        ok ? GARRISON_OK : garrison_status_at(bytes_load_le32(answer->payload));
    must(ok || (answer->type == RESCUE_NAK && answer->len == RESCUE_NAK_BYTES), "no answer at all");
    must(ok || status != GARRISON_OK, "refused for no reason");
    if (request->type == RESCUE_END && due == GARRISON_OK) {
        judge_end(status);
    } else if (status == GARRISON_ERROR_DEVICE) {
        /* A quad-word that a cut has left weak. */
        must(due == GARRISON_OK && request->type == RESCUE_DATA, "the flash fails for no reason");
        host.begun = false;
    } else {
        must(status == due, "another status than the specification's");
    }
    host.burst = host.burst && ok;
    if (!ok) {
        must(bytes_load_le32(answer->payload + 4) == host.next, "NAK says another place");
    } else if (request->type == RESCUE_BEGIN) {
        judge_begin(request, answer);
    } else if (request->type == RESCUE_DATA) {
        judge_data(request, answer);
    } else if (request->type == RESCUE_HELLO) {
        judge_hello(answer);
    } else {
        must(answer->len == 0, "an answer says more than there is to say");
    }
}

/*
 * The port, as far as a waiting stage sees it.
 */

/** Another component's update is as it was, or was given up for the flash that it shared. */
static void look_at_other(uint32_t index)
{
    const struct layout_slot *own = &device_layout.slot[device.missing];
    const struct layout_slot *slot = &device_layout.slot[index];
    const bool shares = slot->download_off < own->download_off + own->download_size &&
                        own->download_off < slot->download_off + slot->download_size;
    const uint8_t state = device.journal.component[index].state;
    /* A staged set is not an image here, so that the boot has refused it. */
    const uint8_t before =
        device.other_state == JOURNAL_STAGED ? JOURNAL_FAILED : device.other_state;
    must(state == before || (shares && state == JOURNAL_FAILED), "another update was touched");
}

/** At rest: nothing is written but what may be. */
static void look(void)
{
    const uint32_t first = device_staged_off();
    const uint32_t end = device_layout.slot[device.missing].download_off +
                         device_layout.slot[device.missing].download_size;
    must(memcmp(device.slots.bytes, untouched, first) == 0 &&
             memcmp(device.slots.bytes + end, untouched + end, SECTORS * SECTOR - end) == 0,
         "something outside the download slot was written");
    must(device.slots.fault == NULL && device.journal_flash.fault == NULL,
         "a rule of the flash was broken");
    for (uint32_t i = 0; i < COMPONENTS; i++) {
        if (i != device.missing) {
            look_at_other(i);
        }
    }
}

void port_log(const char *line)
{
    must(line != NULL, "nothing is logged");
}

void port_boot_verdict(uint32_t verdict)
{
    must((verdict & 0xFFu) != 0, "a rescue without a reason");
}

/* The keys are in the record already. */
enum garrison_status port_keys_read(uint32_t off, uint8_t *data, uint32_t len)
{
    (void)off;
    (void)data;
    (void)len;
    return GARRISON_ERROR_UNSUPPORTED;
}

bool port_rescue_open(void)
{
    return true;
}

void port_rescue_write(const uint8_t *data, uint32_t len)
{
    static struct rescue_frame answer;
    static struct rescue_receiver receiver;
    bool whole = false;
    if (device.power.off) {
        return;
    }
    receiver.used = 0;
    for (uint32_t i = 0; i < len; i++) {
        must(!whole, "more than one frame");
        whole = rescue_take(&receiver, data[i], &answer);
    }
    must(whole && receiver.used == 0, "an answer is not one frame");
    must(host.asked && host.answers++ == 0, "an answer to nothing");
    must(answer.sequence == host.request.sequence, "an answer to something else");
    judge(&answer);
}

/*
 * Steps.
 */

static void put_frame(uint8_t type, const uint8_t *payload, uint32_t len)
{
    host.request =
        (struct rescue_frame){.type = type, .sequence = ++host.sequence, .len = (uint16_t)len};
    if (len > 0) {
        memcpy(host.request.payload, payload, len);
    }
    uint8_t *bytes = host.bytes + host.len;
    const uint32_t count = rescue_encode(&host.request, bytes);
    host.asked = host.spoil == 0 && type < RESCUE_ACK;
    if (host.spoil != 0) {
        bytes[(host.spoil >> 8) % count] ^= (uint8_t)host.spoil;
        host.spoil = 0;
    }
    host.answers = 0;
    host.len += count;
    host.due = expected(&host.request);
    host.good = holds_good_image();
}

static void put_begin(uint8_t which, uint8_t how)
{
    uint8_t payload[RESCUE_BEGIN_BYTES + 1u] = {(uint8_t)device_layout.slot[device.missing].role};
    host.image = &device.sent[device.missing][which % VARIANTS];
    uint32_t size = host.image->len;
    uint32_t len = RESCUE_BEGIN_BYTES;
    payload[1] = how & 1u;
    switch (how >> 1) {
    case 1:
        size = 0;
        break;
    case 2:
        size = device_room() + 1u;
        break;
    case 3:
        size = UINT32_MAX;
        break;
    case 4:
        size = which;
        break;
    case 5:
        payload[0] = which;
        break;
    case 6:
        payload[1] = which;
        break;
    case 7:
        payload[2] = which;
        break;
    case 8:
        payload[3] = which;
        break;
    case 9:
        len = which % (sizeof payload + 1u);
        break;
    case 10:
        size = device_room();
        break;
    default:
        break;
    }
    bytes_store_le32(payload + 4, size);
    put_frame(RESCUE_BEGIN, payload, len);
}

static void put_data(uint8_t quads, uint8_t how)
{
    uint8_t payload[RESCUE_PAYLOAD_BYTES];
    uint32_t len = quads % 16u * QUAD;
    uint32_t off = host.next;
    if (off < host.image->len) {
        const uint32_t left = host.image->len - off;
        len = len < left ? len : left;
    }
    memset(payload, 0x5A, sizeof payload);
    if (off < host.image->len) {
        memcpy(payload + 4, host.image->bytes + off, len);
    }
    if (how % 16u == 1) {
        off += QUAD;
    } else if (how % 16u == 2) {
        off -= QUAD; /* from 0 on: the highest there is */
    } else if (how % 16u == 3) {
        off = host.next > how ? (host.next - how) / QUAD * QUAD : 0;
        memcpy(payload + 4, device.slots.bytes + device_staged_off() + off, RESCUE_DATA_BYTES);
    } else if (how % 16u == 4) {
        len = len > 0 ? len - 1u : 0;
    } else if (how % 16u == 5) {
        payload[4u + how / 16u] ^= 1u;
    } else if (how % 16u == 6) {
        len += how / 16u;
    } else if (how % 16u == 7) {
        off += how / 16u;
    }
    bytes_store_le32(payload, off);
    len = len <= sizeof payload - 4u ? len : sizeof payload - 4u;
    put_frame(RESCUE_DATA, payload, len + 4u);
}

static void put_any(const uint8_t *step)
{
    uint8_t payload[RESCUE_PAYLOAD_BYTES];
    memset(payload, step[2], sizeof payload);
    const uint32_t len = step[3] == 0xFF ? RESCUE_PAYLOAD_BYTES : step[3];
    put_frame(step[1], payload, len);
}

static void put_noise(const uint8_t *step)
{
    host.bytes[host.len++] = step[1] % 2u != 0 ? RESCUE_START : step[1];
    host.bytes[host.len++] = step[2];
    host.bytes[host.len++] = step[3];
}

/** @return whether bytes were put on the line */
static bool take_step(const uint8_t *step)
{
    switch (step[0] % 12u) {
    case 0:
        put_frame(RESCUE_HELLO, NULL, 0);
        return true;
    case 1:
        put_begin(step[1], step[2] % 22u);
        return true;
    case 2:
    case 3:
        put_data(step[1], step[2]);
        return true;
    case 4:
        host.burst = true;
        return false;
    case 5:
        put_frame(RESCUE_END, NULL, 0);
        return true;
    case 6:
        put_frame(RESCUE_RESET, NULL, 0);
        return true;
    case 7:
        put_any(step);
        return true;
    case 8:
        put_noise(step);
        return host.len >= RESCUE_FRAME_BYTES;
    case 9:
        host.spoil = (uint32_t)step[1] << 8 | step[2];
        host.spoil = step[2] != 0 ? host.spoil : 0;
        return false;
    case 10:
        flash_power_arm(&device.power, step[1], (enum flash_cut)(step[2] % FLASH_CUT_KINDS));
        return false;
    default:
        device.power.off = true;
        return false;
    }
}

/** Puts the next bytes on the line; leaves if there are none, or power is off. */
static void go_on(void)
{
    must(!host.asked || device.power.off || host.answers == 1, "a request was not answered");
    host.at = 0;
    host.len = 0;
    host.asked = false;
    if (!device.power.off && device.power.cut_at == FLASH_NO_CUT) {
        look();
    }
    bool put = false;
    while (!put) {
        if (device.power.off) {
            longjmp(leaving, LEAVE_CUT);
        }
        host.burst =
            host.burst && host.begun && host.next < host.size && host.next < host.image->len;
        if (host.burst) {
            put_data(15, 0);
            return;
        }
        if (host.left < STEP) {
            longjmp(leaving, LEAVE_EXHAUSTED);
        }
        put = take_step(host.data);
        host.data += STEP;
        host.left -= STEP;
    }
}

bool port_rescue_read(uint8_t *byte, bool wait)
{
    if (host.at == host.len && !wait) {
        return false; /* silence */
    }
    if (host.at == host.len) {
        go_on();
    }
    *byte = host.bytes[host.at++];
    return true;
}

void port_panic(const char *reason)
{
    must(false, reason);
    abort();
}

static void wait_for_rescue(void)
{
    must(!host.taken, "an image was taken, and is not started");
    host.begun = false;
    host.size = 0;
    host.next = 0;
    host.len = 0;
    host.at = 0;
    host.asked = false;
    host.burst = false;
    memcpy(untouched, device.slots.bytes, sizeof untouched);
    must(rescue_run(&device.install, device.missing, GARRISON_ERROR_BLANK, "why"),
         "there is no rescue");
    must(host.asked && host.answers == 1 && (host.request.type == RESCUE_RESET || host.taken),
         "a reset that nobody asked for");
}

static void run(void)
{
    volatile unsigned boots = 0;
    const int left = setjmp(leaving);
    if (left == LEAVE_EXHAUSTED) {
        return;
    }
    flash_power_on(&device.power);
    while (boots++ < BOOTS_MAX) {
        const bool all = device_boot();
        if (device.power.off) {
            flash_power_on(&device.power);
            continue;
        }
        if (all) {
            must(device_is_sound(), "something else was started");
            must((device_boot() && device_boot()) || device.power.off, "started, and not again");
            must(device_is_sound() || device.power.off, "something else was started again");
            return;
        }
        wait_for_rescue();
        /* A cut that was armed goes on counting in the boot. */
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    device_make();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    memset(&host, 0, sizeof host);
    device_set_up(data[0], data[1]);
    host.image = &device.sent[device.missing][SMALL];
    host.data = data + 2;
    host.left = size - 2 < 200u * STEP ? size - 2 : 200u * STEP;
    run();
    return 0;
}

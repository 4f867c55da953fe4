/*
 * The state machine of Firmware Update over the update journal: what is asked decides which state
 * follows, and it has followed when the journal says so. Nothing is verified here: that is the boot
 * stages', who are the only ones to replace anything.
 */
#include "services/update.h"

#include <stdbool.h>
#include <string.h>

#include <garrison/area.h>
#include <garrison/handoff.h>
#include <garrison/reset.h>

#include "base/secret.h"
#include "services/update_policy.h"
#include "services/update_protocol.h"
#include "services/update_room.h"
#include "services/update_write.h"

#define AREA_JOURNAL       0u
#define AREA_SLOT(index)   (1u + (index))
#define COMPONENT_UROT_BIT 1u

/** Number in the journal of what has no state. */
#define NO_INDEX UINT32_MAX

/** An image's header and TLV areas have no more bytes together. */
#define IMAGE_FRAME_BYTES 0x800u

/** Images and numbers in the journal of the components, by psa_fwu_component_t. */
static const struct {
    uint32_t role;
    uint32_t index;
} components[PSA_FWU_COMPONENT_COUNT] = {
    [PSA_FWU_COMPONENT_MANAGER] = {IMAGE_ROLE_MANAGER, 1},
    [PSA_FWU_COMPONENT_APPLICATION] = {IMAGE_ROLE_APPLICATION, 2},
    [PSA_FWU_COMPONENT_UROT] = {IMAGE_ROLE_UROT, 0},
    [PSA_FWU_COMPONENT_IROT] = {IMAGE_ROLE_IROT, NO_INDEX},
    [PSA_FWU_COMPONENT_MODULE(0)] = {IMAGE_ROLE_MODULE_0 + 0, 3},
    [PSA_FWU_COMPONENT_MODULE(1)] = {IMAGE_ROLE_MODULE_0 + 1, 4},
    [PSA_FWU_COMPONENT_MODULE(2)] = {IMAGE_ROLE_MODULE_0 + 2, 5},
    [PSA_FWU_COMPONENT_MODULE(3)] = {IMAGE_ROLE_MODULE_0 + 3, 6},
    [PSA_FWU_COMPONENT_MODULE(4)] = {IMAGE_ROLE_MODULE_0 + 4, 7},
    [PSA_FWU_COMPONENT_MODULE(5)] = {IMAGE_ROLE_MODULE_0 + 5, 8},
    [PSA_FWU_COMPONENT_MODULE(6)] = {IMAGE_ROLE_MODULE_0 + 6, 9},
    [PSA_FWU_COMPONENT_MODULE(7)] = {IMAGE_ROLE_MODULE_0 + 7, 10},
};

/** What the manager has told. */
static struct {
    bool has_layout;
    struct {
        bool known;
        psa_fwu_image_version_t version;
        uint8_t digest[32];
    } installed[PSA_FWU_COMPONENT_COUNT];
} told;

static struct update_room room;
static struct journal journal;
static struct area journal_area;
static struct area slot_area; /**< Of the component that the call is about. */
static bool opened;
/** Who has started what is WRITING; 0: nobody since the last reset. */
static int32_t writer_client[JOURNAL_COMPONENTS_MAX];
static uint8_t block[PSA_FWU_MAX_WRITE_SIZE];

/** What is wiped of the stack behind each request, where quad-words of an image have been read to. */
#define STACK_WIPED_BYTES 512u

struct update_call {
    const psa_msg_t *message;
    struct update_request request;
    const struct update_right *right;
    uint32_t
        index; /**< Of the component in the journal; NO_INDEX: it has no state, or none is named. */
};

typedef psa_status_t update_function_fn(const struct update_call *call);

/*
 * What the manager tells.
 */

void update_note_layout(const struct layout_record *layout)
{
    memset(&told, 0, sizeof told);
    memset(&room, 0, sizeof room);
    memset(writer_client, 0, sizeof writer_client);
    opened = false;
    told.has_layout = layout != NULL;
    for (uint32_t i = 0; layout != NULL && i < layout->count && i < LAYOUT_SLOTS_MAX; i++) {
        const struct layout_slot *slot = &layout->slot[i];
        for (uint32_t c = 0; c < PSA_FWU_COMPONENT_COUNT; c++) {
            if (components[c].role == slot->role && components[c].index != NO_INDEX) {
                room.slot[components[c].index] = (struct update_slot){
                    .there = true,
                    .swapped = slot->role != IMAGE_ROLE_UROT,
                    .encrypted = (slot->flags & LAYOUT_SLOT_ENCRYPTED) != 0,
                    .off = slot->download_off,
                    .size = slot->download_size,
                    .image_max = slot->size,
                };
            }
        }
    }
}

void update_note_installed(psa_fwu_component_t component, psa_fwu_image_version_t version,
                           const uint8_t digest[32], uint32_t body_size)
{
    const uint32_t index = components[component].index;
    told.installed[component].known = true;
    told.installed[component].version = version;
    memcpy(told.installed[component].digest, digest, sizeof told.installed[component].digest);
    if (index != NO_INDEX && body_size != 0) {
        struct update_slot *slot = &room.slot[index];
        const uint32_t rest = slot->image_max - IMAGE_FRAME_BYTES;
        slot->installed = slot->image_max > IMAGE_FRAME_BYTES && body_size < rest
                              ? body_size + IMAGE_FRAME_BYTES
                              : slot->image_max;
    }
}

/*
 * What is there.
 */

/** The download slot; NULL: there is none. */
static const struct flash_device *slot_device(uint32_t index)
{
    return area_open(&slot_area, AREA_SLOT(index)) ? &slot_area.device : NULL;
}

static bool open_journal(void)
{
    room.journal = &journal;
    if (!told.has_layout) {
        memset(&journal, 0, sizeof journal);
        return true;
    }
    if (!area_open(&journal_area, AREA_JOURNAL) ||
        journal_open(&journal, &journal_area.device) != GARRISON_OK) {
        return false;
    }
    for (uint32_t i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        if (room.slot[i].size != 0) {
            const struct flash_device *device = slot_device(i);
            if (device == NULL || device->size != room.slot[i].size) {
                return false;
            }
            room.sector = device->sector;
        }
    }
    return true;
}

static uint8_t state_of(uint32_t index)
{
    return journal.component[index].state;
}

/** A bit for each component in the state. */
static uint16_t members_in(enum journal_state state)
{
    uint16_t members = 0;
    for (uint32_t i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        if (room.slot[i].there && state_of(i) == (uint8_t)state) {
            members |= (uint16_t)(1u << i);
        }
    }
    return members;
}

/** Whether an installation is under way: it needs the download area as it is. */
static bool installs(void)
{
    return journal.operation.kind != JOURNAL_NOTHING ||
           (members_in(JOURNAL_STAGED) | members_in(JOURNAL_TRIAL) |
            members_in(JOURNAL_REJECTED)) != 0;
}

/** Whether the client has a right to all of these. */
static bool may_all(const struct update_call *call, uint16_t members)
{
    for (uint32_t c = 0; c < PSA_FWU_COMPONENT_COUNT; c++) {
        if (components[c].index != NO_INDEX && (1u << components[c].index & members) != 0 &&
            (1u << c & call->right->components) == 0) {
            return false;
        }
    }
    return true;
}

static psa_status_t done(enum garrison_status status, psa_status_t answer)
{
    return status == GARRISON_OK ? answer : PSA_ERROR_STORAGE_FAILURE;
}

/** Puts a component into a state and forgets the rest. */
static psa_status_t put(uint32_t index, enum journal_state state, enum garrison_status reason,
                        uint32_t size)
{
    const struct journal_component component = {
        .state = (uint8_t)state, .reason = garrison_status_index(reason), .size = size};
    return done(journal_set(&journal, index, &component), PSA_SUCCESS);
}

/*
 * Candidate image preparation.
 */

/** Where the image of a component that is WRITING goes; what a power cut left undone is done first. */
static enum garrison_status open_writer(uint32_t index, struct update_writer *writer)
{
    const uint32_t limit = journal.component[index].size / room.sector * room.sector;
    *writer = (struct update_writer){
        .device = slot_device(index),
        .limit = limit,
        .journal = &journal,
        .index = index,
    };
    /* The journal is not signed. */
    if (writer->device == NULL || writer->device->size < room.sector ||
        limit > writer->device->size - room.sector) {
        return GARRISON_ERROR_DEVICE;
    }
    return update_write_resume(writer);
}

static psa_status_t serve_start(const struct update_call *call)
{
    const uint32_t index = call->index;
    if (index == NO_INDEX || room.slot[index].size == 0) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    if (state_of(index) != JOURNAL_READY || installs()) {
        return PSA_ERROR_BAD_STATE;
    }
    if (call->request.value != 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const uint32_t max = update_room_image_max(&room, index);
    if (max == 0) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    const struct flash_device *device = slot_device(index);
    if (device == NULL || update_write_blank(device, room.sector, max) != GARRISON_OK) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    const psa_status_t status = put(index, JOURNAL_WRITING, GARRISON_OK, max);
    if (status == PSA_SUCCESS) {
        writer_client[index] = call->message->client_id;
    }
    return status;
}

/** After a reset, whoever goes on is the one who writes. */
static psa_status_t check_writer(const struct update_call *call)
{
    if (call->index == NO_INDEX || state_of(call->index) != JOURNAL_WRITING) {
        return PSA_ERROR_BAD_STATE;
    }
    int32_t *client = &writer_client[call->index];
    if (*client == 0) {
        *client = call->message->client_id;
    }
    return *client == call->message->client_id ? PSA_SUCCESS : PSA_ERROR_NOT_PERMITTED;
}

static psa_status_t serve_write(const struct update_call *call)
{
    const uint32_t off = call->request.offset;
    const size_t len = call->message->in_size[1];
    struct update_writer writer;
    const psa_status_t status = check_writer(call);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (len == 0 || len > sizeof block || off % UPDATE_QUAD != 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (open_writer(call->index, &writer) != GARRISON_OK) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    if (off > writer.limit || len > writer.limit - off) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const uint32_t whole = ((uint32_t)len + UPDATE_QUAD - 1u) / UPDATE_QUAD * UPDATE_QUAD;
    memset(block, 0xFF, whole);
    if (psa_read(call->message->handle, 1, block, len) != len) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const psa_status_t written = done(update_write_block(&writer, off, block, whole), PSA_SUCCESS);
    secret_wipe(block, sizeof block);
    return written;
}

static psa_status_t serve_finish(const struct update_call *call)
{
    struct update_writer writer;
    psa_status_t status = check_writer(call);
    if (status != PSA_SUCCESS) {
        return status;
    }
    if (open_writer(call->index, &writer) != GARRISON_OK) {
        return PSA_ERROR_STORAGE_FAILURE;
    }
    const uint32_t size = update_write_end(&writer);
    if (size != 0) {
        return put(call->index, JOURNAL_CANDIDATE, GARRISON_OK, size);
    }
    status = put(call->index, JOURNAL_FAILED, GARRISON_ERROR_FORMAT, 0);
    return status == PSA_SUCCESS ? PSA_ERROR_INVALID_ARGUMENT : status;
}

static psa_status_t serve_cancel(const struct update_call *call)
{
    if (call->index == NO_INDEX ||
        (state_of(call->index) != JOURNAL_WRITING && state_of(call->index) != JOURNAL_CANDIDATE)) {
        return PSA_ERROR_BAD_STATE;
    }
    return put(call->index, JOURNAL_FAILED, GARRISON_OK, 0);
}

static psa_status_t serve_clean(const struct update_call *call)
{
    const uint32_t index = call->index;
    if (index == NO_INDEX ||
        (state_of(index) != JOURNAL_FAILED && state_of(index) != JOURNAL_UPDATED)) {
        return PSA_ERROR_BAD_STATE;
    }
    const uint32_t held = update_room_held(&room, index);
    if (held != 0) {
        const struct flash_device *device = slot_device(index);
        if (device == NULL || update_write_blank(device, 0, held) != GARRISON_OK) {
            return PSA_ERROR_STORAGE_FAILURE;
        }
    }
    return put(index, JOURNAL_READY, GARRISON_OK, 0);
}

/*
 * Installation and trial.
 */

static psa_status_t serve_install(const struct update_call *call)
{
    const uint16_t members = members_in(JOURNAL_CANDIDATE);
    if (members == 0 || installs()) {
        return PSA_ERROR_BAD_STATE;
    }
    /* The uROT is overwritten: it would stay when the others are taken back. */
    const bool mixed = (members & COMPONENT_UROT_BIT) != 0 && members != COMPONENT_UROT_BIT;
    if (mixed || !may_all(call, members)) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    return done(journal_begin(&journal, JOURNAL_NOTHING, members, JOURNAL_STAGED, 0),
                PSA_SUCCESS_REBOOT);
}

static psa_status_t serve_reject(const struct update_call *call)
{
    const uint16_t staged = members_in(JOURNAL_STAGED);
    const uint16_t members = staged != 0 ? staged : members_in(JOURNAL_TRIAL);
    if (members == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    if (!may_all(call, members)) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    for (uint32_t i = 0; i < JOURNAL_COMPONENTS_MAX; i++) {
        if ((1u << i & members) != 0) {
            struct journal_component component = journal.component[i];
            component.size = call->request.value;
            if (journal_set(&journal, i, &component) != GARRISON_OK) {
                return PSA_ERROR_STORAGE_FAILURE;
            }
        }
    }
    const uint8_t reason = garrison_status_index(GARRISON_ERROR_REJECTED);
    return staged != 0
               ? done(journal_begin(&journal, JOURNAL_NOTHING, members, JOURNAL_FAILED, reason),
                      PSA_SUCCESS)
               : done(journal_begin(&journal, JOURNAL_NOTHING, members, JOURNAL_REJECTED, reason),
                      PSA_SUCCESS_REBOOT);
}

static psa_status_t serve_accept(const struct update_call *call)
{
    const uint16_t members = members_in(JOURNAL_TRIAL);
    if (members == 0) {
        return PSA_ERROR_BAD_STATE;
    }
    if (!may_all(call, members)) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    return done(journal_begin(&journal, JOURNAL_NOTHING, members, JOURNAL_UPDATED, 0), PSA_SUCCESS);
}

static psa_status_t serve_reboot(const struct update_call *call)
{
    if (call->right->reboot == 0) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    reset_request();
}

/*
 * Query.
 */

/** Why a component is FAILED, in the API's words. */
static psa_status_t error_of(const struct journal_component *component)
{
    static const struct {
        enum garrison_status reason;
        psa_status_t error;
    } errors[] = {
        {GARRISON_OK, PSA_SUCCESS},
        {GARRISON_ERROR_ARGUMENT, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_DEVICE, PSA_ERROR_STORAGE_FAILURE},
        {GARRISON_ERROR_BLANK, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_FORMAT, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_BOUNDS, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_DIGEST, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_SIGNATURE, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_KEY, PSA_ERROR_INVALID_SIGNATURE},
        {GARRISON_ERROR_POLICY, PSA_ERROR_NOT_PERMITTED},
        {GARRISON_ERROR_MISMATCH, PSA_ERROR_STORAGE_FAILURE},
        {GARRISON_ERROR_UNSUPPORTED, PSA_ERROR_NOT_SUPPORTED},
        {GARRISON_ERROR_FULL, PSA_ERROR_INSUFFICIENT_STORAGE},
        {GARRISON_ERROR_STALE, PSA_ERROR_NOT_PERMITTED},
        {GARRISON_ERROR_DEPENDENCY, PSA_ERROR_DEPENDENCY_NEEDED},
        {GARRISON_ERROR_DECRYPT, PSA_ERROR_INVALID_SIGNATURE},
    };
    const enum garrison_status reason = garrison_status_at(component->reason);
    if (component->state != JOURNAL_FAILED && component->state != JOURNAL_REJECTED) {
        return PSA_SUCCESS;
    }
    if (reason == GARRISON_ERROR_REJECTED) {
        return (psa_status_t)component->size;
    }
    for (uint32_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].reason == reason) {
            return errors[i].error;
        }
    }
    return PSA_ERROR_GENERIC_ERROR;
}

static psa_status_t add_progress(uint32_t index, psa_fwu_component_info_t *info)
{
    const struct journal_component *component = &journal.component[index];
    const struct update_slot *slot = &room.slot[index];
    info->state = component->state;
    info->error = error_of(component);
    info->flags = slot->encrypted ? PSA_FWU_FLAG_ENCRYPTION : 0;
    info->max_size = slot->size != 0 ? update_room_image_max(&room, index) : 0;
    if (component->state == JOURNAL_WRITING) {
        struct update_writer writer;
        if (open_writer(index, &writer) != GARRISON_OK) {
            return PSA_ERROR_STORAGE_FAILURE;
        }
        info->max_size = writer.limit;
        info->impl.written = update_write_end(&writer);
    }
    return PSA_SUCCESS;
}

static psa_status_t serve_query(const struct update_call *call)
{
    const uint32_t component = call->request.component;
    psa_fwu_component_info_t info;
    memset(&info, 0, sizeof info);
    if (call->message->out_size[0] != sizeof info) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    info.version = told.installed[component].version;
    memcpy(info.impl.digest, told.installed[component].digest, sizeof info.impl.digest);
    const psa_status_t status =
        call->index != NO_INDEX ? add_progress(call->index, &info) : PSA_SUCCESS;
    if (status == PSA_SUCCESS) {
        psa_write(call->message->handle, 0, &info, sizeof info);
    }
    return status;
}

/*
 * Messages.
 */

static const struct {
    uint32_t function;
    bool names; /**< It names a component. */
    update_function_fn *serve;
} functions[] = {
    {UPDATE_QUERY, true, serve_query},      {UPDATE_START, true, serve_start},
    {UPDATE_WRITE, true, serve_write},      {UPDATE_FINISH, true, serve_finish},
    {UPDATE_CANCEL, true, serve_cancel},    {UPDATE_CLEAN, true, serve_clean},
    {UPDATE_INSTALL, false, serve_install}, {UPDATE_REBOOT, false, serve_reboot},
    {UPDATE_REJECT, false, serve_reject},   {UPDATE_ACCEPT, false, serve_accept},
};

static const struct update_right *right_of(int32_t client)
{
    for (uint32_t i = 0; i < update_rights_count; i++) {
        if (update_rights[i].client == client) {
            return &update_rights[i];
        }
    }
    return NULL;
}

/** Finds the component that is named, if the client has a right to it. */
static psa_status_t find_component(struct update_call *call)
{
    const uint32_t component = call->request.component;
    if (component >= PSA_FWU_COMPONENT_COUNT) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if ((1u << component & call->right->components) == 0) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    call->index = components[component].index;
    const bool there = told.installed[component].known ||
                       (call->index != NO_INDEX && room.slot[call->index].there);
    return there ? PSA_SUCCESS : PSA_ERROR_DOES_NOT_EXIST;
}

static psa_status_t serve(struct update_call *call, bool names, update_function_fn *function)
{
    call->right = right_of(call->message->client_id);
    if (call->right == NULL) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    if (names) {
        const psa_status_t status = find_component(call);
        if (status != PSA_SUCCESS) {
            return status;
        }
    }
    opened = opened || open_journal();
    return opened ? function(call) : PSA_ERROR_STORAGE_FAILURE;
}

psa_status_t update_service(const psa_msg_t *message)
{
    struct update_call call = {.message = message, .index = NO_INDEX};
    if (message->in_size[0] != sizeof call.request ||
        psa_read(message->handle, 0, &call.request, sizeof call.request) != sizeof call.request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    for (uint32_t i = 0;
         message->type == PSA_IPC_CALL && i < sizeof functions / sizeof functions[0]; i++) {
        if (functions[i].function == call.request.function) {
            const psa_status_t status = serve(&call, functions[i].names, functions[i].serve);
            secret_wipe_stack(STACK_WIPED_BYTES);
            return status;
        }
    }
    return PSA_ERROR_NOT_SUPPORTED;
}

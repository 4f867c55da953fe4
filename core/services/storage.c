/*
 * Functions of the storage services. Data pass through in portions, so that objects may be as large
 * as the area; nothing that was read stays in the partition's memory after a call.
 */
#include "services/storage.h"

#include <psa/storage_common.h>

#include "base/secret.h"
#include "services/clients.h"

#define FLAGS_KNOWN                                                                                \
    (PSA_STORAGE_FLAG_WRITE_ONCE | PSA_STORAGE_FLAG_NO_CONFIDENTIALITY |                           \
     PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION)

/**
 * Kept with an object that psa_ps_create() has made, beside the client's flags: room is reserved
 * for it, to grow up to its capacity and to be written anew as a whole, which a change does.
 */
#define FLAG_RESERVED 0x8000u

_Static_assert(PSA_STORAGE_FLAG_WRITE_ONCE == STORE_WRITE_ONCE, "the store enforces it");
_Static_assert((FLAGS_KNOWN & FLAG_RESERVED) == 0, "no client's flag");
_Static_assert(STORAGE_DROP_KINDS == STORE_DROP_KINDS, "all reasons are reported");

struct storage_call {
    struct storage *storage;
    const psa_msg_t *message;
    struct storage_request request;
};

typedef psa_status_t storage_function_fn(struct storage_call *call);

struct storage_entry {
    uint32_t function;
    bool has_object; /**< Its uid names an object, and the area must be mounted. */
    bool reads;      /**< The specification lets it tell that data are not authentic. */
    storage_function_fn *run;
};

static psa_status_t status_of(enum garrison_status status)
{
    static const struct {
        enum garrison_status status;
        psa_status_t answer;
    } answers[] = {
        {GARRISON_OK, PSA_SUCCESS},
        {GARRISON_ERROR_BLANK, PSA_ERROR_DOES_NOT_EXIST},
        {GARRISON_ERROR_POLICY, PSA_ERROR_NOT_PERMITTED},
        {GARRISON_ERROR_FULL, PSA_ERROR_INSUFFICIENT_STORAGE},
        {GARRISON_ERROR_ARGUMENT, PSA_ERROR_INVALID_ARGUMENT},
        {GARRISON_ERROR_DIGEST, PSA_ERROR_DATA_CORRUPT},
    };
    for (uint32_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (answers[i].status == status) {
            return answers[i].answer;
        }
    }
    return PSA_ERROR_STORAGE_FAILURE;
}

static struct store_key key_of(const struct storage_call *call)
{
    return (struct store_key){.owner = call->message->client_id, .uid = call->request.uid};
}

/** Bytes of an input; one that is too long for any area is UINT32_MAX. */
static uint32_t input_len(const struct storage_call *call)
{
    const size_t len = call->message->in_size[1];
    return len < UINT32_MAX ? (uint32_t)len : UINT32_MAX;
}

/** store_source_fn: the next bytes that the client wants written. */
static enum garrison_status read_input(void *context, uint8_t *data, uint32_t len)
{
    const struct storage_call *call = context;
    return psa_read(call->message->handle, 1, data, len) == len ? GARRISON_OK
                                                                : GARRISON_ERROR_ARGUMENT;
}

/** Sums up what reserved objects may still need. */
struct reserve {
    const struct store *store;
    struct store_key but;  /**< This one does not count. */
    uint32_t objects;      /**< Reserved ones, `but` among them. */
    uint32_t growth_bytes; /**< To grow up to their capacities. */
    uint32_t change_bytes; /**< To change the largest. */
};

static bool add_to_reserve(void *context, struct store_key key, const struct store_info *info)
{
    struct reserve *reserve = context;
    if ((info->flags & FLAG_RESERVED) == 0) {
        return true;
    }
    reserve->objects++;
    if (key.owner != reserve->but.owner || key.uid != reserve->but.uid) {
        const uint32_t bytes = store_object_bytes(reserve->store, info->capacity);
        reserve->growth_bytes += bytes - store_object_bytes(reserve->store, info->size);
        reserve->change_bytes = bytes > reserve->change_bytes ? bytes : reserve->change_bytes;
    }
    return true;
}

/** Of all objects but the one that the call is about. */
static enum garrison_status sum_reserve(struct storage_call *call, struct reserve *reserve)
{
    struct storage *storage = call->storage;
    *reserve = (struct reserve){.store = &storage->store, .but = key_of(call)};
    return storage->reserves ? store_each(&storage->store, add_to_reserve, reserve) : GARRISON_OK;
}

/** Of the area's bytes one module may have an eighth, all together a quarter. */
#define MODULE_PART  8u
#define MODULES_PART 4u

/** Sums up what modules have, themselves or by a partition that keeps it for them. */
struct module_room {
    const struct store *store;
    struct store_key but; /**< This one is about to change. */
    int32_t client_id;
    uint32_t but_bytes; /**< What it has now; UINT32_MAX: it cannot be replaced anyway. */
    uint32_t own_bytes; /**< Of the module's others, */
    uint32_t all_bytes; /**< and of all modules'. */
};

/**
 * Whose an object is. A partition of the manager's that keeps something for a client has the client's
 * id in the upper half of its uids, as "crypto" has for keys.
 */
static int32_t client_of(struct store_key key)
{
    const bool by_partition = key.owner > 0 && key.owner < CLIENT_MODULE_FIRST;
    const uint32_t upper = (uint32_t)(key.uid >> 32);
    return by_partition && upper <= INT32_MAX ? (int32_t)upper : key.owner;
}

static bool add_to_room(void *context, struct store_key key, const struct store_info *info)
{
    struct module_room *room = context;
    const int32_t client_id = client_of(key);
    const uint32_t bytes = store_object_bytes(room->store, info->capacity);
    if (key.owner == room->but.owner && key.uid == room->but.uid) {
        room->but_bytes = (info->flags & STORE_WRITE_ONCE) != 0 ? UINT32_MAX : bytes;
    } else if (client_is_module(client_id)) {
        room->own_bytes += client_id == room->client_id ? bytes : 0;
        room->all_bytes += bytes;
    }
    return true;
}

/** Whether the client may have an object of that size. What it has may always stay, or shrink. */
static enum garrison_status check_share(struct storage_call *call, uint32_t capacity)
{
    struct storage *storage = call->storage;
    const struct store_key key = key_of(call);
    struct module_room room = {.store = &storage->store, .but = key, .client_id = client_of(key)};
    if (!client_is_module(room.client_id)) {
        return GARRISON_OK;
    }
    const enum garrison_status status = store_each(&storage->store, add_to_room, &room);
    const uint32_t bytes = store_object_bytes(&storage->store, capacity);
    const uint32_t area = storage->config.device->size;
    if (status != GARRISON_OK || bytes <= room.but_bytes) {
        return status;
    }
    return room.own_bytes + bytes <= area / MODULE_PART &&
                   room.all_bytes + bytes <= area / MODULES_PART
               ? GARRISON_OK
               : GARRISON_ERROR_FULL;
}

/** What cannot fit is refused here, so that the store's sums cannot overflow. */
static psa_status_t set(struct storage_call *call, const struct store_info *info)
{
    struct storage *storage = call->storage;
    struct reserve reserve;
    if (info->capacity > storage->config.device->size) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    enum garrison_status status = check_share(call, info->capacity);
    if (status == GARRISON_OK) {
        status = sum_reserve(call, &reserve);
    }
    if (status != GARRISON_OK) {
        return status_of(status);
    }
    if ((info->flags & FLAG_RESERVED) != 0) {
        const uint32_t bytes = store_object_bytes(&storage->store, info->capacity);
        reserve.change_bytes = bytes > reserve.change_bytes ? bytes : reserve.change_bytes;
        storage->reserves = true;
    }
    store_keep_free(&storage->store, reserve.growth_bytes + reserve.change_bytes);
    return status_of(store_set(&storage->store, key_of(call), info, read_input, call));
}

static psa_status_t serve_set(struct storage_call *call)
{
    const struct store_info info = {
        .size = input_len(call),
        .capacity = input_len(call),
        .flags = call->request.flags,
    };
    if ((info.flags & ~FLAGS_KNOWN) != 0) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    return set(call, &info);
}

/** Sends a range that lies in the object, in portions that end where the store's records do. */
static psa_status_t send(struct storage_call *call, uint32_t off, uint32_t len)
{
    struct storage *storage = call->storage;
    while (len > 0) {
        const uint32_t room = STORE_CHUNK_BYTES - off % STORE_CHUNK_BYTES;
        const uint32_t part = len < room ? len : room;
        const enum garrison_status status =
            store_read(&storage->store, key_of(call), off, storage->buffer, part);
        if (status != GARRISON_OK) {
            return status_of(status);
        }
        psa_write(call->message->handle, 0, storage->buffer, part);
        off += part;
        len -= part;
    }
    return PSA_SUCCESS;
}

static psa_status_t serve_get(struct storage_call *call)
{
    struct store_info info;
    const uint32_t off = call->request.offset;
    const enum garrison_status status = store_info(&call->storage->store, key_of(call), &info);
    if (status != GARRISON_OK) {
        return status_of(status);
    }
    if (off > info.size) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    const size_t room = call->message->out_size[0];
    const uint32_t left = info.size - off;
    return send(call, off, room < left ? (uint32_t)room : left);
}

static psa_status_t serve_info(struct storage_call *call)
{
    struct store_info info;
    if (call->message->out_size[0] != sizeof(struct storage_answer)) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const enum garrison_status status = store_info(&call->storage->store, key_of(call), &info);
    if (status == GARRISON_OK) {
        const struct storage_answer answer = {info.capacity, info.size, info.flags & FLAGS_KNOWN};
        psa_write(call->message->handle, 0, &answer, sizeof answer);
    }
    return status_of(status);
}

static psa_status_t serve_remove(struct storage_call *call)
{
    return status_of(store_remove(&call->storage->store, key_of(call)));
}

static psa_status_t serve_create(struct storage_call *call)
{
    struct store_info info;
    if ((call->request.flags & ~(FLAGS_KNOWN & ~PSA_STORAGE_FLAG_WRITE_ONCE)) != 0) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    const enum garrison_status status = store_info(&call->storage->store, key_of(call), &info);
    if (status == GARRISON_OK || status == GARRISON_ERROR_DIGEST) {
        return PSA_ERROR_ALREADY_EXISTS;
    }
    if (status != GARRISON_ERROR_BLANK) {
        return status_of(status);
    }
    info = (struct store_info){
        .capacity = call->request.capacity,
        .flags = call->request.flags | FLAG_RESERVED,
    };
    return set(call, &info);
}

/** What set() kept free for the object itself is now its own. */
static psa_status_t write_part(struct storage_call *call, uint32_t off, uint32_t len)
{
    struct storage *storage = call->storage;
    struct reserve reserve;
    const enum garrison_status status = sum_reserve(call, &reserve);
    if (status != GARRISON_OK) {
        return status_of(status);
    }
    store_keep_free(&storage->store, reserve.growth_bytes);
    const psa_status_t answer =
        status_of(store_write(&storage->store, key_of(call), off, len, read_input, call));
    /* Only objects without a reserve meet this, and the function has no better word for it. */
    return answer == PSA_ERROR_INSUFFICIENT_STORAGE ? PSA_ERROR_STORAGE_FAILURE : answer;
}

static psa_status_t serve_write(struct storage_call *call)
{
    struct storage *storage = call->storage;
    struct store_info info;
    const uint32_t off = call->request.offset;
    const uint32_t len = input_len(call);
    const enum garrison_status status = store_info(&storage->store, key_of(call), &info);
    if (status != GARRISON_OK) {
        return status_of(status);
    }
    if ((info.flags & STORE_WRITE_ONCE) != 0) {
        return PSA_ERROR_NOT_PERMITTED;
    }
    if (off > info.size || len > info.capacity - off) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (len == 0) {
        return PSA_SUCCESS;
    }
    return write_part(call, off, len);
}

static psa_status_t serve_supports(struct storage_call *call)
{
    const uint32_t supported = PSA_STORAGE_SUPPORT_SET_EXTENDED;
    if (call->message->out_size[0] != sizeof supported) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    psa_write(call->message->handle, 0, &supported, sizeof supported);
    return PSA_SUCCESS;
}

static psa_status_t serve_report(struct storage_call *call)
{
    const struct store_report *report = &call->storage->report;
    struct storage_mounted mounted = {
        .status = garrison_status_index(call->storage->mounted),
        .formatted = report->formatted,
        .upgraded = report->upgraded,
        .first_drop_off = report->first_drop_off,
    };
    if (call->message->out_size[0] != sizeof mounted) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    for (uint32_t i = 0; i < STORAGE_DROP_KINDS; i++) {
        mounted.dropped[i] = report->dropped[i];
    }
    psa_write(call->message->handle, 0, &mounted, sizeof mounted);
    return PSA_SUCCESS;
}

static const struct storage_entry entries[] = {
    {STORAGE_SET, true, false, serve_set},
    {STORAGE_GET, true, true, serve_get},
    {STORAGE_INFO, true, true, serve_info},
    {STORAGE_REMOVE, true, false, serve_remove},
    {STORAGE_CREATE, true, false, serve_create},
    {STORAGE_WRITE, true, true, serve_write},
    {STORAGE_SUPPORTS, false, false, serve_supports},
    {STORAGE_REPORT, false, false, serve_report},
};

static const struct storage_entry *find_entry(const struct storage_service *service,
                                              uint32_t function)
{
    for (uint32_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].function == function &&
            (service->functions & STORAGE_BIT(entries[i].function)) != 0) {
            return &entries[i];
        }
    }
    return NULL;
}

static void mount(const struct storage_service *service, struct storage *storage)
{
    if (storage->tried) {
        return;
    }
    storage->tried = true;
    storage->mounted = service->configure(&storage->config);
    if (storage->mounted == GARRISON_OK) {
        storage->mounted = store_mount(&storage->store, &storage->config, &storage->report);
    }
    if (storage->mounted == GARRISON_OK &&
        (service->functions & STORAGE_BIT(STORAGE_CREATE)) != 0) {
        struct reserve reserve = {.store = &storage->store};
        storage->mounted = store_each(&storage->store, add_to_reserve, &reserve);
        storage->reserves = reserve.objects > 0;
    }
}

/** A refusal of the whole area: functions that read may say that it is not authentic. */
static psa_status_t refusal_of(enum garrison_status mounted, bool reads)
{
    const bool forged = mounted == GARRISON_ERROR_DIGEST || mounted == GARRISON_ERROR_STALE;
    return forged && reads ? PSA_ERROR_INVALID_SIGNATURE : PSA_ERROR_STORAGE_FAILURE;
}

static psa_status_t run(const struct storage_entry *entry, struct storage_call *call)
{
    if (!entry->has_object) {
        return entry->run(call);
    }
    if (call->request.uid == 0) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (call->storage->mounted != GARRISON_OK) {
        return refusal_of(call->storage->mounted, entry->reads);
    }
    const psa_status_t status = entry->run(call);
    return status == PSA_ERROR_DATA_CORRUPT && !entry->reads ? PSA_ERROR_STORAGE_FAILURE : status;
}

psa_status_t storage_serve(const struct storage_service *service, struct storage *storage,
                           const psa_msg_t *message)
{
    struct storage_call call = {.storage = storage, .message = message};

    if (message->in_size[0] != sizeof call.request ||
        psa_read(message->handle, 0, &call.request, sizeof call.request) != sizeof call.request) {
        return PSA_ERROR_PROGRAMMER_ERROR;
    }
    const struct storage_entry *entry = find_entry(service, call.request.function);
    if (message->type != PSA_IPC_CALL || entry == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    mount(service, storage);
    const psa_status_t status = run(entry, &call);
    /* Between calls it is scratch; the store wipes its own. */
    secret_wipe(storage->buffer, sizeof storage->buffer);
    return status;
}

void storage_forget(struct storage *storage)
{
    secret_wipe(storage, sizeof *storage);
}

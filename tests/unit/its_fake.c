#include "its_fake.h"

#include <string.h>

struct its_fake its_fake;

static struct its_fake_object *find(psa_storage_uid_t uid)
{
    for (size_t i = 0; i < ITS_FAKE_OBJECTS; i++) {
        if (its_fake.object[i].uid == uid) {
            return &its_fake.object[i];
        }
    }
    return NULL;
}

size_t its_fake_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < ITS_FAKE_OBJECTS; i++) {
        count += its_fake.object[i].uid != 0;
    }
    return count;
}

psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags)
{
    struct its_fake_object *object = find(uid);
    (void)create_flags;
    its_fake.writes++;
    if (its_fake.set != PSA_SUCCESS) {
        return its_fake.set;
    }
    object = object != NULL ? object : find(0);
    if (object == NULL || data_length > ITS_FAKE_BYTES) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    object->uid = uid;
    object->len = data_length;
    memcpy(object->data, p_data, data_length);
    return PSA_SUCCESS;
}

psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length)
{
    const struct its_fake_object *object = find(uid);
    its_fake.reads++;
    if (its_fake.get != PSA_SUCCESS) {
        return its_fake.get;
    }
    if (object == NULL || uid == 0) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if (data_offset > object->len) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    *p_data_length = object->len - data_offset < data_size ? object->len - data_offset : data_size;
    memcpy(p_data, object->data + data_offset, *p_data_length);
    return PSA_SUCCESS;
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    const struct its_fake_object *object = find(uid);
    if (its_fake.get != PSA_SUCCESS) {
        return its_fake.get;
    }
    if (object == NULL || uid == 0) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    p_info->capacity = object->len;
    p_info->size = object->len;
    p_info->flags = 0;
    return PSA_SUCCESS;
}

psa_status_t psa_its_remove(psa_storage_uid_t uid)
{
    struct its_fake_object *object = find(uid);
    if (its_fake.remove != PSA_SUCCESS) {
        return its_fake.remove;
    }
    if (object == NULL || uid == 0) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    memset(object, 0, sizeof *object);
    return PSA_SUCCESS;
}

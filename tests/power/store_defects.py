"""Defects of the store that its tests must find, as edits of its sources.

Those of power cuts are for the sweep; of rot, for test_store_wear; of tampering, for
test_store_hostile. Which of them finds a defect stands in meson.build.
"""

from collections import namedtuple

# edits: (file of core/store, what stands there exactly once, what stands there then).
Defect = namedtuple('Defect', 'name what edits')


def defect(name, what, *edits):
    return Defect(name, what, edits)


DEFECTS = (
    defect(
        'free_before_copy', 'the oldest sector is given up before its records have been copied',
        ('gc.c', '''    uint32_t off = log_sector_off(store, store->tail);
    uint32_t end = off + store->config->device->sector;
''', '''    uint32_t off = log_sector_off(store, store->tail);
    uint32_t end = off + store->config->device->sector;
    enum garrison_status early = mark(store, store->tail + 1u);
    if (early != GARRISON_OK) {
        return early;
    }
'''),
        ('gc.c', '''    return mark(store, tail);
''', '''    return tail == store->tail ? GARRISON_OK : mark(store, tail);
''')),
    defect(
        'head_before_chunks', 'an object changes before its data are there',
        ('store.c', '''    status = write_chunks(store, writing, chunks);
    if (status == GARRISON_OK) {
        status = write_head(store, writing, chunks);
    }
''', '''    status = chunks == 0 ? GARRISON_OK : write_head(store, writing, chunks);
    if (status == GARRISON_OK) {
        status = write_chunks(store, writing, chunks);
    }
    if (status == GARRISON_OK && chunks == 0) {
        status = write_head(store, writing, chunks);
    }
''')),
    defect(
        'no_read_back', 'what has been programmed is not read back',
        ('log.c', '''memcmp(back, data + done, part) != 0''', '''false''')),
    defect(
        'blank_by_first_byte', 'a quad-word is taken for blank by its first byte',
        ('mount.c', '''raw[0] == device->erased && bytes_all(raw, FORMAT_QUAD, device->erased)''',
         '''raw[0] == device->erased''')),
    defect(
        'append_into_torn', 'after a cut the log goes on behind the last good record',
        ('mount.c', '''        end = look == LOOK_BLANK ? end : at;
''', '''        end = bytes > FORMAT_HEADER_BYTES ? at : end;
''')),
    defect(
        'unfinished_is_damage', 'a record that was cut short is counted as if it were whole',
        ('log.c', '''        store->end += bytes;
        enum garrison_status''', '''        store->end += bytes;
        store->serial = format_next_serial(store->serial);
        enum garrison_status'''),
        ('log.c', '''            store->serial = format_next_serial(store->serial);
        }
        if (status''', '''        }
        if (status''')),
    defect(
        'version_not_raised', 'a change has the number of the one before',
        ('store.c', '''    writing->version = ++store->version;
''', '''    writing->version = store->version;
'''),
        ('log.c', '''    return other->kind != RECORD_CHUNK || other->version != record->version;
''', '''    return other->version < record->version;
''')),
    defect(
        'chunk_not_copied', 'reclaiming leaves chunks behind',
        ('gc.c', '''    struct record copy = record;
''', '''    if (sound && record.kind == RECORD_CHUNK && record.index == 2) {
        log_set_live(store, &record, false);
        return GARRISON_OK;
    }
    struct record copy = record;
''')),
    defect(
        'new_records_discarded', 'a sector that begins with copies is thrown away with what follows',
        ('mount.c', '''            belongs |= (record.flags & RECORD_COPY) == 0;
''', ''),
        ('mount.c', '''            belongs = true;
''', '')),
    defect(
        'half_copied_believed', 'a sector counts although copying into it was cut short',
        ('mount.c', '''    bool belongs = opened && *tail + sectors > sequence + 1u;
''', '''    bool belongs = opened;
''')),
    defect(
        'tombstone_ignored', 'a removed object comes back with the next mount',
        ('mount.c', '''        return later->kind != RECORD_CHUNK && later->version >= earlier->version;
''', '''        return later->kind == RECORD_HEAD && later->version >= earlier->version;
''')),
    defect(
        'confirmed_too_early', 'the anchor hears of a change before the change is there',
        ('store.c', '''    status = gc_append(store, record);
    if (status != GARRISON_OK) {
        return status;
    }
    for (''', '''    if (store->config->anchor != NULL) {
        status = store->config->anchor->confirm(
            store->config->anchor->context, record->version,
            store->buffer + format_record_bytes(record->len) - STORE_TAG_BYTES);
    }
    status = status == GARRISON_OK ? gc_append(store, record) : status;
    if (status != GARRISON_OK) {
        return status;
    }
    for ('''),
        ('store.c', '''    store->unconfirmed = true;
''', '')),
    defect(
        'record_without_tag', 'a record is believed by its header alone',
        ('mount.c', '''if (look == LOOK_RECORD && log_load(store, &record) == GARRISON_OK) {''',
         '''if (look == LOOK_RECORD) {''')),
    defect(
        'sector_without_tag', "a sector's header is believed without its tag",
        ('format.c', '''    if (!secret_equal(tag, raw + FORMAT_QUAD, sizeof tag)) {
        return false;
    }
''', '')),
    defect(
        'damage_unnoticed', 'an older value of an object comes back when the newest rots',
        ('mount.c', '''    return ahead > UINT16_MAX / 2u ? 0 : ahead;
''', '''    return ahead > UINT16_MAX ? ahead : 0;
''')),
    defect(
        'area_not_bound', 'what was stored in another area is believed',
        ('format.c', '''    bytes_store_le32(associated->bytes + 1, config->area_id);
''', '''    bytes_store_le32(associated->bytes + 1, config->area_id & 0);
''')),
    defect(
        'owner_not_bound', "an object can be made another owner's",
        ('format.c', '''    associated_add(&associated, raw, AT_CHECK);
''', '''    associated_add(&associated, raw + AT_UID, AT_CHECK - AT_UID);
'''),
        ('format.c', '''    associated_add(associated, raw, AT_SERIAL);
    associated->bytes[5 + AT_FLAGS] &= RECORD_FLAGS & ~RECORD_COPY;
''', '''    associated_add(associated, raw + AT_UID, AT_SERIAL - AT_UID);
''')),
)

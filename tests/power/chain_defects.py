"""Defects of the boot chain that the sweep of power cuts must find, as edits of a source each."""

from collections import namedtuple

# source: a file of core/. edits: (what stands there exactly once, what stands there then).
Defect = namedtuple('Defect', 'name what source edits')


def defect(name, what, source, *edits):
    return Defect(name, what, source, edits)


DEFECTS = (
    defect(
        'step_before_copy', 'a step of a swap is noted before it is done', 'boot/swap.c',
        ('''        status = run_step(swap, &step);
        if (status == GARRISON_OK) {
            status = journal_step(swap->journal);
        }
''', '''        status = journal_step(swap->journal);
        if (status == GARRISON_OK) {
            status = run_step(swap, &step);
        }
''')),
    defect(
        'swap_starts_anew', 'a swap that was cut begins with its first step', 'boot/swap.c',
        ('''    const uint32_t steps = swap_steps(swap);
    while (''', '''    const uint32_t steps = swap_steps(swap);
    swap->journal->operation.steps = 0;
    while (''')),
    defect(
        'erased_by_its_look', 'a sector that looks erased is not erased', 'boot/swap.c',
        ('''    enum garrison_status status = flash->erase(flash, step->to, flash->sector);
''', '''    enum garrison_status status = flash->read(flash, step->to, swap->buffer, flash->unit);
    if (status != GARRISON_OK || !bytes_all(swap->buffer, flash->unit, flash->erased)) {
        status = flash->erase(flash, step->to, flash->sector);
    }
''')),
    defect(
        'install_planned_anew', 'an installation that was cut is verified and planned once more',
        'boot/install.c',
        ('''    case JOURNAL_INSTALL:
        return run_forward(install, state_after(install->journal));
''', '')),
    defect(
        'revert_taken_for_done', 'a way back that was cut is taken for finished', 'boot/install.c',
        ('''    case JOURNAL_REVERT:
        return run_back(install);
''', '''    case JOURNAL_REVERT:
        return journal_begin(install->journal, JOURNAL_NOTHING, install->journal->operation.set,
                             JOURNAL_FAILED, garrison_status_index(GARRISON_ERROR_UNACCEPTED));
''')),
    defect(
        'header_from_the_start', 'the key of an encrypted image is read where its header was once',
        'boot/install.c',
        ('''    const struct image_slot place = {&view.device, 0, set.part[i].sectors * install->flash->sector};
''', '''    const struct image_slot place = {install->flash,
                                     set.part[i].download_off + install->flash->sector,
                                     set.part[i].sectors * install->flash->sector};
''')),
    defect(
        'leaves_in_clear', 'what leaves an encrypted slot is not sealed', 'boot/install.c',
        ('''        .sealed = seal ?''', '''        .sealed = false && seal ?''')),
    defect(
        'trial_raises_counter', 'the counter of an image on trial is raised', 'boot/stage.c',
        ('''entry != NULL && install_stays(&run.install, i) &&''',
         '''entry != NULL &&''')),
    defect(
        'header_before_records', 'a sector of the journal counts before its records are in it',
        'store/journal.c',
        ('''    uint8_t record[RECORD];

    journal->end = start + RECORD;
    for (unsigned i''', '''    uint8_t record[RECORD];

    memset(record, 0, sizeof record);
    bytes_store_le32(record, MAGIC);
    record[4] = VERSION;
    bytes_store_le32(record + 8, journal->sequence);
    record_seal(record, journal->sequence);
    if (!quad_write(journal->device, start, record)) {
        return false;
    }
    journal->end = start + RECORD;
    for (unsigned i'''),
        ('''    return quad_write(journal->device, start, record);
''', '''    return true;
''')),
    defect(
        'turns_in_place', 'the sector of the journal that counts is erased', 'store/journal.c',
        ('''count : count - 1u;''', '''count : count;'''),
        ('''before.sequence == 0 ? 0 : before.sector + 1u;''',
         '''before.sequence == 0 ? 0 : before.sector;''')),
    defect(
        'record_not_read_back', 'a record of the journal is not read back', 'store/journal.c',
        ('''           quad_read(device, off, back) && memcmp(back, quad, RECORD) == 0;
''', '''           (quad_read(device, off, back) || true);
''')),
    defect(
        'appends_into_torn', 'the journal goes on behind the last good record', 'store/journal.c',
        ('''        journal->end = off + RECORD;
        if (readable && record_is_sound(record, journal->sequence)) {
''', '''        if (readable && record_is_sound(record, journal->sequence)) {
            journal->end = off + RECORD;
''')),
)

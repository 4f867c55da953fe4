/*
 * Files of option-byte keys, passwords and option bytes, found by libFuzzer. What must hold:
 *
 * - whatever is read is written back alike; of option bytes, what was written is read alike;
 * - what is read stands in slots of one level, within the file;
 * - data of a kind with a digest is sound only with the right one.
 *
 * Input: byte 0: what it is (0 option-byte keys, 1 a password, 2 option bytes, 3 option-byte keys whose
 * digest is made right); then the file.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/vendor_obk.h"
#include "tools/vendor_obk_field.h"
#include "tools/vendor_options.h"
#include "tools/vendor_password.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void judge_obk(const struct vendor_obk *obk)
{
    const struct vendor_obk_kind *kind = NULL;
    struct vendor_obk_da da;
    volatile uint32_t sum = 0; /* So that the fields are read. */
    const enum vendor_obk_verdict verdict = vendor_obk_judge(obk, &kind);
    must((verdict == VENDOR_OBK_STRANGE) == (kind == NULL));
    if (verdict == VENDOR_OBK_SOUND) {
        must(kind->off == obk->off && kind->len == obk->len);
        must(kind->digest != VENDOR_OBK_YES || vendor_obk_has_digest(obk));
        for (unsigned i = 0; i < vendor_obk_field_count; i++) {
            if (strcmp(vendor_obk_fields[i].kind, kind->name) == 0) {
                sum += vendor_obk_field_value(obk, &vendor_obk_fields[i]);
            }
        }
    }
    if (vendor_obk_da_read(obk, &da) && verdict == VENDOR_OBK_SOUND) {
        uint8_t file[VENDOR_OBK_DA_FILE];
        vendor_obk_da_write(&da, file);
        /* Written with zeros behind the mask, so with another digest where there were none. */
        must(memcmp(file + VENDOR_OBK_HEADER + VENDOR_OBK_DIGEST, obk->data + VENDOR_OBK_DIGEST,
                    sizeof da) == 0);
        sum += da.hash[0];
    }
}

/** HDPL that reads a byte of the keys store; 0: none that a file writes to. */
static unsigned level_of(uint32_t off)
{
    return off < 0x100u ? 0 : off < 0x900u ? 1 : off < 0xC00u ? 2 : off < 0x1800u ? 3 : 0;
}

static void try_obk(const uint8_t *file, size_t size)
{
    struct vendor_obk obk;
    struct vendor_obk_problem problem = {0};
    uint8_t written[VENDOR_OBK_FILE_MAX];
    if (!vendor_obk_read(file, size, &obk, &problem)) {
        must(problem.why != NULL && problem.off <= size);
        return;
    }
    must(obk.len % VENDOR_OBK_SLOT == 0 && obk.len > 0 && obk.len <= VENDOR_OBK_DATA_MAX);
    must(obk.level >= 1u && obk.level == level_of(obk.off));
    must(obk.level == level_of(obk.off + obk.len - 1u));
    must(obk.data == file + VENDOR_OBK_HEADER && obk.len == size - VENDOR_OBK_HEADER);
    must(vendor_obk_write(&obk, written) == size && memcmp(written, file, size) == 0);
    judge_obk(&obk);
}

static void try_repaired(const uint8_t *data, size_t size)
{
    uint8_t file[VENDOR_OBK_FILE_MAX];
    if (size > sizeof file || size <= VENDOR_OBK_HEADER + VENDOR_OBK_DIGEST) {
        return;
    }
    memcpy(file, data, size);
    vendor_obk_digest(file + VENDOR_OBK_HEADER, (uint32_t)(size - VENDOR_OBK_HEADER));
    const struct vendor_obk obk = {.data = file + VENDOR_OBK_HEADER,
                                   .len = (uint32_t)(size - VENDOR_OBK_HEADER)};
    must(vendor_obk_has_digest(&obk));
    try_obk(file, size);
}

static void try_password(const uint8_t *file, size_t size)
{
    uint8_t password[VENDOR_PASSWORD_BYTES];
    uint8_t written[VENDOR_PASSWORD_FILE];
    if (vendor_password_read(file, size, password) == NULL) {
        vendor_password_write(password, written);
        must(size == sizeof written && memcmp(written, file, size) == 0);
    }
}

static void try_options(const char *text, size_t size)
{
    struct sim_probe_option options[VENDOR_OPTIONS];
    struct sim_probe_option again[VENDOR_OPTIONS];
    struct vendor_options_problem problem;
    uint32_t value[VENDOR_OPTIONS];
    char written[VENDOR_OPTIONS_TEXT];
    if (!vendor_options_read(text, size, options, &problem)) {
        must(problem.line >= 1u && problem.why[0] != '\0');
        return;
    }
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        must(strcmp(options[i].name, vendor_options_name(i)) == 0);
        value[i] = options[i].value;
    }
    const size_t len = vendor_options_write(value, written);
    must(vendor_options_read(written, len, again, &problem));
    for (unsigned i = 0; i < VENDOR_OPTIONS; i++) {
        must(again[i].value == value[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1u) {
        return 0;
    }
    switch (data[0] & 3u) {
    case 0:
        try_obk(data + 1, size - 1u);
        break;
    case 1:
        try_password(data + 1, size - 1u);
        break;
    case 2:
        try_options((const char *)data + 1, size - 1u);
        break;
    default:
        try_repaired(data + 1, size - 1u);
        break;
    }
    return 0;
}

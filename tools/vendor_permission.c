#include "vendor_permission.h"

#include <stdio.h>
#include <string.h>

#include "sim/nearest.h"
#include "vendor_number.h"

const struct vendor_permission vendor_permissions[VENDOR_PERMISSIONS] = {
    {14, 'a', "full-regression", "erase everything and go back to OPEN"},
    {12, 'b', "partial-regression", "erase what is Non-secure and go back to TZ-CLOSED"},
    {6, 'c', "level3", "debug from HDPL 3 on, Secure and Non-secure"},
    {5, 'd', "level2", "debug from HDPL 2 on, Secure and Non-secure"},
    {4, 'e', "level1", "debug from HDPL 1 on, Secure and Non-secure"},
    {2, 'f', "level3-nonsecure", "debug from HDPL 3 on, Non-secure only"},
    {1, 'g', "level2-nonsecure", "debug from HDPL 2 on, Non-secure only"},
    {0, 'h', "level1-nonsecure", "debug from HDPL 1 on, Non-secure only"},
};

static void set(uint8_t mask[VENDOR_PERMISSION_BYTES], unsigned bit)
{
    mask[bit / 8u] = (uint8_t)(mask[bit / 8u] | 1u << (bit % 8u));
}

static void set_all(uint8_t mask[VENDOR_PERMISSION_BYTES])
{
    for (size_t i = 0; i < VENDOR_PERMISSIONS; i++) {
        set(mask, vendor_permissions[i].bit);
    }
}

bool vendor_permission_has(const uint8_t mask[VENDOR_PERMISSION_BYTES], unsigned bit)
{
    return (mask[bit / 8u] >> (bit % 8u) & 1u) != 0;
}

void vendor_permission_keep(uint8_t mask[VENDOR_PERMISSION_BYTES],
                            const uint8_t other[VENDOR_PERMISSION_BYTES])
{
    for (size_t i = 0; i < VENDOR_PERMISSION_BYTES; i++) {
        mask[i] &= other[i];
    }
}

bool vendor_permission_beyond(const uint8_t mask[VENDOR_PERMISSION_BYTES],
                              const uint8_t other[VENDOR_PERMISSION_BYTES])
{
    for (size_t i = 0; i < VENDOR_PERMISSION_BYTES; i++) {
        if ((mask[i] & (uint8_t)~other[i]) != 0) {
            return true;
        }
    }
    return false;
}

/* Reading. */

static bool is_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && strncmp(text, word, len) == 0;
}

static bool add_word(const char *text, size_t len, uint8_t mask[VENDOR_PERMISSION_BYTES])
{
    uint8_t number[VENDOR_PERMISSION_BYTES];
    if (vendor_number_parse(text, len, number)) {
        for (size_t i = 0; i < sizeof number; i++) {
            mask[i] |= number[i];
        }
        return true;
    }
    for (size_t i = 0; i < VENDOR_PERMISSIONS; i++) {
        if (is_word(text, len, vendor_permissions[i].name)) {
            set(mask, vendor_permissions[i].bit);
            return true;
        }
    }
    if (is_word(text, len, "all")) {
        set_all(mask);
        return true;
    }
    return is_word(text, len, "none");
}

static void explain(const char *text, size_t len, char why[VENDOR_PERMISSION_TEXT])
{
    const char *names[VENDOR_PERMISSIONS];
    char word[64];
    for (size_t i = 0; i < VENDOR_PERMISSIONS; i++) {
        names[i] = vendor_permissions[i].name;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1u),
                   text);
    const char *near = nearest_name(word, names, VENDOR_PERMISSIONS);
    if (near != NULL) {
        (void)snprintf(why, VENDOR_PERMISSION_TEXT, "'%s' is no permission; did you mean '%s'?",
                       word, near);
        return;
    }
    (void)snprintf(why, VENDOR_PERMISSION_TEXT,
                   "'%s' is no permission: full-regression, partial-regression, level1, level2 and "
                   "level3, each also with -nonsecure, all, none, or a number like 0x5077",
                   word);
}

bool vendor_permission_parse(const char *text, uint8_t mask[VENDOR_PERMISSION_BYTES],
                             char why[VENDOR_PERMISSION_TEXT])
{
    memset(mask, 0, VENDOR_PERMISSION_BYTES);
    why[0] = '\0';
    for (const char *at = text;; at++) {
        const size_t len = strcspn(at, ",");
        if (!add_word(at, len, mask)) {
            explain(at, len, why);
            return false;
        }
        at += len;
        if (*at == '\0') {
            return true;
        }
    }
}

/* Writing. */

/** Appends a word behind a comma. What is written here always fits. */
static void append(char text[VENDOR_PERMISSION_TEXT], const char *word)
{
    const size_t used = strlen(text);
    (void)snprintf(text + used, VENDOR_PERMISSION_TEXT - used, "%s%s", used > 0 ? "," : "", word);
}

void vendor_permission_text(const uint8_t mask[VENDOR_PERMISSION_BYTES],
                            char text[VENDOR_PERMISSION_TEXT])
{
    uint8_t rest[VENDOR_PERMISSION_BYTES];
    uint8_t every[VENDOR_PERMISSION_BYTES] = {0};
    static const uint8_t nothing[VENDOR_PERMISSION_BYTES];
    char number[VENDOR_NUMBER_TEXT];
    memcpy(rest, mask, sizeof rest);
    text[0] = '\0';
    set_all(every);
    for (size_t i = 0; i < sizeof rest; i++) {
        rest[i] &= (uint8_t)~every[i];
    }
    if (!vendor_permission_beyond(every, mask)) {
        append(text, "all");
    }
    for (size_t i = 0; i < VENDOR_PERMISSIONS && strcmp(text, "all") != 0; i++) {
        if (vendor_permission_has(mask, vendor_permissions[i].bit)) {
            append(text, vendor_permissions[i].name);
        }
    }
    if (memcmp(rest, nothing, sizeof rest) != 0) {
        vendor_number_short_text(rest, number);
        append(text, number);
    }
    if (text[0] == '\0') {
        append(text, "none");
    }
}

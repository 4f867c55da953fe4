#include <garrison/layout.h>

static const char *const texts[] = {
    [LAYOUT_RULE_NONE] = "the layout is sound",
    [LAYOUT_RULE_MAGIC] = "this is no layout record",
    [LAYOUT_RULE_VERSION] = "the layout record is of another version",
    [LAYOUT_RULE_COUNT] = "the number of slots is 1 to 11",
    [LAYOUT_RULE_UNUSED] = "what is unused is zero",
    [LAYOUT_RULE_ROLE] = "the role is known",
    [LAYOUT_RULE_FLAGS] = "the flags are known",
    [LAYOUT_RULE_OPTIONAL] = "only a module is optional",
    [LAYOUT_RULE_SLOT_WHOLE] = "a slot is whole sectors",
    [LAYOUT_RULE_SLOT_BOUNDS] = "a slot lies behind the iROT and before the storage areas",
    [LAYOUT_RULE_UROT] = "the uROT stands right behind the iROT",
    [LAYOUT_RULE_NO_DOWNLOAD] = "a download slot that is not there has offset 0",
    [LAYOUT_RULE_DOWNLOAD_WHOLE] = "a download slot is whole sectors",
    [LAYOUT_RULE_DOWNLOAD_BOUNDS] =
        "a download slot lies behind the iROT and before the storage areas",
    [LAYOUT_RULE_DOWNLOAD_ROOM] = "a download slot has one sector more than the slot, at least",
    [LAYOUT_RULE_JOURNAL] = "the journal is two to eight whole sectors, before the storage areas",
    [LAYOUT_RULE_REQUIRED] = "uROT, manager and application have a slot",
    [LAYOUT_RULE_ROLE_ONCE] = "a role stands there once",
    [LAYOUT_RULE_OVERLAP] = "slots do not overlap",
    [LAYOUT_RULE_DOWNLOAD_OVERLAP] = "a download slot overlaps download slots only",
    [LAYOUT_RULE_APPLICATION_END] =
        "the application's slot reaches to the end of its bank, or beyond",
    [LAYOUT_RULE_APPLICATION_START] =
        "the application's slot begins in bank 1, or where bank 2 begins",
    [LAYOUT_RULE_RAM_ROLE] = "only a module has RAM of its own",
    [LAYOUT_RULE_RAM_SUM] = "the modules' RAM is 128 KB together, at most",
};

const char *layout_rule_text(enum layout_rule rule)
{
    return (uint32_t)rule < sizeof texts / sizeof texts[0] ? texts[rule] : "an unknown rule";
}

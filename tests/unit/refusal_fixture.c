#include "refusal_fixture.h"

#include <string.h>

#include "support/test.h"

void refusal_begin(void **state)
{
    update_open_anew(state);
    for (uint32_t i = 0; i < 3; i++) {
        bench.counters.counter[i] = STORED;
    }
}

void refusal_recipe(uint32_t component, struct image_recipe *recipe)
{
    image_recipe(recipe, BASE + layout.slot[component].off, HEADER_BYTES, STACK);
    recipe->owner = (uint8_t)(component + 1u);
    recipe->header.version = (struct image_version){2, 0, 0, 0};
    assert_int_equal(recipe->body_len, BODY_BYTES);
}

void refusal_make(const struct image_recipe *recipe, struct made_image *made)
{
    static struct image_recipe whole;
    const uint32_t counter = COUNTER;
    whole = *recipe;
    recipe_add_protected(&whole, IMAGE_TLV_COUNTER, &counter, sizeof counter);
    image_make(&whole, made);
}

psa_status_t refusal_stage(uint32_t component, const struct made_image *made)
{
    const psa_fwu_component_t name = update_component(component);
    assert_int_equal(psa_fwu_start(name, NULL, 0), PSA_SUCCESS);
    const psa_status_t status = update_write_image(component, made, 96);
    assert_int_equal(psa_fwu_finish(name), PSA_SUCCESS);
    assert_int_equal(psa_fwu_install(), PSA_SUCCESS_REBOOT);
    return status;
}

void refusal_expect_state(uint32_t component, uint8_t state, psa_status_t error)
{
    const psa_fwu_component_info_t info = update_query(component);
    assert_int_equal(info.state, state);
    assert_int_equal(info.error, error);
    assert_int_equal(info.version.major, 1);
    assert_true(active_are(bench.old, 7));
    assert_null(bench.slots.fault);
    assert_null(bench.journal.fault);
}

void refusal_expect(const char *name, uint32_t component, enum garrison_status reason,
                    psa_status_t error)
{
    const uint64_t operations = bench.slots.programmed + bench.slots.erased;
    const enum garrison_status status = update_boot();
    const struct journal journal = open_journal();
    if (status != GARRISON_OK || journal.component[component].state != JOURNAL_FAILED ||
        journal.component[component].reason != garrison_status_index(reason)) {
        print_error("%s, component %u: boot: %s; state %u, reason: %s\n", name, component,
                    garrison_status_text(status), journal.component[component].state,
                    garrison_status_text(garrison_status_at(journal.component[component].reason)));
        fail();
    }
    assert_int_equal(bench.slots.programmed + bench.slots.erased, operations);
    refusal_expect_state(component, PSA_FWU_FAILED, error);
    assert_int_equal(update_boot(), GARRISON_OK);
    refusal_expect_state(component, PSA_FWU_FAILED, error);
    assert_int_equal(psa_fwu_clean(update_component(component)), PSA_SUCCESS);
    refusal_expect_state(component, PSA_FWU_READY, PSA_SUCCESS);
}

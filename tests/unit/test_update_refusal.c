/*
 * Images that their owner signed as they are and that may not be started all the same, brought the
 * whole way through Firmware Update: in the wrong place, too old, too large, for another device.
 */
#include "refusal_fixture.h"

#include <string.h>

#include "base/bytes.h"
#include "support/test.h"
#include "support/wrapped_key.h"

static void a_right_image_is_taken(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        refusal_make(&recipe, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        assert_int_equal(update_boot(), GARRISON_OK);
        assert_int_equal(update_query(component).version.major, 2);
        assert_true(is_active(&made, component));
    }
}

/*
 * Signed as it stands there, and not to be started all the same.
 */

static void set_vectors(struct image_recipe *recipe, uint32_t stack, uint32_t entry)
{
    bytes_store_le32(recipe->body, stack);
    bytes_store_le32(recipe->body + 4, entry);
}

/** First byte of the body, where it will stand. */
static uint32_t body_addr(const struct image_recipe *recipe)
{
    return recipe->header.load_addr + recipe->header.header_size;
}

static void place_behind(struct image_recipe *recipe)
{
    recipe->header.load_addr += SECTOR;
}

static void place_at_nothing(struct image_recipe *recipe)
{
    recipe->header.load_addr = 0;
}

static void place_without_flag(struct image_recipe *recipe)
{
    recipe->header.flags = 0;
}

static void header_longer(struct image_recipe *recipe)
{
    recipe->header.header_size = 2u * HEADER_BYTES;
}

static void body_shorter_than_vectors(struct image_recipe *recipe)
{
    recipe->body_len = 7;
}

static void stack_below(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK - 0x1000u, body_addr(recipe) + 9u);
}

static void stack_above(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK + 8u, body_addr(recipe) + 9u);
}

static void stack_uneven(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK - 4u, body_addr(recipe) + 9u);
}

static void entry_not_thumb(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK, body_addr(recipe) + 8u);
}

static void entry_before_body(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK, body_addr(recipe) - 1u);
}

static void entry_behind_body(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK, body_addr(recipe) + recipe->body_len + 1u);
}

static void entry_at_the_end_of_memory(struct image_recipe *recipe)
{
    set_vectors(recipe, STACK, UINT32_MAX);
}

static void another_owner(struct image_recipe *recipe)
{
    recipe->owner = 9;
}

static void the_next_components_owner(struct image_recipe *recipe)
{
    recipe->owner = (uint8_t)(recipe->owner % 3u + 1u);
}

static void counter_twice(struct image_recipe *recipe)
{
    const uint32_t counter = COUNTER;
    recipe_add_protected(recipe, IMAGE_TLV_COUNTER, &counter, sizeof counter);
}

static void without_digest(struct image_recipe *recipe)
{
    recipe->no_sha256 = true;
}

static void without_keyhash(struct image_recipe *recipe)
{
    recipe->no_keyhash = true;
}

static void without_signature(struct image_recipe *recipe)
{
    recipe->no_ecdsa = true;
}

static void needs(struct image_recipe *recipe, uint8_t role, struct image_version version)
{
    const struct image_dependency dependency = {.role = role, .version = version};
    recipe_add_protected(recipe, IMAGE_TLV_DEPENDENCY, &dependency, sizeof dependency);
}

static void needs_a_newer_manager(struct image_recipe *recipe)
{
    needs(recipe, IMAGE_ROLE_MANAGER,
          (struct image_version){recipe->owner == MANAGER + 1u ? 3 : 1, 0, 1, 0});
}

static void needs_what_is_not_there(struct image_recipe *recipe)
{
    needs(recipe, IMAGE_ROLE_MODULE_0, (struct image_version){0, 0, 0, 0});
}

static void needs_the_irot(struct image_recipe *recipe)
{
    needs(recipe, IMAGE_ROLE_IROT, (struct image_version){0, 0, 0, 0});
}

static void wrapped_for_nobody(struct image_recipe *recipe)
{
    uint8_t wrapped[sizeof wrapped_key_128];
    memcpy(wrapped, wrapped_key_128, sizeof wrapped);
    wrapped[70] ^= 1u;
    recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_128;
    recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped, sizeof wrapped);
}

static void wrapped_to_no_point(struct image_recipe *recipe)
{
    uint8_t wrapped[sizeof wrapped_key_256];
    memcpy(wrapped, wrapped_key_256, sizeof wrapped);
    wrapped[1] ^= 1u;
    recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_256;
    recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped, sizeof wrapped);
}

static void wrapped_key_of_another_size(struct image_recipe *recipe)
{
    recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_256;
    recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped_key_128, sizeof wrapped_key_128);
}

/** Its body is in clear, so that decrypting it makes something else of it. */
static void encrypted_only_in_name(struct image_recipe *recipe)
{
    recipe->header.flags |= IMAGE_FLAG_ENCRYPTED_128;
    recipe_add_extra(recipe, IMAGE_TLV_ECIES, wrapped_key_128, sizeof wrapped_key_128);
}

struct signed_row {
    const char *name;
    void (*spoil)(struct image_recipe *recipe);
    enum garrison_status reason;
    psa_status_t error;
};

#define ROW(spoil, reason, error)                                                                  \
    {                                                                                              \
#spoil, spoil, GARRISON_ERROR_##reason, PSA_ERROR_##error                                  \
    }

static const struct signed_row signed_rows[] = {
    ROW(place_behind, POLICY, NOT_PERMITTED),
    ROW(place_at_nothing, POLICY, NOT_PERMITTED),
    ROW(place_without_flag, POLICY, NOT_PERMITTED),
    ROW(header_longer, POLICY, NOT_PERMITTED),
    ROW(body_shorter_than_vectors, POLICY, NOT_PERMITTED),
    ROW(stack_below, POLICY, NOT_PERMITTED),
    ROW(stack_above, POLICY, NOT_PERMITTED),
    ROW(stack_uneven, POLICY, NOT_PERMITTED),
    ROW(entry_not_thumb, POLICY, NOT_PERMITTED),
    ROW(entry_before_body, POLICY, NOT_PERMITTED),
    ROW(entry_behind_body, POLICY, NOT_PERMITTED),
    ROW(entry_at_the_end_of_memory, POLICY, NOT_PERMITTED),
    ROW(another_owner, SIGNATURE, INVALID_SIGNATURE),
    ROW(the_next_components_owner, SIGNATURE, INVALID_SIGNATURE),
    ROW(counter_twice, FORMAT, INVALID_ARGUMENT),
    ROW(without_digest, FORMAT, INVALID_ARGUMENT),
    ROW(without_keyhash, FORMAT, INVALID_ARGUMENT),
    ROW(without_signature, FORMAT, INVALID_ARGUMENT),
    ROW(needs_a_newer_manager, DEPENDENCY, DEPENDENCY_NEEDED),
    ROW(needs_what_is_not_there, DEPENDENCY, DEPENDENCY_NEEDED),
    ROW(needs_the_irot, DEPENDENCY, DEPENDENCY_NEEDED),
    ROW(wrapped_for_nobody, DECRYPT, INVALID_SIGNATURE),
    ROW(wrapped_to_no_point, DECRYPT, INVALID_SIGNATURE),
    ROW(wrapped_key_of_another_size, FORMAT, INVALID_ARGUMENT),
    ROW(encrypted_only_in_name, DIGEST, INVALID_SIGNATURE),
};

static void what_its_owner_signed_is_refused_where_it_may_not_run(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        for (uint32_t i = 0; i < COUNT_OF(signed_rows); i++) {
            refusal_recipe(component, &recipe);
            signed_rows[i].spoil(&recipe);
            refusal_make(&recipe, &made);
            assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
            refusal_expect(signed_rows[i].name, component, signed_rows[i].reason,
                           signed_rows[i].error);
        }
    }
}

/** Its own owner's, valid once. */
static void what_is_older_than_the_counter_is_refused(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    const uint32_t zero = 0;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        image_make(&recipe, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        refusal_expect("no counter", component, GARRISON_ERROR_STALE, PSA_ERROR_NOT_PERMITTED);
        recipe_add_protected(&recipe, IMAGE_TLV_COUNTER, &zero, sizeof zero);
        image_make(&recipe, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        refusal_expect("downgrade", component, GARRISON_ERROR_STALE, PSA_ERROR_NOT_PERMITTED);
    }
}

/**
 * The one that was replaced, byte for byte: from the acceptance on, whose counter is stored only at
 * the boot after it. The uROT's is stored at the boot that installs it.
 */
static void what_was_replaced_never_comes_again(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    for (uint32_t i = 0; i < 6; i++) {
        const uint32_t component = i % 3u;
        const bool stored = i / 3u != 0 || component == UROT;
        const psa_fwu_component_t name = update_component(component);
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        refusal_make(&recipe, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        assert_int_equal(update_boot(), GARRISON_OK);
        assert_int_equal(psa_fwu_accept(), component == UROT ? PSA_ERROR_BAD_STATE : PSA_SUCCESS);
        assert_int_equal(psa_fwu_clean(name), PSA_SUCCESS);
        bench.counters.counter[component] = stored ? COUNTER : STORED;
        assert_int_equal(refusal_stage(component, &bench.old[component]), PSA_SUCCESS);
        assert_int_equal(update_boot(), GARRISON_OK);
        const psa_fwu_component_info_t info = update_query(component);
        const struct journal journal = open_journal();
        assert_int_equal(info.state, PSA_FWU_FAILED);
        assert_int_equal(info.error, PSA_ERROR_NOT_PERMITTED);
        assert_int_equal(info.version.major, 2);
        assert_int_equal(journal.component[component].reason,
                         garrison_status_index(GARRISON_ERROR_STALE));
        assert_true(is_active(&made, component));
    }
}

static void every_unknown_flag_is_refused(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    refusal_begin(state);
    for (uint32_t bit = 0; bit < 32; bit++) {
        refusal_recipe(APPLICATION, &recipe);
        if ((IMAGE_FLAGS_KNOWN & 1u << bit) == 0) {
            recipe.header.flags |= 1u << bit;
            refusal_make(&recipe, &made);
            assert_int_equal(refusal_stage(APPLICATION, &made), PSA_SUCCESS);
            refusal_expect("flag", APPLICATION, GARRISON_ERROR_UNSUPPORTED,
                           PSA_ERROR_NOT_SUPPORTED);
        }
    }
}

/*
 * Sizes.
 */

/** An image of exactly that many bytes; signatures differ in length. */
static void make_of_size(uint32_t component, uint32_t size, struct made_image *made)
{
    static struct image_recipe recipe;
    made->len = 0;
    for (uint32_t tries = 0; made->len != size; tries++) {
        assert_in_range(tries, 0, 1000);
        refusal_recipe(component, &recipe);
        recipe.body_len = size - 196u + tries % 3u; /* all else, and 70 to 72 bytes of signature */
        refusal_make(&recipe, made);
    }
}

static void an_image_of_the_slots_size_is_taken_and_a_larger_one_is_not(void **state)
{
    static struct made_image made;
    for (uint32_t component = 0; component < 3; component++) {
        const uint32_t size = layout.slot[component].size;
        refusal_begin(state);
        make_of_size(component, size + 1u, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_ERROR_INVALID_ARGUMENT);
        refusal_expect("larger", component, GARRISON_ERROR_BOUNDS, PSA_ERROR_INVALID_ARGUMENT);
        make_of_size(component, size, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        assert_int_equal(update_boot(), GARRISON_OK);
        assert_true(is_active(&made, component));
    }
}

/*
 * Keys.
 */

static void an_image_that_cannot_be_decrypted_is_refused(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        refusal_recipe(component, &recipe);
        encrypted_only_in_name(&recipe);
        refusal_make(&recipe, &made);
        bench.image_key[7] ^= 1u;
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        refusal_expect("another device", component, GARRISON_ERROR_DECRYPT,
                       PSA_ERROR_INVALID_SIGNATURE);
        bench.no_image_key = true;
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        refusal_expect("no key", component, GARRISON_ERROR_DECRYPT, PSA_ERROR_INVALID_SIGNATURE);
    }
}

static void an_image_in_clear_is_refused_where_none_may_be(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    for (uint32_t component = 0; component < 3; component++) {
        refusal_begin(state);
        layout.slot[component].flags |= LAYOUT_SLOT_ENCRYPTED;
        update_restart();
        refusal_recipe(component, &recipe);
        refusal_make(&recipe, &made);
        assert_int_equal(refusal_stage(component, &made), PSA_SUCCESS);
        refusal_expect("in clear", component, GARRISON_ERROR_POLICY, PSA_ERROR_NOT_PERMITTED);
    }
}

/** One of a set is not good: the other one does not come, for the same reason. */
static void a_set_is_refused_together(void **state)
{
    static struct image_recipe recipe;
    static struct made_image made;
    refusal_begin(state);
    for (uint32_t i = MANAGER; i <= APPLICATION; i++) {
        refusal_recipe(i, &recipe);
        recipe.owner = (uint8_t)(i == MANAGER ? recipe.owner : 9);
        refusal_make(&recipe, &made);
        assert_int_equal(psa_fwu_start(update_component(i), NULL, 0), PSA_SUCCESS);
        assert_int_equal(update_write_image(i, &made, 64), PSA_SUCCESS);
        assert_int_equal(psa_fwu_finish(update_component(i)), PSA_SUCCESS);
    }
    assert_int_equal(psa_fwu_install(), PSA_SUCCESS_REBOOT);
    refusal_expect("set", APPLICATION, GARRISON_ERROR_SIGNATURE, PSA_ERROR_INVALID_SIGNATURE);
    refusal_expect_state(MANAGER, PSA_FWU_FAILED, PSA_ERROR_INVALID_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_image_is_taken),
        cmocka_unit_test(what_its_owner_signed_is_refused_where_it_may_not_run),
        cmocka_unit_test(what_is_older_than_the_counter_is_refused),
        cmocka_unit_test(what_was_replaced_never_comes_again),
        cmocka_unit_test(every_unknown_flag_is_refused),
        cmocka_unit_test(an_image_of_the_slots_size_is_taken_and_a_larger_one_is_not),
        cmocka_unit_test(an_image_that_cannot_be_decrypted_is_refused),
        cmocka_unit_test(an_image_in_clear_is_refused_where_none_may_be),
        cmocka_unit_test(a_set_is_refused_together),
    };
    return cmocka_run_group_tests(tests, open_bench, close_bench);
}

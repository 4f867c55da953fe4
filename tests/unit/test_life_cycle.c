/*
 * What clients are told of each life cycle that the port knows; the values are typed from the framework.
 */
#include "support/test.h"

#include <garrison/port.h>
#include <garrison/spm.h>
#include <psa/lifecycle.h>

static enum port_life_cycle port_says;

enum port_life_cycle port_life_cycle(void)
{
    return port_says;
}

static void each_state_has_its_word_for_clients(void **state)
{
    static const struct {
        enum port_life_cycle port;
        uint32_t client;
    } rows[] = {
        {PORT_LIFE_OPEN, 0x1000},         {PORT_LIFE_PROVISIONING, 0x2000},
        {PORT_LIFE_TZ_CLOSED, 0x4000},    {PORT_LIFE_CLOSED, 0x3000},
        {PORT_LIFE_LOCKED, 0x3000},       {PORT_LIFE_DEBUG, 0x4000},
        {PORT_LIFE_SECURE_DEBUG, 0x5000}, {(enum port_life_cycle)0, 0},
        {(enum port_life_cycle)99, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        port_says = rows[i].port;
        assert_int_equal(spm_life_cycle(), rows[i].client);
    }
}

static void the_values_are_the_frameworks(void **state)
{
    (void)state;
    assert_int_equal(PSA_LIFECYCLE_UNKNOWN, 0x0000);
    assert_int_equal(PSA_LIFECYCLE_ASSEMBLY_AND_TEST, 0x1000);
    assert_int_equal(PSA_LIFECYCLE_PSA_ROT_PROVISIONING, 0x2000);
    assert_int_equal(PSA_LIFECYCLE_SECURED, 0x3000);
    assert_int_equal(PSA_LIFECYCLE_NON_PSA_ROT_DEBUG, 0x4000);
    assert_int_equal(PSA_LIFECYCLE_RECOVERABLE_PSA_ROT_DEBUG, 0x5000);
    assert_int_equal(PSA_LIFECYCLE_DECOMMISSIONED, 0x6000);
    assert_int_equal(PSA_LIFECYCLE_PSA_STATE_MASK, 0xFF00);
    assert_int_equal(PSA_LIFECYCLE_IMP_STATE_MASK, 0x00FF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_word_for_clients),
        cmocka_unit_test(the_values_are_the_frameworks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

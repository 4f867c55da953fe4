/*
 * Power cuts at every flash operation of every change of a store, with and without an anchor, with a
 * protection that is quick. Its options are those of sweep_jobs.h.
 */
#include "power/store_scenarios.h"
#include "support/toy_protection.h"

int main(int argc, char **argv)
{
    static struct toy_protection toy;
    toy_protection_init(&toy, 1);
    return store_sweep(argc, argv, &toy.protection);
}

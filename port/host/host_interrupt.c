/*
 * Interrupts of partitions, natively: they come when a test says so, and the handler runs at once.
 */
#include <garrison/port.h>
#include <garrison/spm.h>
#include <psa/service.h>

#include "host.h"

static psa_signal_t enabled;

psa_signal_t port_interrupts_switch(psa_signal_t signals, bool on)
{
    const psa_signal_t before = enabled;
    enabled = on ? before | signals : before & ~signals;
    return before & signals;
}

bool host_interrupt(psa_signal_t signal)
{
    const struct partition *partition = (enabled & signal) != 0 ? spm_interrupt(signal) : NULL;
    if (partition != NULL) {
        (void)spm_end((psa_status_t)partition->handler(signal));
    }
    return partition != NULL;
}

/** Nothing comes while the only thread waits. */
psa_signal_t psa_wait(psa_signal_t signal_mask, uint32_t timeout)
{
    const psa_signal_t set = spm_signals(signal_mask);
    if (set == 0 && (timeout & PSA_BLOCK) != 0) {
        spm_partition_failed("waits for an interrupt that nobody raises");
    }
    return set;
}

void psa_reset_signal(psa_signal_t irq_signal)
{
    spm_reset_signal(irq_signal);
}

void psa_irq_enable(psa_signal_t irq_signal)
{
    (void)spm_irq_switch(irq_signal, true);
}

psa_irq_status_t psa_irq_disable(psa_signal_t irq_signal)
{
    return spm_irq_switch(irq_signal, false) ? 1u : 0u;
}

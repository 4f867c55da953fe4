#include "spm/signals.h"

#include <garrison/port.h>
#include <garrison/spm.h>

#include "spm/running.h"

/** Of all partitions, since no two have the same. */
static psa_signal_t set;

void signals_init(void)
{
    set = 0;
}

void signals_set(psa_signal_t signal)
{
    set |= signal;
}

void signals_off(const struct partition *partition)
{
    set &= ~partition->signals;
    (void)port_interrupts_switch(partition->signals, false);
}

psa_signal_t spm_signals(psa_signal_t mask)
{
    return set & mask & spm_running()->signals;
}

/** Returns only if it is one signal, and one of these. */
static void require_one(psa_signal_t signal, psa_signal_t of)
{
    if ((signal & of) == 0 || (signal & (signal - 1u)) != 0) {
        running_mistake("signal");
    }
}

void spm_reset_signal(psa_signal_t signal)
{
    require_one(signal, spm_signals(signal));
    set &= ~signal;
}

bool spm_irq_switch(psa_signal_t signal, bool on)
{
    require_one(signal, spm_running()->signals);
    return port_interrupts_switch(signal, on) != 0;
}

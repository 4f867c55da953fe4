#include <garrison/port.h>

#include "isolation.h"

uint32_t isolation_granted;

void port_isolation_grant(uint32_t devices)
{
    isolation_granted = devices;
}

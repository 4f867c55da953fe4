/*
 * The version of this tree: of iROT, uROT, manager and the host tools alike.
 */
#pragma once

#include <stdint.h>

#define GARRISON_VERSION_MAJOR    0u
#define GARRISON_VERSION_MINOR    1u
#define GARRISON_VERSION_REVISION 0u

/*
 * What the Non-secure side may reach, where it has not called but was interrupted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Whether the Non-secure code that this exception has interrupted could itself have written there.
 * @param len  at least 1
 */
bool client_may_stack(uintptr_t base, size_t len, uint32_t exc_return);

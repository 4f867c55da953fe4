/* What the GPIO ports need of EXTI: its inputs from the pins. */
#pragma once

#include <stdbool.h>

struct sim_chip;

/** A pin has changed to `level`: an edge on line `pin`, if EXTICR selects `port` (0 is GPIOA). */
void exti_pin(struct sim_chip *chip, unsigned port, unsigned pin, bool level);

/*
 * What the manager tells the built-in partitions: `prepare` of their rows in the table.
 */
#pragma once

void manager_prepare_crypto(void);
void manager_prepare_update(void);
void manager_prepare_its(void);
void manager_prepare_ps(void);

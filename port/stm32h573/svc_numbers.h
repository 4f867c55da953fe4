/*
 * Numbers of the supervisor calls, for C and assembler. Those below GATE_FUNCTIONS come from the
 * gate, in the order of garrison/gate.h. Append only: docs/SPEC.md has them for partitions that are
 * not linked with this manager.
 */
#pragma once

#define SVC_PARTITION_RETURN 16
#define SVC_READ             17
#define SVC_SKIP             18
#define SVC_WRITE            19
#define SVC_PANIC            20
#define SVC_AREA_SIZE        21
#define SVC_AREA_READ        22
#define SVC_AREA_PROGRAM     23
#define SVC_AREA_ERASE       24
#define SVC_RESET            25
#define SVC_VERSION          26
#define SVC_CONNECT          27
#define SVC_CALL             28
#define SVC_CLOSE            29
#define SVC_SET_RHANDLE      30
#define SVC_WAIT             31
#define SVC_IRQ_ENABLE       32
#define SVC_IRQ_DISABLE      33
#define SVC_RESET_SIGNAL     34
#define SVC_LIFE_CYCLE       35

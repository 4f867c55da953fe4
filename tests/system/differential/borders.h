/*
 * Accesses around borders of rights: what each does is computed from the architecture and compared
 * with what the machine does. A row that differs is noted as "wrong".
 */
#pragma once

#include "rt.h"

/** What happens to an element of an access that its place refuses. */
enum refusal {
    REFUSED_BY_MPU,     /**< MemManage: DACCVIOL, MMFAR */
    REFUSED_BY_SAU,     /**< SecureFault: AUVIOL, SFAR */
    REFUSED_BY_BUS,     /**< BusFault: PRECISERR, BFAR */
    REFUSED_IN_SILENCE, /**< reads zero, writes nothing */
};

/** A place with other rights than its surroundings. */
struct border {
    uint32_t first;
    uint32_t last;
    enum refusal refusal;
    bool loads;        /**< Whether loads are refused; stores always are. */
    bool non_secure;   /**< Who accesses. */
    bool unprivileged; /**< Secure accesses only. */
    bool unaligned;    /**< Accesses that cross the border in the middle of an element. */
    bool upper;        /**< Whether what lies behind may be touched too. */
    bool no_lower;     /**< Nothing lies before. */
    bool no_stores;
    bool pairs; /**< Accesses of words in pairs, and those only. */
};

/** Tries every kind of access around a border and notes each. */
void borders_try(const struct border *border);
/** Takes the faults in; SVCALL's handlers stay. */
void borders_catch(void);

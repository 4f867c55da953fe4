/*
 * The threads do not wait: whoever comes second is told so, and tries again.
 */
#include "threads_app.h"

bool threads_may_be_busy(void)
{
    return true;
}

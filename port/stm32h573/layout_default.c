#include <garrison/handoff.h>

#include "layout.h"
#include "layout_data.h"

const struct layout_record layout_default = {
    .magic = LAYOUT_RECORD_MAGIC,
    .version = LAYOUT_RECORD_VERSION,
    .count = 3,
    .journal_off = LAYOUT_JOURNAL_OFF,
    .journal_size = LAYOUT_JOURNAL_SIZE,
    .slot =
        {
            {
                .role = IMAGE_ROLE_UROT,
                .off = LAYOUT_UROT_OFF,
                .size = LAYOUT_UROT_SIZE,
                .download_off = LAYOUT_UROT_DOWNLOAD_OFF,
                .download_size = LAYOUT_UROT_SIZE + LAYOUT_SECTOR,
            },
            {
                .role = IMAGE_ROLE_MANAGER,
                .off = LAYOUT_MANAGER_OFF,
                .size = LAYOUT_MANAGER_SIZE,
                /* At the end, so that an application that leaves it free can come with it. */
                .download_off = LAYOUT_DOWNLOAD_OFF + LAYOUT_DOWNLOAD_SIZE -
                                (LAYOUT_MANAGER_SIZE + LAYOUT_SECTOR),
                .download_size = LAYOUT_MANAGER_SIZE + LAYOUT_SECTOR,
            },
            {
                .role = IMAGE_ROLE_APPLICATION,
                .off = LAYOUT_APPLICATION_OFF,
                .size = LAYOUT_APPLICATION_SIZE,
                .download_off = LAYOUT_DOWNLOAD_OFF,
                .download_size = LAYOUT_DOWNLOAD_SIZE,
            },
        },
};

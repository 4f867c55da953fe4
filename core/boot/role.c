#include <stddef.h>

#include <garrison/handoff.h>

/* The words stand in the table: pointers to them would cost as much again. */
static const struct {
    uint8_t role;
    char text[12];
} roles[] = {
    {IMAGE_ROLE_IROT, "iROT"},
    {IMAGE_ROLE_UROT, "uROT"},
    {IMAGE_ROLE_MANAGER, "manager"},
    {IMAGE_ROLE_APPLICATION, "application"},
    {IMAGE_ROLE_MODULE_0 + 0, "module 0"},
    {IMAGE_ROLE_MODULE_0 + 1, "module 1"},
    {IMAGE_ROLE_MODULE_0 + 2, "module 2"},
    {IMAGE_ROLE_MODULE_0 + 3, "module 3"},
    {IMAGE_ROLE_MODULE_0 + 4, "module 4"},
    {IMAGE_ROLE_MODULE_0 + 5, "module 5"},
    {IMAGE_ROLE_MODULE_0 + 6, "module 6"},
    {IMAGE_ROLE_MODULE_0 + 7, "module 7"},
};

const char *image_role_text(uint32_t role)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (roles[i].role == role) {
            return roles[i].text;
        }
    }
    return "unknown image";
}

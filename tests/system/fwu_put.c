/*
 * A process of the host that has an image installed at the next boot of GARRISON_DEVICE.
 *
 * usage: fwu_put COMPONENT IMAGE
 */
#include <stdio.h>
#include <stdlib.h>

#include <psa/update.h>

static int failed(const char *step, psa_status_t status)
{
    fprintf(stderr, "%s: %d\n", step, (int)status);
    return 1;
}

static psa_status_t write_file(psa_fwu_component_t component, FILE *file)
{
    uint8_t block[PSA_FWU_MAX_WRITE_SIZE];
    size_t off = 0;
    size_t len = fread(block, 1, sizeof block, file);
    psa_status_t status = PSA_SUCCESS;
    while (len > 0 && status == PSA_SUCCESS) {
        status = psa_fwu_write(component, off, block, len);
        off += len;
        len = fread(block, 1, sizeof block, file);
    }
    return status;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: fwu_put COMPONENT IMAGE\n");
        return 2;
    }
    const psa_fwu_component_t component = (psa_fwu_component_t)strtoul(argv[1], NULL, 0);
    psa_status_t status = psa_fwu_start(component, NULL, 0);
    if (status != PSA_SUCCESS) {
        return failed("psa_fwu_start", status);
    }
    status = write_file(component, file);
    (void)fclose(file);
    if (status != PSA_SUCCESS) {
        return failed("psa_fwu_write", status);
    }
    status = psa_fwu_finish(component);
    if (status != PSA_SUCCESS) {
        return failed("psa_fwu_finish", status);
    }
    status = psa_fwu_install();
    return status == PSA_SUCCESS_REBOOT ? 0 : failed("psa_fwu_install", status);
}

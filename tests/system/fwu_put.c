/*
 * A process of the host that has images installed together at the next boot of GARRISON_DEVICE.
 *
 * usage: fwu_put COMPONENT IMAGE [COMPONENT IMAGE ...]
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

/** Ends what was installed before: its images hold flash that download slots share. */
static void clean_all(void)
{
    for (psa_fwu_component_t i = 0; i < PSA_FWU_COMPONENT_COUNT; i++) {
        psa_fwu_component_info_t info;
        if (psa_fwu_query(i, &info) == PSA_SUCCESS &&
            (info.state == PSA_FWU_FAILED || info.state == PSA_FWU_UPDATED)) {
            (void)psa_fwu_clean(i);
        }
    }
}

static int put(psa_fwu_component_t component, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 2;
    }
    psa_status_t status = psa_fwu_start(component, NULL, 0);
    if (status == PSA_SUCCESS) {
        status = write_file(component, file);
    }
    (void)fclose(file);
    if (status != PSA_SUCCESS) {
        return failed("psa_fwu_write", status);
    }
    status = psa_fwu_finish(component);
    return status == PSA_SUCCESS ? 0 : failed("psa_fwu_finish", status);
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: fwu_put COMPONENT IMAGE [COMPONENT IMAGE ...]\n");
        return 2;
    }
    clean_all();
    for (int i = 1; i < argc; i += 2) {
        const int status = put((psa_fwu_component_t)strtoul(argv[i], NULL, 0), argv[i + 1]);
        if (status != 0) {
            return status;
        }
    }
    const psa_status_t status = psa_fwu_install();
    return status == PSA_SUCCESS_REBOOT ? 0 : failed("psa_fwu_install", status);
}

/*
 * A chip that answers what it likes at the mailbox, found by libFuzzer, and the host's side of debug
 * authentication. What must hold: the host ends, reads nothing outside of the answers, asks nothing more
 * when the mailbox has gone, and takes for success only what the protocol calls so.
 *
 * Input: byte 0: what the host wants. Then what it finds: 1 and four bytes, a word; 2, the mailbox is
 * gone; anything else, and the end: no word yet.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/adac_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    const uint8_t *at;
    size_t len;
    bool gone;
    unsigned sent;
} line;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static enum mailbox_result on_send(void *context, uint32_t word)
{
    (void)context;
    (void)word;
    must(!line.gone);
    line.sent++;
    return MAILBOX_DONE;
}

static enum mailbox_result on_receive(void *context, uint32_t *word)
{
    (void)context;
    must(!line.gone);
    if (line.len == 0) {
        return MAILBOX_NOT_YET;
    }
    const uint8_t kind = *line.at;
    line.at++;
    line.len--;
    if (kind == 2) {
        line.gone = true;
        return MAILBOX_GONE;
    }
    if (kind != 1 || line.len < 4) {
        return MAILBOX_NOT_YET;
    }
    *word = (uint32_t)line.at[0] | (uint32_t)line.at[1] << 8 | (uint32_t)line.at[2] << 16 |
            (uint32_t)line.at[3] << 24;
    line.at += 4;
    line.len -= 4;
    return MAILBOX_DONE;
}

static enum mailbox_result on_begin(void *context, uint32_t word)
{
    (void)context;
    must(!line.gone && word == 0x4F454441u);
    return MAILBOX_DONE;
}

static void on_wait(void *context)
{
    (void)context;
    must(!line.gone);
}

/** A chain of one, which nobody verifies here. */
static void make_chain(struct vendor_cert_chain *chain)
{
    memset(chain, 0, sizeof *chain);
    chain->count = 1;
    chain->cert[0].role = VENDOR_CERT_ROOT;
}

static enum adac_result go_on(struct adac_client *client, uint8_t want)
{
    static const uint8_t secret[32] = {[31] = 1};
    static const uint8_t permissions[VENDOR_PERMISSION_BYTES] = {0x40};
    static const uint8_t password[VENDOR_PASSWORD_BYTES];
    struct adac_discovery discovery;
    struct vendor_cert_chain chain;
    make_chain(&chain);
    switch (want) {
    case 1:
        return adac_client_authenticate(client, &chain, secret, permissions);
    case 2:
        return adac_client_password(client, password);
    case 4:
        return adac_client_close(client);
    case 5:
        return adac_client_resume(client);
    default:
        return adac_client_discover(client, &discovery);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mailbox mailbox = {
        .send = on_send, .receive = on_receive, .begin = on_begin, .wait = on_wait, .patience = 3};
    static struct adac_client client;
    memset(&line, 0, sizeof line);
    memset(&client, 0, sizeof client);
    client.mailbox = &mailbox;
    const uint8_t want = size > 0 ? data[0] % 6u : 0;
    line.at = size > 0 ? data + 1 : data;
    line.len = size > 0 ? size - 1 : 0;
    enum adac_result result = want == 3 ? adac_client_rejoin(&client) : adac_client_open(&client);
    if (result == ADAC_DONE) {
        result = go_on(&client, want);
        must(result != ADAC_DONE || client.status == 0);
        must(result != ADAC_REFUSED || client.status != 0);
        must(client.len <= sizeof client.data);
        must(adac_status_text(client.status) != NULL);
    }
    must((result == ADAC_GONE) == line.gone);
    return 0;
}

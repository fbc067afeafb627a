#include "http/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 8 };

const char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct identity_pair {
    struct identity_pair *older;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_count;
    gnutls_privkey_t key;
};

static _Atomic(struct identity_pair *) newest;
static pthread_mutex_t setting = PTHREAD_MUTEX_INITIALIZER;

static void pair_free(struct identity_pair *pair)
{
    for (unsigned i = 0; i < pair->chain_count; i++)
        gnutls_pcert_deinit(&pair->chain[i]);
    if (pair->key)
        gnutls_privkey_deinit(pair->key);
    free(pair);
}

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

/* A key that is not the certificate's would only fail at a visitor's handshake. */
static int fits(const struct identity_pair *pair)
{
    gnutls_pubkey_t of_key;
    int result = gnutls_pubkey_init(&of_key);
    if (result < 0)
        return result;
    unsigned char first[64], second[64];
    size_t first_size = sizeof first, second_size = sizeof second;
    result = gnutls_pubkey_import_privkey(of_key, pair->key, 0, 0);
    if (result == 0)
        result = gnutls_pubkey_get_key_id(of_key, GNUTLS_KEYID_USE_SHA256, first, &first_size);
    if (result == 0)
        result = gnutls_pubkey_get_key_id(pair->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, second,
                                          &second_size);
    gnutls_pubkey_deinit(of_key);
    if (result < 0)
        return result;
    bool same = first_size == second_size && memcmp(first, second, first_size) == 0;
    return same ? 0 : GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
}

static int load(struct identity_pair *pair, const char *certificate_pem, const char *key_pem)
{
    gnutls_datum_t certificate = datum_of(certificate_pem), key = datum_of(key_pem);
    unsigned count = CHAIN_MAX;
    int result = gnutls_pcert_list_import_x509_raw(pair->chain, &count, &certificate,
                                                   GNUTLS_X509_FMT_PEM, 0);
    if (result < 0)
        return result;
    pair->chain_count = count;
    result = gnutls_privkey_init(&pair->key);
    if (result == 0)
        result = gnutls_privkey_import_x509_raw(pair->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
    return result < 0 ? result : fits(pair);
}

enum err tls_set(const char *certificate_pem, const char *key_pem, struct fault *fault)
{
    struct identity_pair *pair = calloc(1, sizeof *pair);
    if (!pair)
        return fault_set(fault, ERR_MEMORY, "no memory for a certificate");
    int result = load(pair, certificate_pem, key_pem);
    if (result < 0 || pair->chain_count == 0) {
        pair_free(pair);
        return fault_set(fault, ERR_INPUT, "TLS 证书或私钥不能用 (certificate or key): %s",
                         gnutls_strerror(result));
    }
    pthread_mutex_lock(&setting);
    pair->older = atomic_load(&newest);
    atomic_store(&newest, pair);
    pthread_mutex_unlock(&setting);
    return ERR_OK;
}

void tls_forget(void)
{
    struct identity_pair *pair = atomic_exchange(&newest, NULL);
    while (pair) {
        struct identity_pair *older = pair->older;
        pair_free(pair);
        pair = older;
    }
}

static int retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                    gnutls_pcert_st **chain, unsigned *chain_count, gnutls_ocsp_data_st **ocsp,
                    unsigned *ocsp_count, gnutls_privkey_t *key, unsigned *flags)
{
    struct identity_pair *pair = atomic_load(&newest);
    if (!pair)
        return -1;
    *chain = pair->chain;
    *chain_count = pair->chain_count;
    *ocsp = NULL;
    *ocsp_count = 0;
    *key = pair->key;
    *flags = 0;
    return 0;
}

void *tls_callback(void)
{
    union {
        gnutls_certificate_retrieve_function3 *function;
        void *pointer;
    } callback = {.function = retrieve};
    return callback.pointer;
}

/* tls.h — the certificate that the process shows; replaced while it serves.
 *
 * A handshake takes the newest certificate; connections that are open keep theirs. There is one for
 * the process, because the library's callback knows no more.
 *
 * Memory   a certificate that was replaced is kept until tls_forget: a handshake may still use it
 * Errors   ERR_INPUT: not a certificate and a key in PEM, or not of each other
 */
#ifndef BAIGONG_TLS_H
#define BAIGONG_TLS_H

#include "base/err.h"

/* The texts are copied. */
enum err tls_set(const char *certificate_pem, const char *key_pem, struct fault *fault);

/* When no daemon runs any more. */
void tls_forget(void);

/* For MHD_OPTION_HTTPS_CERT_CALLBACK2: a gnutls_certificate_retrieve_function3. */
void *tls_callback(void);

/* Protocols and ciphers: TLS 1.2 and 1.3. */
extern const char tls_priorities[];

#endif

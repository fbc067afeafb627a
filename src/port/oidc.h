/* oidc.h — sign-in elsewhere: OpenID Connect, authorization code with PKCE (RFC 7636, S256).
 *
 *   begin: browser -> provider (state, nonce, challenge)
 *   finish: provider -> browser -> us: code -> token endpoint -> ID token -> who it is
 *
 * What the provider says of itself and its keys are kept for OIDC_KEPT_MS; keys are asked for again
 * when a token names one that is not there, once in OIDC_AGAIN_MS.
 *
 * Memory   results live in the arena given
 * Threads  both functions may be called from several threads
 * Errors   ERR_OUTSIDE (the provider does not answer, or not as the standard says), ERR_TOKEN (its
 *          answer is not to be trusted)
 */
#ifndef BAIGONG_OIDC_H
#define BAIGONG_OIDC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#define OIDC_KEPT_MS ((int64_t)60 * 60 * 1000)
#define OIDC_AGAIN_MS ((int64_t)60 * 1000)
#define OIDC_CLOCK_MS ((int64_t)2 * 60 * 1000) /* clocks differ */

struct oidc_options { /* texts are not copied */
    const char *issuer;
    const char *client_id, *client_secret;
    const char *redirect_uri;
    const char *claim; /* that holds the login: "preferred_username" */
};

struct oidc;

enum err oidc_new(const struct oidc_options *options, struct oidc **ret_oidc, struct fault *fault);
void oidc_free(struct oidc *oidc); /* accepts NULL */

/* What the browser must bring back; none of it is for others' eyes. */
struct oidc_step {
    struct str state, nonce, verifier;
};

/* Where to send the browser. */
enum err oidc_begin(struct oidc *oidc, struct arena *arena, struct oidc_step *ret_step,
                    struct str *ret_url, struct fault *fault);

/* The login of who came back; the caller has compared the state. */
enum err oidc_finish(struct oidc *oidc, struct arena *arena, const struct oidc_step *step,
                     struct str code, struct str *ret_login, struct fault *fault);

#endif

/* message.h — gateways of short messages and e-mail: one webhook each, asked by POST.
 *
 *   POST URL
 *   Content-Type: application/json
 *   Idempotency-Key: KEY                          the same for every try of a message
 *   X-Baigong-Timestamp: 1772416800000            UTC milliseconds
 *   X-Baigong-Signature: sm3=HEX                  HMAC-SM3 of TIMESTAMP "." BODY
 *
 *   {"key":"…","channel":"sms","kind":"case.paid","to":"13812345678","subject":"","text":"…"}
 *
 * A gateway answers 2xx when it has taken the message, 4xx when it never will; anything else is
 * tried again. It takes a key once: a second request with it changes nothing.
 *
 * Memory   the outcome lives in the arena given
 * Errors   ERR_MEMORY; that nobody answered is an outcome (status 0), no error
 * Limits   MESSAGE_PORT_MS_MAX a request
 */
#ifndef BAIGONG_MESSAGE_H
#define BAIGONG_MESSAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/text.h"

enum { MESSAGE_PORT_MS_MAX = 8000 };

struct message_gateway {
    const char *sms_url, *email_url; /* NULL: that channel has none */
    struct str secret;               /* of the signature */
};

struct message_envelope {
    bool is_sms;
    struct str key, kind, to, subject, text;
};

/* *ret_status 0: no answer. *ret_outcome: the head of the answer, or why there was none. */
enum err message_send(struct arena *arena, const struct message_gateway *gateway,
                      const struct message_envelope *envelope, int64_t now_ms,
                      int32_t *ret_status, struct str *ret_outcome, struct fault *fault);

/* HMAC-SM3 of TIMESTAMP "." BODY in hexadecimal. */
void message_sign(struct arena *arena, struct str secret, int64_t now_ms, struct str body,
                  char ret_hex[HASH_HEX_SIZE]);

#endif

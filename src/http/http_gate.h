/* http_gate.h — what no request may look like, before anything else reads it.
 *
 * A request that two servers read differently is how one smuggles a second one past the first
 * (RFC 9112, section 11.2). The library lets such requests pass, so they are refused here with 400
 * and the connection is closed.
 *
 * Errors   the reason, a constant; NULL when the request may enter
 */
#ifndef BAIGONG_HTTP_GATE_H
#define BAIGONG_HTTP_GATE_H

#include "http/http.h"

/* Looks at method, target, version and headers only. */
const char *http_gate(const struct http_request *request);

#endif

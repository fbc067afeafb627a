/* jwt.h — signed tokens (RFC 7519): read, and checked with the keys of who signed them (RFC 7517).
 *
 * RS256, PS256 and ES256 with their hash of 256 bits; "none" and shared secrets are no signature.
 *
 * Memory   claims live in the arena given
 * Errors   ERR_TOKEN: malformed, another algorithm, unknown key, wrong signature
 * Limits   JWT_SIZE_MAX
 */
#ifndef BAIGONG_JWT_H
#define BAIGONG_JWT_H

#include "base/json.h"

enum { JWT_SIZE_MAX = 32 * 1024 };

/* keys: a key set, {"keys": [...]}. */
enum err jwt_read(struct arena *arena, struct str token, const struct json_value *keys,
                  const struct json_value **ret_claims, struct fault *fault);

/* Base 64 for URLs, without padding (RFC 4648, 5). */
bool jwt_from_base64(struct arena *arena, struct str text, struct str *ret_bytes);
void jwt_add_base64(struct text_buf *out, struct str bytes);

#endif

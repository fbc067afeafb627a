/* totp.h — codes of six digits that change every 30 seconds (RFC 6238, HMAC-SHA-1).
 *
 * Units    a step is the number of 30-second spans since 1970
 */
#ifndef BAIGONG_TOTP_H
#define BAIGONG_TOTP_H

#include "base/text.h"

enum { TOTP_SECRET_SIZE = 20, TOTP_STEP_S = 30, TOTP_DIGITS = 6 };

int32_t totp_code(struct str secret, int64_t step);

/* Whether a code is that of now, or of the step before or after (clocks differ), and newer than
 * after_step. Spaces in it are passed over. */
bool totp_fits(struct str secret, struct str code, int64_t now_ms, int64_t after_step,
               int64_t *ret_step);

/* As phones want the secret: base 32 without padding (RFC 4648). */
void totp_add_base32(struct text_buf *out, struct str bytes);

#endif

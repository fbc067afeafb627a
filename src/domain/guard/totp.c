#include "domain/guard/totp.h"

#include "base/err.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

int32_t totp_code(struct str secret, int64_t step)
{
    uint8_t counter[8], digest[EVP_MAX_MD_SIZE];
    unsigned digest_size = 0;
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    check(HMAC(EVP_sha1(), secret.ptr, (int)secret.size, counter, sizeof counter, digest,
               &digest_size) != NULL);
    const uint8_t *at = digest + (digest[digest_size - 1] & 15);
    uint32_t number = ((uint32_t)(at[0] & 0x7F) << 24) | ((uint32_t)at[1] << 16) |
                      ((uint32_t)at[2] << 8) | at[3];
    return (int32_t)(number % 1000000);
}

/* -1 when it is not six digits. */
static int32_t read_code(struct str text)
{
    int32_t code = 0, digit_count = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == ' ')
            continue;
        if (c < '0' || c > '9' || ++digit_count > TOTP_DIGITS)
            return -1;
        code = code * 10 + (c - '0');
    }
    return digit_count == TOTP_DIGITS ? code : -1;
}

bool totp_fits(struct str secret, struct str code, int64_t now_ms, int64_t after_step,
               int64_t *ret_step)
{
    int32_t given = read_code(code);
    int64_t now_step = now_ms / 1000 / TOTP_STEP_S;
    for (int64_t step = now_step - 1; given >= 0 && step <= now_step + 1; step++) {
        if (step <= after_step || totp_code(secret, step) != given)
            continue;
        *ret_step = step;
        return true;
    }
    return false;
}

void totp_add_base32(struct text_buf *out, struct str bytes)
{
    uint32_t held = 0;
    int bit_count = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        held = (held << 8) | (uint8_t)bytes.ptr[i];
        for (bit_count += 8; bit_count >= 5; bit_count -= 5)
            text_add_byte(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held >> (bit_count - 5) & 31]);
    }
    if (bit_count > 0)
        text_add_byte(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held << (5 - bit_count) & 31]);
}

/* second_factor.h — a code of a phone beside the password, and words for who lost the phone.
 *
 *   (nothing) -begin-> begun -first right code-> on -off-> (nothing)
 *
 * A code is used once. A recovery word stands for a code, once too. Wrong codes count as wrong
 * passwords do: after GUARD_FAILURES_MAX the account is locked.
 *
 * Memory   results live in w->arena
 * Errors   ERR_CODE (wrong or used), ERR_NOT_FOUND (nothing begun); store errors pass through
 * Limits   RECOVERY_WORDS
 */
#ifndef BAIGONG_SECOND_FACTOR_H
#define BAIGONG_SECOND_FACTOR_H

#include "domain/guard/guard.h"

enum { RECOVERY_WORDS = 8, RECOVERY_WORD_SIZE = 11 /* abcde-fghij */ };

/* Makes a new secret for an account that has no code yet. */
enum err second_factor_begin(struct work *w, int64_t account_id);

/* otpauth://totp/… of what was begun, for a QR code, and its secret to type. */
enum err second_factor_begun(struct work *w, const struct account *account, struct str issuer,
                             struct str *ret_uri, struct str *ret_secret);

/* Turns it on with the first code, and gives the recovery words: they are shown this once. */
enum err second_factor_confirm(struct work *w, int64_t account_id, struct str code,
                               struct str ret_words[RECOVERY_WORDS]);

enum err second_factor_off(struct work *w, int64_t account_id);

/* Uses up a code or a recovery word; ERR_CODE when it is neither. */
enum err second_factor_use(struct work *w, int64_t account_id, struct str code);

#endif

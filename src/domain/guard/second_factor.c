#include "domain/guard/second_factor.h"

#include "base/rand.h"
#include "base/secret.h"
#include "domain/guard/totp.h"
#include "guard_sql.h"

#include <string.h>

static struct secret_place place_of(int64_t account_id)
{
    return (struct secret_place){"account_code", "secret", account_id};
}

static enum err audit(struct work *w, const char *action, int64_t account_id)
{
    struct audit row = {.action = str_from(action), .record = STR("account"),
                        .subject_id = account_id};
    return guard_audit(w, &row);
}

enum err second_factor_begin(struct work *w, int64_t account_id)
{
    struct account_by_id_in who = {account_id};
    struct account_by_id_out account;
    TRY(account_by_id(w, &who, &account));
    if (account.has_code)
        return fail(w, ERR_BUSY, "已经在用动态码");
    char bytes[TOTP_SECRET_SIZE];
    TRY(rand_secure(bytes, sizeof bytes));
    struct account_code_put_in in = {.account_id = account_id};
    TRY(secret_seal(w->secrets, w->arena, place_of(account_id),
                    (struct str){bytes, sizeof bytes}, &in.secret));
    return account_code_put(w, &in, NULL);
}

static enum err read_code(struct work *w, int64_t account_id, struct account_code_read_out *ret_row,
                          struct str *ret_secret)
{
    struct account_code_read_in in = {.account_id = account_id};
    TRY(account_code_read(w, &in, ret_row));
    return secret_open(w->secrets, w->arena, place_of(account_id), ret_row->secret, ret_secret);
}

/* Everything but letters and digits as %XX. */
static void add_encoded(struct text_buf *out, struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_plain)
            text_add_byte(out, (char)c);
        else
            text_format(out, "%%%02X", c);
    }
}

enum err second_factor_begun(struct work *w, const struct account *account, struct str issuer,
                             struct str *ret_uri, struct str *ret_secret)
{
    struct account_code_read_out row;
    struct str secret;
    TRY(read_code(w, account->id, &row, &secret));
    if (row.confirmed_ms != 0)
        return fail(w, ERR_NOT_FOUND, "动态码已经启用");
    struct text_buf *typed = text_new(w->arena);
    struct text_buf *uri = text_new(w->arena);
    if (!typed || !uri)
        return fail(w, ERR_MEMORY, "no memory for a code's address");
    totp_add_base32(typed, secret);
    text_add(uri, STR("otpauth://totp/"));
    add_encoded(uri, issuer);
    text_add(uri, STR(":"));
    add_encoded(uri, account->login);
    text_format(uri, "?secret=%.*s&issuer=", STR_ARG(text_str(typed)));
    add_encoded(uri, issuer);
    if (typed->failed || uri->failed)
        return fail(w, ERR_MEMORY, "no memory for a code's address");
    *ret_uri = text_str(uri);
    *ret_secret = text_str(typed);
    return ERR_OK;
}

/* Five letters, a dash, five letters: 32 letters that are not mistaken for each other, 50 bits. */
static enum err make_word(struct work *w, struct str *ret_word)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t bytes[RECOVERY_WORD_SIZE];
    char word[RECOVERY_WORD_SIZE];
    TRY(rand_secure(bytes, sizeof bytes));
    for (int i = 0; i < RECOVERY_WORD_SIZE; i++)
        word[i] = i == RECOVERY_WORD_SIZE / 2 ? '-' : letters[bytes[i] % 32];
    *ret_word = str_copy(w->arena, (struct str){word, sizeof word});
    return ret_word->ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a recovery word");
}

static enum err add_word(struct work *w, int64_t account_id, struct str *ret_word)
{
    uint8_t digest[SECRET_INDEX_SIZE];
    TRY(make_word(w, ret_word));
    TRY(secret_index(w->secrets, "recovery", *ret_word, digest));
    struct account_recovery_insert_in in = {
        .account_id = account_id, .digest = {(const char *)digest, sizeof digest}};
    return account_recovery_insert(w, &in, NULL);
}

enum err second_factor_confirm(struct work *w, int64_t account_id, struct str code,
                               struct str ret_words[RECOVERY_WORDS])
{
    struct account_code_read_out row;
    struct str secret;
    int64_t step;
    TRY(read_code(w, account_id, &row, &secret));
    if (row.confirmed_ms != 0)
        return fail(w, ERR_BUSY, "已经在用动态码");
    if (!totp_fits(secret, code, w->now_ms, row.used_step, &step))
        return fail(w, ERR_CODE, "动态码不对；请看手机的时间是否准确");
    struct account_code_use_in used = {.account_id = account_id, .used_step = step,
                                       .confirmed_ms = w->now_ms};
    TRY(account_code_use(w, &used, NULL));
    struct account_has_code_in has = {.id = account_id, .has_code = 1};
    TRY(account_has_code(w, &has, NULL));
    struct account_recovery_delete_in old = {account_id};
    TRY(account_recovery_delete(w, &old, NULL));
    for (int i = 0; i < RECOVERY_WORDS; i++)
        TRY(add_word(w, account_id, &ret_words[i]));
    return audit(w, "account.code_on", account_id);
}

enum err second_factor_off(struct work *w, int64_t account_id)
{
    struct account_code_delete_in code = {account_id};
    struct account_recovery_delete_in words = {account_id};
    struct account_has_code_in has = {.id = account_id, .has_code = 0};
    TRY(account_code_delete(w, &code, NULL));
    TRY(account_recovery_delete(w, &words, NULL));
    TRY(account_has_code(w, &has, NULL));
    return audit(w, "account.code_off", account_id);
}

static enum err use_word(struct work *w, int64_t account_id, struct str word)
{
    uint8_t digest[SECRET_INDEX_SIZE];
    int64_t changed_count = 0;
    if (word.size != RECOVERY_WORD_SIZE)
        return fail(w, ERR_CODE, "动态码不对");
    TRY(secret_index(w->secrets, "recovery", word, digest));
    struct account_recovery_use_in in = {.account_id = account_id, .used_ms = w->now_ms,
                                         .digest = {(const char *)digest, sizeof digest}};
    TRY(account_recovery_use(w, &in, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_CODE, "动态码不对");
    return audit(w, "account.recovery_used", account_id);
}

enum err second_factor_use(struct work *w, int64_t account_id, struct str code)
{
    struct account_code_read_out row;
    struct str secret;
    int64_t step;
    TRY(read_code(w, account_id, &row, &secret));
    if (row.confirmed_ms == 0 || !totp_fits(secret, code, w->now_ms, row.used_step, &step))
        return use_word(w, account_id, str_trim(code));
    struct account_code_use_in used = {.account_id = account_id, .used_step = step,
                                       .confirmed_ms = row.confirmed_ms};
    return account_code_use(w, &used, NULL);
}

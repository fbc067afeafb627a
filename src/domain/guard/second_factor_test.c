#include "domain/guard/second_factor.h"

#include "base/id.h"
#include "domain/guard/totp.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <stdio.h>

static struct id_source ids;
static struct str words[RECOVERY_WORDS];
static char first_word[RECOVERY_WORD_SIZE + 1];
static char given_code[16];
static int64_t account_id;

static enum err add_step(struct work *w, void *context)
{
    struct account account = {.login = STR("chen"), .name = STR("陈"), .role = ROLE_reviewer};
    TRY(guard_account_add(w, &account, STR("a long enough secret"), &account_id));
    return second_factor_begin(w, account_id);
}

/* The code of now, as a phone shows it that read the QR code. */
static enum err phone_step(struct work *w, void *context)
{
    struct account account;
    struct str uri, typed;
    TRY(guard_account(w, account_id, &account));
    TRY(second_factor_begun(w, &account, STR("百工"), &uri, &typed));
    EXPECT(str_starts(uri, STR("otpauth://totp/%E7%99%BE%E5%B7%A5:chen?secret=")));
    EXPECT(typed.size == 32);
    uint8_t secret[TOTP_SECRET_SIZE];
    uint32_t held = 0;
    int bits = 0, size = 0;
    for (size_t i = 0; i < typed.size; i++) {
        char c = typed.ptr[i];
        held = (held << 5) | (uint32_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
        if ((bits += 5) >= 8)
            secret[size++] = (uint8_t)(held >> (bits -= 8));
    }
    EXPECT_INT(TOTP_SECRET_SIZE, size);
    snprintf(given_code, sizeof given_code, "%06d",
             totp_code((struct str){(const char *)secret, sizeof secret},
                       w->now_ms / 1000 / TOTP_STEP_S));
    return ERR_OK;
}

static enum err confirm_step(struct work *w, void *context)
{
    TRY(second_factor_confirm(w, account_id, str_from(context), words));
    snprintf(first_word, sizeof first_word, "%.*s", STR_ARG(words[0]));
    return ERR_OK;
}

static enum err off_step(struct work *w, void *context)
{
    return second_factor_off(w, account_id);
}

static enum err sign_in(struct store_fixture *t, const char *code, int64_t *ret_account_id)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct sign_in given = {STR("chen"), STR("a long enough secret"), STR("127.0.0.1"),
                            STR("test"), code ? str_from(code) : (struct str){0}};
    struct session session = {0};
    char token[GUARD_TOKEN_SIZE + 1];
    enum err err = guard_sign_in(&t->env, &arena, &given, &session, token, &t->fault);
    *ret_account_id = session.account.id;
    arena_done(&arena);
    return err;
}

static void given_code_is_on(struct store_fixture *t)
{
    t->env.secrets = registry_fixture_secrets();
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    t->env.ids = &ids;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, add_step, NULL, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, phone_step, NULL, &t->fault));
    char wrong[16];
    snprintf(wrong, sizeof wrong, "%c%s", given_code[0] == '9' ? '0' : given_code[0] + 1,
             given_code + 1);
    EXPECT_ERR(ERR_CODE, work_run(&t->env, WORK_WRITE, confirm_step, wrong, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, confirm_step, given_code, &t->fault));
}

STORE_TEST(guard_sign_in__asks_for_the_code_and_takes_each_once)
{
    int64_t told_id;
    given_code_is_on(t);
    EXPECT_ERR(ERR_CODE_NEEDED, sign_in(t, NULL, &told_id));
    EXPECT_INT(account_id, told_id);
    EXPECT_ERR(ERR_CODE, sign_in(t, given_code, &told_id)); /* used when it was confirmed */
    EXPECT_OK(sign_in(t, first_word, &told_id));
    EXPECT_ERR(ERR_CODE, sign_in(t, first_word, &told_id)); /* a word stands for one sign-in */
    EXPECT_OK(work_run(&t->env, WORK_WRITE, off_step, NULL, &t->fault));
    EXPECT_OK(sign_in(t, NULL, &told_id));
}

STORE_TEST(guard_sign_in__locks_after_wrong_codes_as_after_wrong_passwords)
{
    int64_t told_id;
    given_code_is_on(t);
    for (int i = 0; i < GUARD_FAILURES_MAX; i++)
        EXPECT_ERR(ERR_CODE, sign_in(t, "000-000", &told_id));
    EXPECT_ERR(ERR_LOCKED, sign_in(t, first_word, &told_id));
    t->env.fixed_now_ms = FIXTURE_NOW_MS + GUARD_LOCK_MS;
    EXPECT_OK(sign_in(t, first_word, &told_id));
}

static enum err sign_in_elsewhere(struct store_fixture *t, bool asks_code, int64_t *ret_account_id)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct sign_in given = {.login = STR("chen"), .client = STR("127.0.0.1"), .agent = STR("test")};
    struct session session = {0};
    char token[GUARD_TOKEN_SIZE + 1];
    enum err err = guard_sign_in_elsewhere(&t->env, &arena, &given, asks_code, &session, token,
                                           &t->fault);
    *ret_account_id = session.account.id;
    arena_done(&arena);
    return err;
}

STORE_TEST(guard_sign_in_elsewhere__asks_who_has_a_code_where_the_setting_says_so)
{
    int64_t told_id;
    given_code_is_on(t);
    EXPECT_ERR(ERR_CODE_NEEDED, sign_in_elsewhere(t, true, &told_id));
    EXPECT_INT(account_id, told_id);
    EXPECT_OK(sign_in_elsewhere(t, false, &told_id));
    for (int i = 0; i < GUARD_FAILURES_MAX; i++)
        EXPECT_ERR(ERR_CODE, sign_in(t, "000-000", &told_id));
    EXPECT_ERR(ERR_LOCKED, sign_in_elsewhere(t, true, &told_id));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, off_step, NULL, &t->fault));
    EXPECT_OK(sign_in_elsewhere(t, true, &told_id));
}

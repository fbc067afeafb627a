#include "domain/guard/second_factor.h"
#include "page/app.h"
#include "page/page_ticket.h"

#include <inttypes.h>
#include <qrencode.h>

/* The code of a phone beside the password: setting it up and ending it. */

enum { QR_MARGIN = 4 }; /* modules of quiet around it, as the standard wants */

/* Dark runs of each row as rectangles of an SVG. */
static enum err add_qr(struct page *page, struct doc *parent, struct str text)
{
    const char *text_z = str_z(page->w->arena, text);
    QRcode *code = text_z ? QRcode_encodeString8bit(text_z, 0, QR_ECLEVEL_M) : NULL;
    if (!code)
        return fail(page->w, ERR_MEMORY, "no memory for a QR code");
    struct doc *qr = doc_page_object(parent, "qr");
    doc_page_text(qr, "size", doc_format(qr, "%d", code->width + 2 * QR_MARGIN));
    struct doc *runs = doc_page_list(qr, "runs");
    for (int y = 0; y < code->width; y++) {
        for (int x = 0, from; x < code->width; x++) {
            for (from = x; x < code->width && (code->data[y * code->width + x] & 1); x++)
                continue;
            if (x == from)
                continue;
            struct doc *run = doc_add_object(runs, NULL);
            doc_page_text(run, "x", doc_format(run, "%d", from + QR_MARGIN));
            doc_page_text(run, "y", doc_format(run, "%d", y + QR_MARGIN));
            doc_page_text(run, "width", doc_format(run, "%d", x - from));
        }
    }
    QRcode_free(code);
    return ERR_OK;
}

static void add_state(struct page *page, const char *state)
{
    doc_add_text_z(page->doc, "state", state);
    doc_page_bool(page->doc, "is_none", state[0] == 'n');
    doc_page_bool(page->doc, "is_begun", state[0] == 'b');
    doc_page_bool(page->doc, "is_on", state[0] == 'o');
    doc_page_bool(page->doc, "is_asked_for", page_wants_code(page));
}

/* What the page shows while a code is being set up. */
static enum err add_begun(struct page *page)
{
    struct str uri, secret;
    struct str issuer = page_say(page, "百工"); /* short: each character makes the QR code denser */
    TRY(second_factor_begun(page->w, &page->session.account, issuer, &uri, &secret));
    add_state(page, "begun");
    doc_add_text(page->doc, "secret", secret);
    doc_add_text(page->doc, "uri", uri);
    return add_qr(page, page->doc, uri);
}

enum err page_code(struct page *page)
{
    page_title(page, page_say(page, "登录用的动态码"));
    if (page->session.account.has_code) {
        add_state(page, "on");
        return ERR_OK;
    }
    enum err err = add_begun(page);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&page->w->fault);
    add_state(page, "none");
    return ERR_OK;
}

enum err page_code_begin(struct page *page)
{
    TRY(second_factor_begin(page->w, page->session.account.id));
    TRY(page_audit(page, "account.code_begun", "account", page->session.account.id, STR("")));
    return page_see(page, STR("/account/code"));
}

/* Shows the recovery words, this once. */
enum err page_code_confirm(struct page *page)
{
    struct str words[RECOVERY_WORDS];
    page_title(page, page_say(page, "登录用的动态码"));
    enum err err = second_factor_confirm(page->w, page->session.account.id,
                                         page_field(page, "code"), words);
    if (err == ERR_CODE) {
        page_field_error(page, "code", "动态码不对；请看手机的时间是否准确");
        TRY(add_begun(page));
        return page_refuse_form(page);
    }
    TRY(err);
    add_state(page, "on");
    struct doc *list = doc_add_list(page->doc, "recovery_words");
    for (int i = 0; i < RECOVERY_WORDS; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "word", words[i]);
    }
    doc_page_bool(page->doc, "has_words", true);
    return ERR_OK;
}

/* Whoever took over an open browser cannot end it: the code is asked for. */
enum err page_code_off(struct page *page)
{
    int64_t id = page->session.account.id;
    page_title(page, page_say(page, "登录用的动态码"));
    /* six digits are soon guessed by who may try as often as they like */
    TRY(page_limit_sign_in(page, page->session.account.login, &page->w->fault));
    enum err err = second_factor_use(page->w, id, page_field(page, "code"));
    if (err == ERR_CODE) {
        page_field_error(page, "code", "动态码不对，或已经用过");
        add_state(page, "on");
        return page_refuse_form(page);
    }
    TRY(err);
    TRY(second_factor_off(page->w, id));
    return page_see(page, STR("/account?done=saved"));
}

/* An administrator ends it for who lost phone and words; they set it up again. */
enum err page_account_code_off(struct page *page)
{
    int64_t id;
    struct account account;
    TRY(page_id(page, "id", &id));
    TRY(guard_account(page->w, id, &account));
    TRY(second_factor_off(page->w, id));
    TRY(guard_sign_out_everywhere(page->w, id, page->session.id));
    return page_see(page, doc_format(page->doc, "/admin/accounts/%" PRId64 "?done=saved", id));
}

#include "domain/news/news_message.h"
#include "page/app.h"
#include "page/page_list.h"

#include <inttypes.h>

/* Messages that were not sent: why, and once more. Contents stay sealed: the desk needs none. */

enum { ROWS_A_PAGE = 50, COUNTED_MAX = 5000 };

enum { KIND, CHANNEL, TRIES, OUTCOME, QUEUED, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [KIND] = {"kind", "种类", COLUMN_WIDE, false, ORDER_NONE},
    [CHANNEL] = {"channel", "渠道", COLUMN_PLAIN, false, ORDER_NONE},
    [TRIES] = {"tries", "试了几次", COLUMN_NUMBER, false, ORDER_NONE},
    [OUTCOME] = {"outcome", "最近结果", COLUMN_WIDE, false, ORDER_NONE},
    [QUEUED] = {"queued", "排队", COLUMN_END, false, ORDER_OWN_DOWN},
};

static enum message_state chosen_state(const struct page *page)
{
    struct str state = page_field(page, "state");
    for (int s = MESSAGE_WAITS; s < MESSAGE_STATE_COUNT; s++)
        if (str_equal_text(state, news_message_state_name((enum message_state)s)))
            return (enum message_state)s;
    return MESSAGE_DEAD;
}

static enum err add_views(struct page *page, enum message_state here)
{
    struct doc *list = doc_page_list(page->doc, "views");
    for (int s = MESSAGE_WAITS; s < MESSAGE_STATE_COUNT; s++) {
        enum message_state state = (enum message_state)s;
        struct doc *row = doc_add_object(list, NULL);
        int64_t count;
        TRY(news_message_count(page->w, state, COUNTED_MAX, &count));
        doc_page_text(row, "label",
                      doc_format(row, "%.*s %" PRId64,
                                 STR_ARG(page_say(page, news_message_state_words(state))), count));
        doc_page_text(row, "href",
                      doc_format(row, "/news/messages?state=%s", news_message_state_name(state)));
        doc_page_bool(row, "is_here", state == here);
    }
    return ERR_OK;
}

static void add_message(struct page *page, struct doc *row, const struct message *message)
{
    doc_add_id(row, "id", message->id);
    doc_add_text(row, "kind", message->kind);
    doc_add_text_z(row, "channel", message->channel == MESSAGE_SMS ? "sms" : "email");
    doc_page_text(row, "channel_words",
                  page_say(page, message->channel == MESSAGE_SMS ? "短信" : "邮件"));
    doc_add_text_z(row, "state", news_message_state_name(message->state));
    doc_page_text(row, "state_words", page_say(page, news_message_state_words(message->state)));
    doc_add_number(row, "tries", message->attempt_count);
    doc_add_instant(row, "queued", message->queued_ms);
    doc_add_text(row, "outcome", message->outcome.size > 0 ? message->outcome : (struct str){0});
}

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        const struct message *message)
{
    if (json) {
        add_message(page, doc_add_object(json, NULL), message);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[KIND] = (struct page_cell){
        message->kind, doc_format(page->doc, "/news/messages/%" PRId64, message->id), NULL};
    cells[CHANNEL].words = page_say(page, message->channel == MESSAGE_SMS ? "短信" : "邮件");
    cells[TRIES].words = doc_format(page->doc, "%" PRId32, message->attempt_count);
    cells[OUTCOME].words = message->outcome;
    cells[QUEUED].words = page_list_instant(list, message->queued_ms);
    return page_list_row(list, cells);
}

static enum err add_rows(struct page *page, struct page_list *list, enum message_state state,
                         int32_t *ret_count, struct str *ret_next)
{
    struct message *messages;
    int32_t count, total = 0;
    int64_t before_id = page_number(page, "after", 1, INT64_MAX, INT64_MAX);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "messages") : NULL;
    do {
        TRY(news_message_list(page->w, state, before_id, ROWS_A_PAGE, &messages, &count));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_row(page, list, json, &messages[i]));
        if (count > 0)
            before_id = messages[count - 1].id;
    } while (page_list_is_file(list) && count == ROWS_A_PAGE && total < COUNTED_MAX);
    *ret_count = total;
    *ret_next = (struct str){0};
    if (count == ROWS_A_PAGE)
        *ret_next = doc_format(page->doc, "%" PRId64, before_id);
    return ERR_OK;
}

enum err page_messages(struct page *page)
{
    int32_t count;
    struct page_list *list;
    struct str next;
    enum message_state state = chosen_state(page);
    TRY(add_views(page, state));
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, state, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_messages", count > 0);
    page_title(page, page_say(page, "发给人和单位的消息"));
    return page_list_close(list, "消息");
}

enum err page_message_show(struct page *page)
{
    int64_t id;
    struct message message;
    struct message_attempt *attempts;
    int32_t count;
    TRY(page_id(page, "id", &id));
    TRY(news_message_read(page->w, id, &message));
    TRY(news_message_attempts(page->w, id, &attempts, &count));
    add_message(page, page->doc, &message);
    struct doc *list = doc_add_list(page->doc, "attempts");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "at", attempts[i].at_ms);
        doc_add_number(row, "status", attempts[i].status);
        doc_add_number(row, "duration_ms", attempts[i].duration_ms);
        doc_add_text(row, "outcome", attempts[i].outcome);
        doc_add_text(row, "actor", attempts[i].actor.size > 0 ? attempts[i].actor
                                                              : (struct str){0});
    }
    doc_page_bool(page->doc, "has_attempts", count > 0);
    doc_page_bool(page->doc, "may_send",
                  message.state == MESSAGE_DEAD || message.state == MESSAGE_NO_ADDRESS);
    page_title(page, page_say(page, "一条消息"));
    return ERR_OK;
}

enum err page_message_again(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(news_message_again(page->w, id));
    TRY(page_audit(page, "message.again", "message", id, STR("")));
    return page_see(page, doc_format(page->doc, "/news/messages/%" PRId64 "?done=saved", id));
}

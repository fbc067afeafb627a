#include "domain/news/news_notice.h"

#include "base/day.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/record.h"
#include "base/secret.h"
#include "domain/news/news_book.h"
#include "domain/news/news_serial.h"
#include "domain/registry/registry_name.h"
#include "store/event.h"
#include "news_notice_sql.h"

#include <inttypes.h>

/* Invariants
 * 1  Every change of a notice is an UPDATE that names the version it saw, a row of notice_move,
 *    and, when its state changed, an event: all in one unit of work.
 * 2  Who checks (masks, keeps, returns, publishes) is not who made it.
 * 3  Nothing of a notice changes once it is published, but its state. */

enum { MOVES_MAX = 1000, LINES_A_STEP = 500 };

static const struct {
    const char *name, *words;
} states[NOTICE_STATE_COUNT] = {
    [NOTICE_DRAFT] = {"draft", "起草中"},         [NOTICE_OFFERED] = {"offered", "待审核发布"},
    [NOTICE_PUBLISHED] = {"published", "公示中"}, [NOTICE_ENDED] = {"ended", "公示结束"},
    [NOTICE_WITHDRAWN] = {"withdrawn", "已撤回"},
};

const char *news_notice_state_name(enum notice_state state)
{
    return states[state].name ? states[state].name : "";
}

const char *news_notice_state_words(enum notice_state state)
{
    return states[state].words ? states[state].words : "";
}

static struct str or_empty(struct str text)
{
    return text.ptr ? text : STR("");
}

/* ---- history */

static enum err note_move(struct work *w, int64_t id, const char *move, struct str reason)
{
    struct notice_move_insert_in in = {
        .id = id_next(w->ids),
        .notice_id = id,
        .at_ms = w->now_ms,
        .move = str_from(move),
        .account_id = w->actor.account_id,
        .actor = or_empty(w->actor.name),
        .reason = or_empty(reason),
    };
    return notice_move_insert(w, &in, NULL);
}

static enum err tell(struct work *w, int64_t id, const char *kind)
{
    struct event event = {.kind = str_from(kind), .subject_id = id};
    return event_append(w, &event);
}

enum err news_notice_history(struct work *w, int64_t notice_id, struct notice_move **ret_moves,
                             int32_t *ret_count)
{
    struct notice_move *moves = ARENA_NEW_ARRAY(w->arena, struct notice_move, MOVES_MAX);
    int32_t count = 0;
    if (!moves)
        return fail(w, ERR_MEMORY, "no memory for the history of a notice");
    struct notice_move_list_in in = {notice_id, MOVES_MAX};
    struct cursor cursor;
    TRY(notice_move_list(w, &in, &cursor));
    for (;;) {
        struct notice_move_list_out row;
        bool more;
        TRY(notice_move_list_next(&cursor, &row, &more));
        if (!more)
            break;
        moves[count++] = (struct notice_move){
            row.at_ms, str_copy(w->arena, row.move), str_copy(w->arena, row.actor),
            str_copy(w->arena, row.reason)};
    }
    *ret_moves = moves;
    *ret_count = count;
    return ERR_OK;
}

/* ---- making and reading */

static enum err sum_of(struct work *w, const struct notice_line *lines, int32_t line_count,
                       int64_t *ret_total_fen)
{
    int64_t total_fen = 0;
    for (int32_t i = 0; i < line_count; i++)
        if (lines[i].amount_fen < 0 ||
            __builtin_add_overflow(total_fen, lines[i].amount_fen, &total_fen))
            return fail(w, ERR_OVERFLOW, "公示第 %d 行的金额不对", (int)i + 1);
    *ret_total_fen = total_fen;
    return ERR_OK;
}

static enum err insert_lines(struct work *w, int64_t id, const struct notice_line *lines,
                             int32_t line_count)
{
    struct bulk *bulk;
    enum err err = ERR_OK;
    TRY(stmt_bulk_begin(w, &notice_line_insert_stmt, &bulk));
    for (int32_t i = 0; i < line_count && err == ERR_OK; i++) {
        struct notice_line_insert_in row = {
            .notice_id = id,
            .position = i + 1,
            .record = lines[i].record,
            .owner_id = lines[i].owner_id,
            .holder_id = lines[i].holder_id,
            .name = STR(""),
            .unit = or_empty(lines[i].unit),
            .item = or_empty(lines[i].item),
            .amount_fen = lines[i].amount_fen,
            .case_id = lines[i].case_id,
        };
        err = stmt_struct_bulk_row(bulk, &row);
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    return err == ERR_OK ? ended : err;
}

static enum err check_texts(struct work *w, struct str title, struct str body)
{
    if (str_trim(title).size == 0)
        return fail(w, ERR_INPUT, "公示没有标题");
    if (title.size > 600 || body.size > NOTICE_BODY_SIZE_MAX)
        return fail(w, ERR_LIMIT, "公示的标题或正文太长");
    return ERR_OK;
}

static struct notice_insert_in row_of(struct work *w, int64_t id, const struct notice *notice,
                                      int32_t line_count, int64_t total_fen)
{
    return (struct notice_insert_in){
        .id = id,
        .state = notice->state == NOTICE_OFFERED ? NOTICE_OFFERED : NOTICE_DRAFT,
        .division = notice->division,
        .title = notice->title,
        .body = or_empty(notice->body),
        .document = or_empty(notice->document),
        .rule = or_empty(notice->rule),
        .article = or_empty(notice->article),
        .issuer = or_empty(notice->issuer),
        .issuer_code = or_empty(notice->issuer_code),
        .subject = or_empty(notice->subject),
        .openness = or_empty(notice->openness),
        .contact = or_empty(notice->contact),
        .phone = or_empty(notice->phone),
        .made_day = notice->made_day,
        .working_days = notice->working_days,
        .line_count = line_count,
        .total_fen = total_fen,
        .maker_id = w->actor.account_id,
        .maker = or_empty(w->actor.name),
        .made_ms = w->now_ms,
    };
}

enum err news_notice_open(struct work *w, const struct notice *notice,
                          const struct notice_line *lines, int32_t line_count, int64_t *ret_id)
{
    int64_t id = id_next(w->ids), total_fen = 0;
    TRY(check_texts(w, notice->title, or_empty(notice->body)));
    if (notice->working_days < 1)
        return fail(w, ERR_INPUT, "公示期应至少一个工作日");
    if (line_count > NOTICE_LINES_MAX)
        return fail(w, ERR_LIMIT, "一份公示最多 %d 行，请分几份", NOTICE_LINES_MAX);
    TRY(sum_of(w, lines, line_count, &total_fen));
    struct notice_insert_in row = row_of(w, id, notice, line_count, total_fen);
    TRY(notice_insert(w, &row, NULL));
    if (line_count > 0)
        TRY(insert_lines(w, id, lines, line_count));
    TRY(note_move(w, id, "made", STR("")));
    if (notice->state == NOTICE_OFFERED) {
        TRY(note_move(w, id, "offered", STR("")));
        TRY(tell(w, id, "notice.offered"));
    }
    *ret_id = id;
    return ERR_OK;
}

enum err news_notice_read(struct work *w, int64_t id, struct notice *ret_notice)
{
    struct notice_by_id_in in = {id};
    struct notice_by_id_out row;
    enum err err = notice_by_id(w, &in, &row);
    if (err == ERR_NOT_FOUND)
        return fail(w, err, "没有这份公示");
    TRY(err);
    *ret_notice = (struct notice){
        .id = row.id,
        .state = (enum notice_state)row.state,
        .division = row.division,
        .title = row.title,
        .body = row.body,
        .document = row.document,
        .rule = row.rule,
        .article = row.article,
        .issuer = row.issuer,
        .issuer_code = row.issuer_code,
        .subject = row.subject,
        .openness = row.openness,
        .contact = row.contact,
        .phone = row.phone,
        .index_number = row.index_number,
        .made_day = row.made_day,
        .working_days = row.working_days,
        .published_day = row.published_day,
        .last_day = row.last_day,
        .ended_day = row.ended_day,
        .line_count = row.line_count,
        .total_fen = row.total_fen,
        .maker_id = row.maker_id,
        .made_ms = row.made_ms,
        .changed_ms = row.changed_ms,
        .maker = row.maker,
        .checker = row.checker,
        .reason = row.reason,
    };
    return ERR_OK;
}

static enum err copy_line(struct work *w, const struct notice_line_page_out *row,
                          struct notice_line *line)
{
    *line = (struct notice_line){
        .position = row->position,
        .record = row->record,
        .owner_id = row->owner_id,
        .holder_id = row->holder_id,
        .name = str_copy(w->arena, row->name),
        .unit = str_copy(w->arena, row->unit),
        .item = str_copy(w->arena, row->item),
        .amount_fen = row->amount_fen,
        .case_id = row->case_id,
    };
    if (!line->name.ptr || !line->unit.ptr || !line->item.ptr)
        return fail(w, ERR_MEMORY, "no memory for the lines of a notice");
    return ERR_OK;
}

enum err news_notice_lines(struct work *w, int64_t notice_id, int32_t after_position,
                           int32_t row_count_max, struct notice_line **ret_lines,
                           int32_t *ret_count)
{
    struct notice_line *lines =
        ARENA_NEW_ARRAY(w->arena, struct notice_line, (size_t)row_count_max);
    int32_t count = 0;
    if (!lines)
        return fail(w, ERR_MEMORY, "no memory for the lines of a notice");
    struct notice_line_page_in in = {notice_id, after_position, row_count_max};
    struct cursor cursor;
    TRY(notice_line_page(w, &in, &cursor));
    for (;;) {
        struct notice_line_page_out row;
        bool more;
        TRY(notice_line_page_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(copy_line(w, &row, &lines[count++]));
    }
    *ret_lines = lines;
    *ret_count = count;
    return ERR_OK;
}

enum err news_notice_line(struct work *w, int64_t notice_id, int32_t position,
                          struct notice_line *ret_line)
{
    struct notice_line *lines;
    int32_t count;
    TRY(news_notice_lines(w, notice_id, position - 1, 1, &lines, &count));
    if (count == 0 || lines[0].position != position)
        return fail(w, ERR_NOT_FOUND, "公示没有第 %d 行", (int)position);
    *ret_line = lines[0];
    return ERR_OK;
}

enum err news_notice_of_case(struct work *w, int64_t case_id, struct notice *ret_notice,
                             int32_t *ret_position)
{
    struct notice_of_case_in in = {case_id};
    struct notice_of_case_out row;
    struct cursor cursor;
    bool found;
    TRY(notice_of_case(w, &in, &cursor));
    TRY(notice_of_case_next(&cursor, &row, &found));
    if (!found)
        return fail(w, ERR_NOT_FOUND, "这件没有公示");
    cursor_close(&cursor);
    TRY(news_notice_read(w, row.notice_id, ret_notice));
    *ret_position = row.position;
    return ERR_OK;
}

/* ---- lists */

static enum err read_all(struct work *w, const int64_t *ids, int32_t id_count,
                         struct notice **ret_notices, int32_t *ret_count)
{
    struct notice *notices = ARENA_NEW_ARRAY(w->arena, struct notice, (size_t)id_count + 1);
    if (!notices)
        return fail(w, ERR_MEMORY, "no memory for the notices");
    for (int32_t i = 0; i < id_count; i++)
        TRY(news_notice_read(w, ids[i], &notices[i]));
    *ret_notices = notices;
    *ret_count = id_count;
    return ERR_OK;
}

enum err news_notice_list(struct work *w, enum notice_state state, int32_t division_min,
                          int32_t division_max, int64_t before_id, int32_t row_count_max,
                          struct notice **ret_notices, int32_t *ret_count)
{
    int64_t ids[NOTICE_ROWS_MAX];
    int32_t count = 0;
    check(row_count_max <= NOTICE_ROWS_MAX);
    struct notice_ids_of_state_in in = {(int32_t)state, division_min, division_max, before_id,
                                        row_count_max};
    struct cursor cursor;
    TRY(notice_ids_of_state(w, &in, &cursor));
    for (;;) {
        struct notice_ids_of_state_out row;
        bool more;
        TRY(notice_ids_of_state_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_notices, ret_count);
}

enum err news_notice_public(struct work *w, int32_t before_day, int64_t before_id,
                            int32_t row_count_max, struct notice **ret_notices,
                            int32_t *ret_count)
{
    int64_t ids[NOTICE_ROWS_MAX];
    int32_t count = 0;
    check(row_count_max <= NOTICE_ROWS_MAX);
    struct notice_ids_public_in in = {before_day, before_id, row_count_max};
    struct cursor cursor;
    TRY(notice_ids_public(w, &in, &cursor));
    for (;;) {
        struct notice_ids_public_out row;
        bool more;
        TRY(notice_ids_public_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_notices, ret_count);
}

/* ---- moves */

static bool made_it(const struct work *w, const struct notice *notice)
{
    return w->actor.account_id == notice->maker_id &&
           (w->actor.account_id != 0 || str_equal(or_empty(w->actor.name), notice->maker));
}

static enum err read_in_state(struct work *w, int64_t id, enum notice_state state,
                              struct notice *ret_notice)
{
    TRY(news_notice_read(w, id, ret_notice));
    if (ret_notice->state == state)
        return ERR_OK;
    fail(w, ERR_NEWS_STATE, "公示现在是“%s”，不能这样处理",
         news_notice_state_words(ret_notice->state));
    return fault_hint(&w->fault, "请回到公示页看它现在的状态。");
}

static enum err read_to_check(struct work *w, int64_t id, struct notice *ret_notice)
{
    TRY(read_in_state(w, id, NOTICE_OFFERED, ret_notice));
    if (!made_it(w, ret_notice))
        return ERR_OK;
    fail(w, ERR_NEWS_OWN, "起草人不能审核自己的公示");
    return fault_hint(&w->fault, "请由另一位有公示权限的人审核。");
}

static int64_t next_version(const struct work *w, const struct notice *notice)
{
    return w->now_ms > notice->changed_ms ? w->now_ms : notice->changed_ms + 1;
}

static enum err expect_changed(struct work *w, int64_t changed_count)
{
    if (changed_count == 1)
        return ERR_OK;
    fail(w, ERR_STORE_CONFLICT, "公示刚被别人改过");
    return fault_hint(&w->fault, "请看过现在的内容再处理。");
}

static enum err set_texts(struct work *w, const struct notice *notice, struct str title,
                          struct str body)
{
    int64_t changed_count;
    struct notice_text_set_in in = {notice->id, notice->changed_ms, next_version(w, notice), title,
                                    body};
    TRY(notice_text_set(w, &in, &changed_count));
    return expect_changed(w, changed_count);
}

static enum err set_state(struct work *w, const struct notice *notice, enum notice_state state,
                          struct str reason)
{
    bool is_over = state == NOTICE_ENDED || state == NOTICE_WITHDRAWN;
    int64_t changed_count;
    struct notice_state_set_in in = {
        .id = notice->id,
        .known_ms = notice->changed_ms,
        .changed_ms = next_version(w, notice),
        .state = (int32_t)state,
        .checker = notice->checker,
        .reason = or_empty(reason),
        .ended_day = is_over ? w->today_day : ABSENT_I32,
    };
    TRY(notice_state_set(w, &in, &changed_count));
    return expect_changed(w, changed_count);
}

enum err news_notice_edit(struct work *w, int64_t id, int64_t known_ms, struct str title,
                          struct str body)
{
    struct notice notice;
    TRY(read_in_state(w, id, NOTICE_DRAFT, &notice));
    TRY(check_texts(w, title, or_empty(body)));
    if (known_ms != notice.changed_ms)
        return expect_changed(w, 0);
    TRY(set_texts(w, &notice, title, or_empty(body)));
    return note_move(w, id, "changed", STR(""));
}

enum err news_notice_offer(struct work *w, int64_t id)
{
    struct notice notice;
    TRY(read_in_state(w, id, NOTICE_DRAFT, &notice));
    TRY(set_state(w, &notice, NOTICE_OFFERED, STR("")));
    TRY(note_move(w, id, "offered", STR("")));
    return tell(w, id, "notice.offered");
}

enum err news_notice_return(struct work *w, int64_t id, struct str reason)
{
    struct notice notice;
    TRY(read_to_check(w, id, &notice));
    TRY(set_state(w, &notice, NOTICE_DRAFT, reason));
    return note_move(w, id, "returned", reason);
}

enum err news_notice_withdraw(struct work *w, int64_t id, struct str reason)
{
    struct notice notice;
    TRY(read_in_state(w, id, NOTICE_PUBLISHED, &notice));
    if (str_trim(or_empty(reason)).size == 0)
        return fail(w, ERR_INPUT, "撤回公示要说明理由");
    TRY(set_state(w, &notice, NOTICE_WITHDRAWN, reason));
    TRY(note_move(w, id, "withdrawn", reason));
    return tell(w, id, "notice.withdrawn");
}

/* ---- personal values */

static enum err key_of(struct work *w, const struct redact_finding *finding,
                       uint8_t ret_index[SECRET_INDEX_SIZE])
{
    if (secret_index(w->secrets, "redact", finding->text, ret_index) == ERR_OK)
        return ERR_OK;
    return fail(w, ERR_SECRET, "没有密钥，不能核对公示里的个人信息");
}

static enum err read_keeps(struct work *w, int64_t notice_id, struct redact_list *list)
{
    struct notice_keep_list_in in = {notice_id, REDACT_FINDINGS_MAX};
    struct cursor cursor;
    TRY(notice_keep_list(w, &in, &cursor));
    for (;;) {
        struct notice_keep_list_out row;
        bool more;
        TRY(notice_keep_list_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        char hex[2 * SECRET_INDEX_SIZE + 1];
        hash_hex((const uint8_t *)row.found_index.ptr, SECRET_INDEX_SIZE, hex);
        for (int32_t i = 0; i < list->count; i++) {
            if (!str_equal_text(list->rows[i].found, hex))
                continue;
            list->rows[i].is_kept = true;
            list->rows[i].kept_by = str_copy(w->arena, row.actor);
            list->rows[i].kept_reason = str_copy(w->arena, row.reason);
        }
    }
}

/* Free texts of the lines: what is typed, not the names, which are masked anyway. */
static enum err look_at_lines(struct work *w, const struct notice *notice,
                              struct redact_list *list)
{
    for (int32_t after = 0; after < notice->line_count; after += LINES_A_STEP) {
        struct notice_line *lines;
        int32_t count;
        TRY(news_notice_lines(w, notice->id, after, LINES_A_STEP, &lines, &count));
        for (int32_t i = 0; i < count; i++) {
            TRY(redact_numbers(w->arena, lines[i].item, list));
            TRY(redact_numbers(w->arena, lines[i].unit, list));
        }
    }
    return ERR_OK;
}

static enum err look_at_all(struct work *w, const struct notice *notice, struct redact_list *list)
{
    TRY(redact_numbers(w->arena, notice->title, list));
    TRY(redact_numbers(w->arena, notice->body, list));
    TRY(redact_names(w, notice->title, list));
    TRY(redact_names(w, notice->body, list));
    return look_at_lines(w, notice, list);
}

enum err news_notice_findings(struct work *w, const struct notice *notice,
                              struct redact_finding **ret_findings, int32_t *ret_count)
{
    struct redact_list list;
    TRY(redact_list_new(w->arena, &list));
    enum err err = look_at_all(w, notice, &list);
    if (err == ERR_LIMIT)
        return fail(w, err, "正文里的个人信息超过 %d 处，请先改正文", REDACT_FINDINGS_MAX);
    TRY(err);
    for (int32_t i = 0; i < list.count; i++) {
        uint8_t index[SECRET_INDEX_SIZE];
        char *hex = arena_alloc(w->arena, 2 * SECRET_INDEX_SIZE + 1);
        TRY(key_of(w, &list.rows[i], index));
        if (!hex)
            return fail(w, ERR_MEMORY, "no memory for the findings");
        list.rows[i].found = str_from(hash_hex(index, sizeof index, hex));
    }
    TRY(read_keeps(w, notice->id, &list));
    *ret_findings = list.rows;
    *ret_count = list.count;
    return ERR_OK;
}

static enum err find_one(struct work *w, const struct notice *notice, struct str found,
                         struct redact_finding *ret_finding)
{
    struct redact_finding *findings;
    int32_t count;
    TRY(news_notice_findings(w, notice, &findings, &count));
    for (int32_t i = 0; i < count; i++)
        if (str_equal(findings[i].found, found)) {
            *ret_finding = findings[i];
            return ERR_OK;
        }
    return fail(w, ERR_NOT_FOUND, "这一处已经处理");
}

enum err news_notice_mask(struct work *w, int64_t id, struct str found)
{
    struct notice notice;
    struct redact_finding finding;
    TRY(read_to_check(w, id, &notice));
    TRY(find_one(w, &notice, found, &finding));
    struct str title = redact_replace(w->arena, notice.title, finding.text, finding.masked);
    struct str body = redact_replace(w->arena, notice.body, finding.text, finding.masked);
    if (!title.ptr || !body.ptr)
        return fail(w, ERR_MEMORY, "no memory for the text of a notice");
    if (str_equal(title, notice.title) && str_equal(body, notice.body)) {
        fail(w, ERR_NEWS_STATE, "这一处在名单的行里，不能在这里遮盖");
        return fault_hint(&w->fault, "请退回起草人，改了名单再送审。");
    }
    TRY(set_texts(w, &notice, title, body));
    return note_move(w, id, "masked", str_from(redact_kind_words(finding.kind)));
}

enum err news_notice_keep(struct work *w, int64_t id, struct str found, struct str reason)
{
    struct notice notice;
    struct redact_finding finding;
    uint8_t index[SECRET_INDEX_SIZE];
    TRY(read_to_check(w, id, &notice));
    TRY(find_one(w, &notice, found, &finding));
    if (str_trim(or_empty(reason)).size == 0)
        return fail(w, ERR_INPUT, "保留个人信息要说明理由");
    TRY(key_of(w, &finding, index));
    struct notice_keep_insert_in in = {
        .notice_id = id,
        .found_index = {(const char *)index, sizeof index},
        .account_id = w->actor.account_id,
        .actor = or_empty(w->actor.name),
        .at_ms = w->now_ms,
        .reason = reason,
    };
    TRY(notice_keep_insert(w, &in, NULL));
    return note_move(w, id, "kept", reason);
}

/* ---- publication and end */

static enum err expect_decided(struct work *w, const struct notice *notice)
{
    struct redact_finding *findings;
    int32_t count, open_count = 0;
    TRY(news_notice_findings(w, notice, &findings, &count));
    for (int32_t i = 0; i < count; i++)
        open_count += !findings[i].is_kept;
    if (open_count == 0)
        return ERR_OK;
    fail(w, ERR_NEWS_REDACT, "还有 %d 处个人信息没有处理", (int)open_count);
    return fault_hint(&w->fault, "逐处遮盖，或说明理由后保留，再发布。");
}

static enum err mask_names(struct work *w, const struct notice *notice)
{
    for (int32_t after = 0; after < notice->line_count; after += LINES_A_STEP) {
        struct notice_line *lines;
        int32_t count;
        TRY(news_notice_lines(w, notice->id, after, LINES_A_STEP, &lines, &count));
        for (int32_t i = 0; i < count; i++) {
            struct notice_line_name_set_in in = {notice->id, lines[i].position, STR("")};
            TRY(registry_name(w, lines[i].record, lines[i].owner_id, lines[i].holder_id,
                              &in.name));
            TRY(notice_line_name_set(w, &in, NULL));
        }
    }
    return ERR_OK;
}

static enum err next_index_number(struct work *w, const struct notice *notice,
                                  struct str *ret_number)
{
    int64_t serial;
    int year = (int)day_year(w->today_day);
    const char *series = text_in(w->arena, "index %.*s %d", STR_ARG(notice->issuer_code), year);
    TRY(news_serial_next(w, str_from(series), &serial));
    *ret_number = str_from(text_in(w->arena, "%.*s/%d-%05" PRId64, STR_ARG(notice->issuer_code),
                                   year, serial));
    return ERR_OK;
}

/* A credit code has eighteen characters; anything else was a stand-in. */
static void complete(struct notice *notice, const struct news_office *office)
{
    enum { CREDIT_CODE_SIZE = 18 };
    if (!office)
        return;
    if (notice->issuer.size == 0 || notice->issuer_code.size != CREDIT_CODE_SIZE)
        notice->issuer = office->name;
    if (notice->issuer_code.size != CREDIT_CODE_SIZE)
        notice->issuer_code = office->credit_code;
    if (notice->contact.size == 0)
        notice->contact = office->section;
    if (notice->phone.size == 0)
        notice->phone = office->phone;
}

enum err news_notice_publish(struct work *w, const struct calendar *calendar,
                             const struct news_office *office, int64_t id)
{
    struct notice notice;
    int64_t changed_count;
    TRY(read_to_check(w, id, &notice));
    TRY(expect_decided(w, &notice));
    TRY(mask_names(w, &notice));
    complete(&notice, office);
    struct notice_publish_in in = {
        .issuer = notice.issuer,
        .issuer_code = notice.issuer_code,
        .contact = notice.contact,
        .phone = notice.phone,
        .id = id,
        .known_ms = notice.changed_ms,
        .changed_ms = next_version(w, &notice),
        .published_day = w->today_day,
        .last_day = calendar_add_working_days(calendar, w->today_day, notice.working_days, NULL),
        .checker = or_empty(w->actor.name),
    };
    TRY(next_index_number(w, &notice, &in.index_number));
    TRY(notice_publish(w, &in, &changed_count));
    TRY(expect_changed(w, changed_count));
    TRY(note_move(w, id, "published", STR("")));
    return tell(w, id, "notice.published");
}

static enum err due_ids(struct work *w, int64_t ids[NOTICE_ROWS_MAX], int32_t *ret_count)
{
    int32_t count = 0;
    struct notice_ids_due_in in = {w->today_day, NOTICE_ROWS_MAX};
    struct cursor cursor;
    TRY(notice_ids_due(w, &in, &cursor));
    for (;;) {
        struct notice_ids_due_out row;
        bool more;
        TRY(notice_ids_due_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    *ret_count = count;
    return ERR_OK;
}

enum err news_notice_due_count(struct work *w, int32_t *ret_count)
{
    int64_t ids[NOTICE_ROWS_MAX];
    return due_ids(w, ids, ret_count);
}

enum err news_notice_end_due(struct work *w, int32_t *ret_ended_count)
{
    int64_t ids[NOTICE_ROWS_MAX];
    int32_t count;
    TRY(due_ids(w, ids, &count));
    for (int32_t i = 0; i < count; i++) {
        struct notice notice;
        TRY(news_notice_read(w, ids[i], &notice));
        TRY(set_state(w, &notice, NOTICE_ENDED, STR("")));
        TRY(note_move(w, ids[i], "ended", STR("")));
        TRY(tell(w, ids[i], "notice.ended"));
    }
    *ret_ended_count = count;
    return ERR_OK;
}

/* fund_order.c — 不足时 … 按 KEY: in which order a fund pays when it is short.
 *
 * A fund is read before the rules it pays, so the words of its order wait until all rules are
 * there; they are then read once for each rule, on the records that the rule counts. */
#include "policy/reading.h"

static void tell_kind(struct reading *reading, const struct statement *paid,
                      const struct expr *key)
{
    finding_add(reading, FINDING_ERROR, "unit", key->span,
                "Order by what all rules of the fund have, or by 编号 (id) alone.",
                "the key of '%.*s' is %s", STR_ARG(paid->name), type_words(reading, key->type));
}

/* The keys of a rule, of the same kinds as those of the first rule of the fund. */
static void read_order(struct reading *reading, struct statement *paid,
                       const struct fund *fund, const struct rule **first)
{
    struct rule *rule = paid->as.rule;
    struct cursor cursor = {.reading = reading, .tokens = fund->order_tokens,
                            .end = fund->order_token_count, .document = fund->order_document,
                            .statement = rule->fund};
    struct scope basis = {.table = rule->each >= 0 ? rule->each : rule->subject};
    struct order_key *keys = NULL;
    int32_t count = parse_order(&cursor, &basis, &keys);
    cursor_end(&cursor);
    if (cursor.failed)
        return;
    rule->pay_order = keys;
    rule->pay_order_count = count;
    if (!*first)
        *first = rule;
    for (int32_t i = 0; i < count; i++)
        if (!typing_is(keys[i].key->type, (*first)->pay_order[i].key->type)) {
            tell_kind(reading, paid, keys[i].key);
            return;
        }
}

void fund_orders_read(struct reading *reading)
{
    struct policy *policy = reading->policy;
    const struct rule **firsts = TAKE(reading, const struct rule *, policy->statement_count);
    for (int32_t s = 0; s < policy->statement_count; s++) {
        struct statement *statement = &policy->statements[s];
        bool pays = kind_is_rule(statement->kind) && statement->as.rule &&
                    statement->as.rule->base < 0 && statement->as.rule->fund >= 0;
        const struct fund *fund =
            pays ? policy->statements[statement->as.rule->fund].as.fund : NULL;
        if (fund && fund->order_token_count > 0)
            read_order(reading, statement, fund, &firsts[statement->as.rule->fund]);
    }
}

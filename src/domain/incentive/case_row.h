/* case_row.h — a row of incentive_case as a struct (internal to the room): the statements that read
 * cases name their columns alike.
 *
 * Memory   texts are those of the row; CASE_OF_ROW_IN copies them into an arena
 */
#ifndef BAIGONG_CASE_ROW_H
#define BAIGONG_CASE_ROW_H

#include "domain/incentive/case.h"

enum { CASE_HOLDER_PERSON = 1, CASE_HOLDER_ORGANISATION = 2 };

#define CASE_OF_ROW(row)                                                                           \
    ((struct incentive_case){                                                                      \
        .id = (row).id,                                                                            \
        .holder_id = (row).holder_id,                                                              \
        .holder_record = (row).holder_record,                                                      \
        .rule_id = (row).rule_id,                                                                  \
        .document_number = (row).document_number,                                                  \
        .rule_name = (row).rule_name,                                                              \
        .subject_id = (row).subject_id,                                                            \
        .basis_id = (row).basis_id,                                                                \
        .period = (row).period,                                                                    \
        .kind = (enum case_kind)(row).kind,                                                        \
        .way = (enum case_way)(row).way,                                                           \
        .division = (row).division,                                                                \
        .state = (enum case_state)(row).state,                                                     \
        .version = (row).version,                                                                  \
        .opened_ms = (row).opened_ms,                                                              \
        .changed_ms = (row).changed_ms,                                                            \
        .due_day = (row).due_day,                                                                  \
        .decided_id = (row).decided_id,                                                            \
        .entitlement_id = (row).entitlement_id,                                                    \
        .payee_id = (row).payee_id,                                                                \
        .amount_fen = (row).amount_fen,                                                            \
        .stored_fen = (row).amount_fen,                                                            \
        .is_filled = (row).is_filled != 0,                                                         \
        .paid_fen = (row).paid_fen,                                                                \
        .payment_ms = (row).payment_ms,                                                            \
        .held_count = (row).held_count,                                                            \
        .notice_id = (row).notice_id,                                                              \
    })

static inline struct incentive_case case_kept(struct arena *arena, struct incentive_case subject)
{
    subject.document_number = str_copy(arena, subject.document_number);
    subject.rule_name = str_copy(arena, subject.rule_name);
    return subject;
}

#define CASE_OF_ROW_IN(arena, row) case_kept((arena), CASE_OF_ROW(row))

#endif

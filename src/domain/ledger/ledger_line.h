/* ledger_line.h — rows of lines and claims as the room's structs (inside the room only). */
#ifndef BAIGONG_LEDGER_LINE_H
#define BAIGONG_LEDGER_LINE_H

#include "domain/ledger/ledger.h"
#include "ledger_sql.h"

enum ledger_year_is { LEDGER_YEAR_IS_OPEN = 1, LEDGER_YEAR_IS_CLOSED };

/* The statements that give lines (claims) all have the columns of ledger_line_by_id
 * (ledger_claim_by_id): one struct receives any of them. */
typedef struct ledger_line_by_id_out ledger_line_row;
typedef struct ledger_claim_by_id_out ledger_claim_row;

/* Texts are copied into w->arena. */
enum err ledger_line_of_row(struct work *w, const ledger_line_row *row,
                            struct ledger_line *ret_line);
enum err ledger_state_of_row(struct work *w, const ledger_claim_row *row,
                             struct ledger_state *ret_state);

/* The rows of a statement with the columns of a claim, texts copied. */
enum err ledger_claims_read(struct work *w, const struct stmt *stmt, const void *in,
                            int32_t row_count_max, ledger_claim_row **ret_rows,
                            int32_t *ret_row_count);

#endif

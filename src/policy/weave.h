/* weave.h — the public page of a policy document: its prose with what each article executes.
 *
 * Under each article stand its statements in sentences made of the typed expressions, not of the
 * source; the source is there to be opened. Phrases that statements quote are marked in the prose.
 * Amounts are those in force on the day asked for. No statement is left out: a clause that has no
 * sentence of its own is shown in its own words. Raw HTML and images of a document are not passed
 * on. The same documents, day and figures give the same bytes.
 *
 * Memory   pages are appended to the buffer, everything else lives in its arena
 * Errors   none but those of the buffer
 */
#ifndef BAIGONG_WEAVE_H
#define BAIGONG_WEAVE_H

#include "policy/policy.h"

/* What is stored about one rule: current entitlements of the city. */
struct weave_live {
    bool known;
    int64_t granted_count, person_count, ask_count, open_count;
    int64_t amount_fen;
};

struct weave_options {
    enum policy_spelling spelling;
    int32_t as_of_day;
    /* File name of each document's page, for links between them; NULL: one page stands alone. */
    const struct str *page_names;
    const struct weave_live *live; /* one for each statement; NULL: no figures */
    int32_t live_day;              /* day of the sweep that found them */
};

void weave_document(struct text_buf *out, const struct policy *policy, int32_t document,
                    const struct weave_options *options);

/* The same in pieces, for a page that has a shell of its own: each article with content. */
struct weave_clause {
    int32_t article; /* index in policy->articles */
    struct str id;   /* anchor */
    struct str prose;      /* <div class="document">…</div> */
    struct str statements; /* <article class="statement">… one behind the other; "" when none */
};

/* In the arena; NULL when memory is out. */
const struct weave_clause *weave_clauses(struct arena *arena, const struct policy *policy,
                                         int32_t document, const struct weave_options *options,
                                         int32_t *ret_clause_count);

/* The index of all documents; needs page_names. */
void weave_index(struct text_buf *out, const struct policy *policy,
                 const struct weave_options *options);

#endif

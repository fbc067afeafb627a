#include "domain/incentive/incentive_digest.h"

#include "base/checksum.h"
#include "incentive_digest_sql.h"

static uint64_t sum_of_claim(const struct claim *claim)
{
    const int64_t parts[CHECKSUM_LANES] = {
        claim->subject_id, claim->basis_id,  claim->period,   claim->lane,
        claim->amount_fen, claim->gross_fen, claim->payee_id, 0,
    };
    return checksum_of(parts, sizeof parts);
}

struct claim_digest digest_of(int64_t rule_id, int32_t period_min, int32_t period_max,
                              const struct claim *claims, int64_t claim_count)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < claim_count; i++)
        sum += sum_of_claim(&claims[i]);
    return (struct claim_digest){rule_id, period_min, period_max, claim_count, (int64_t)sum};
}

enum err digest_holds(struct work *w, const struct claim_digest *digest, bool *ret_holds)
{
    struct claim_digest_read_in in = {.rule_id = digest->rule_id};
    struct claim_digest_read_out row;
    enum err err = claim_digest_read(w, &in, &row);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        *ret_holds = false;
        return ERR_OK;
    }
    if (err == ERR_OK)
        *ret_holds = row.period_min == digest->period_min &&
                     row.period_max == digest->period_max &&
                     row.claim_count == digest->claim_count && row.claim_sum == digest->sum;
    return err;
}

enum err digest_keep(struct work *w, const struct claim_digest *digest)
{
    struct claim_digest_put_in row = {
        .rule_id = digest->rule_id,
        .period_min = digest->period_min,
        .period_max = digest->period_max,
        .claim_count = digest->claim_count,
        .claim_sum = digest->sum,
    };
    return claim_digest_put(w, &row, NULL);
}

enum err digest_forget(struct work *w, int64_t rule_id)
{
    return claim_digest_forget(w, &(struct claim_digest_forget_in){.rule_id = rule_id}, NULL);
}

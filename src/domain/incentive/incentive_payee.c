#include "domain/incentive/incentive_payee.h"

#include "base/secret.h"
#include "incentive_payee_sql.h"

#include <inttypes.h>

static enum err find_person(struct work *w, int64_t id, struct ledger_payee *ret_payee)
{
    struct payee_person_out row;
    TRY(payee_person(w, &(struct payee_person_in){id}, &row));
    struct ledger_payee payee = {.name = row.name};
    if (row.bank_account_sealed.ptr) {
        struct secret_place place = {"person", "bank_account", id};
        enum err err =
            secret_open(w->secrets, w->arena, place, row.bank_account_sealed, &payee.account);
        if (err != ERR_OK)
            return fail(w, err, "the account of person %" PRId64 " does not open", id);
    }
    *ret_payee = payee;
    return ERR_OK;
}

static enum err find_organisation(struct work *w, int64_t id, struct ledger_payee *ret_payee)
{
    struct payee_organisation_out row;
    TRY(payee_organisation(w, &(struct payee_organisation_in){id}, &row));
    *ret_payee = (struct ledger_payee){.name = row.name};
    return ERR_OK;
}

/* Who is no longer in the registry has neither name nor account. */
static enum err find(struct work *w, void *context, enum ledger_party record, const int64_t *ids,
                     int32_t count, struct ledger_payee *ret_payees)
{
    for (int32_t i = 0; i < count; i++) {
        enum err err = record == LEDGER_PERSON ? find_person(w, ids[i], &ret_payees[i])
                                               : find_organisation(w, ids[i], &ret_payees[i]);
        if (err == ERR_NOT_FOUND) {
            fault_clear(&w->fault);
            ret_payees[i] = (struct ledger_payee){0};
            continue;
        }
        TRY(err);
    }
    return ERR_OK;
}

const struct ledger_payees incentive_payees = {find, NULL};

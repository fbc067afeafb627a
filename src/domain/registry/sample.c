#include "domain/registry/sample.h"

#include "sample_sql.h"

enum { SCANNED_MAX = 5000 };

enum err registry_sample_worker(struct work *w, int64_t *ret_person_id)
{
    struct sample_worker_out row;
    TRY(sample_worker(w, &(struct sample_worker_in){SCANNED_MAX}, &row));
    *ret_person_id = row.person_id;
    return ERR_OK;
}

enum err registry_sample_organisation(struct work *w, enum sample_organisation kind,
                                      int64_t *ret_organisation_id)
{
    if (kind == SAMPLE_EMPLOYER) {
        struct sample_employer_out row;
        TRY(sample_employer(w, &(struct sample_employer_in){SCANNED_MAX}, &row));
        *ret_organisation_id = row.organisation_id;
    } else if (kind == SAMPLE_TRAINING_BODY) {
        struct sample_training_body_out row;
        TRY(sample_training_body(w, &(struct sample_training_body_in){SCANNED_MAX}, &row));
        *ret_organisation_id = row.organisation_id;
    } else {
        struct sample_assessment_body_out row;
        TRY(sample_assessment_body(w, &(struct sample_assessment_body_in){SCANNED_MAX}, &row));
        *ret_organisation_id = row.organisation_id;
    }
    return ERR_OK;
}

enum err registry_sample_division(struct work *w, int32_t *ret_division)
{
    struct sample_division_out row;
    TRY(sample_division(w, &(struct sample_division_in){SCANNED_MAX}, &row));
    *ret_division = row.division;
    return ERR_OK;
}

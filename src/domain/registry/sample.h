/* sample.h — records to look around with: who a demonstration account is or acts for.
 *
 * Each pick is the same for the same database.
 *
 * Errors   ERR_NOT_FOUND when the city has none; store errors
 */
#ifndef BAIGONG_SAMPLE_H
#define BAIGONG_SAMPLE_H

#include "store/work.h"

enum sample_organisation { SAMPLE_EMPLOYER, SAMPLE_TRAINING_BODY, SAMPLE_ASSESSMENT_BODY };

/* A living person with a certificate, a training and a contest result: with something to see. */
enum err registry_sample_worker(struct work *w, int64_t *ret_person_id);
/* The organisation most named as employer, provider or assessing body among the first records. */
enum err registry_sample_organisation(struct work *w, enum sample_organisation kind,
                                      int64_t *ret_organisation_id);
/* The division where most of the first people live. */
enum err registry_sample_division(struct work *w, int32_t *ret_division);

#endif

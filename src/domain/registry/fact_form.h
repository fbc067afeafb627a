/* fact_form.h — one record as the fields of a form: texts as people type them, and back.
 *
 * A value that must not be shown (a protected one, a person's name, another person's identity) is
 * an empty text; left empty it stays as it is, 清空 erases it. Any other empty text says that there
 * is no value.
 * A reference is written as a credit code or an identity number.
 *
 * Memory   in w->arena
 * Errors   problems with field, reason and remedy; store errors
 */
#ifndef BAIGONG_FACT_FORM_H
#define BAIGONG_FACT_FORM_H

#include "domain/registry/fact.h"
#include "domain/registry/fact_check.h"

struct fact_form {
    int32_t table;
    int64_t owner_id; /* 0 for a root */
    struct str texts[REGISTRY_FIELD_COUNT_MAX];
};

/* Whether a field's value is never written into a form. */
bool fact_form_is_kept(const struct field_desc *field);

/* current: the version that is edited, NULL for a new record. Without problems *ret_fact can be put
 * or corrected; its head has the id of current. */
enum err fact_form_read(struct work *w, const struct fact_checker *checker,
                        const struct fact_form *form, const struct fact *current,
                        struct fact *ret_fact, struct fact_problems *ret_problems);

/* A problem at the key when another current record has the same one, which a put would write over.
 * id: of the record that is corrected, 0 for a new one. Seals the fact. */
enum err fact_form_check_key(struct work *w, struct fact *fact, int64_t id,
                             struct fact_problems *problems);

enum err fact_form_write(struct work *w, const struct vocab *vocab, const struct fact *fact,
                         struct fact_form *ret_form);

#endif

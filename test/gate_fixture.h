/* gate_fixture.h — people, bodies and claims for tests of the gate. Everything is of 2026-03-02. */
#ifndef BAIGONG_GATE_FIXTURE_H
#define BAIGONG_GATE_FIXTURE_H

#include "store_fixture.h"

#include "domain/gate/gate.h"
#include "domain/registry/fact.h"

/* The gate's document and one that pays for skill, as they stand in policy/national/. */
const struct gate_rules *gate_fixture_rules(void);

/* number 0 to 999 makes identity, phone and account of its own; ids are told. */
int64_t gate_fixture_person(struct work *w, int32_t number);
/* The same with another phone or account; NULL: the person's own, "": none. */
int64_t gate_fixture_person_with(struct work *w, int32_t number, const char *phone,
                                 const char *account);
/* Founded in 2001, in 370811 (even numbers) or 370812 (odd ones). */
int64_t gate_fixture_body(struct work *w, int32_t number, int32_t founded_day);

/* Puts a record of a person or body: its struct with head.owner_id set. Tells its id. */
int64_t gate_fixture_put(struct work *w, int32_t table, void *record);
/* A record with every field absent but its owner. */
void gate_fixture_clear(int32_t table, void *record, int64_t owner_id);

/* A claim of 1,000 yuan by a person today, for nothing in particular. */
struct gate_claim gate_fixture_claim(int64_t claim_id, int64_t person_id);

/* Checks one claim and tells whether the rule holds it; NULL: whether anything does. */
bool gate_fixture_holds(struct work *w, const struct gate_claim *claim, const char *rule);

#endif

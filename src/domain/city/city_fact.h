/* city_fact.h — what makers of people and of bodies share: when a fact is learned, what is left
 * out, and which body stands at a number. Private to this room.
 *
 * Units    days, months and instants as in base/record.h
 */
#ifndef BAIGONG_CITY_FACT_H
#define BAIGONG_CITY_FACT_H

#include "domain/city/city_batch.h"
#include "domain/city/city_make.h"

/* Names of draw streams: tables of the registry, then these. */
enum {
    CITY_DRAW_BASE = 100,     /* who a person is */
    CITY_DRAW_CARRIER = 101,  /* what a carrier's number says before its row is made */
    CITY_DRAW_SKILL = 103,    /* level and occupation */
};

/* Sets id, owner, source and known_ms: the fact's day and the usual delay, a long one now and then,
 * never before the owner was known nor after today. */
void city_head(const struct city_plan *plan, struct record_head *head, enum registry_table table,
               int64_t number, int64_t owner_id, int32_t fact_day, int64_t known_from_ms,
               struct city_draw *draw);

/* A day of the year, not after today; ABSENT_I32 when the whole year lies after it. */
int32_t city_day_in(const struct city_plan *plan, int32_t year, struct city_draw *draw);

/* The value, or absence as often as the share says. */
int32_t city_maybe(int64_t missing_bp, int32_t value, struct city_draw *draw);
int64_t city_maybe_id(int64_t missing_bp, int64_t value, struct city_draw *draw);

int64_t city_organisation_id(int64_t number);
int32_t city_organisation_kind(const struct city_plan *plan, int64_t number);
/* The member-th organisation on file for a role, and whether this one is. */
int64_t city_role_organisation(const struct city_plan *plan, int32_t role, int64_t member);
bool city_has_role(const struct city_plan *plan, int32_t role, int64_t number);
int64_t city_role_count(const struct city_plan *plan, int32_t role);
/* An organisation of a kind; low numbers are large employers. */
int64_t city_pick_organisation(const struct city_plan *plan, int32_t kind, struct city_draw *draw);

/* Assessment agencies: firms on file first, third parties behind them. */
int64_t city_agency_count(const struct city_plan *plan);
int64_t city_agency_organisation(const struct city_plan *plan, int64_t agency,
                                 bool *ret_is_enterprise);

/* Number of the organisation that a carrier belongs to. */
int64_t city_carrier_owner(const struct city_plan *plan, int64_t carrier);

/* "2022年市级一类竞赛第3场" and the occupation that it is held in. */
struct str city_contest_name(const struct city_plan *plan, struct arena *arena, int64_t tier,
                             int32_t year, int64_t ordinal);
int64_t city_contest_occupation(const struct city_plan *plan, int64_t tier, int32_t year,
                                int64_t ordinal);
int32_t city_contest_day(const struct city_plan *plan, int64_t tier, int32_t year,
                         int64_t ordinal);

#endif

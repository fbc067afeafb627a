/* city_fixture.h — a small city for tests, from the shipped catalogues and profiles. */
#ifndef BAIGONG_CITY_FIXTURE_H
#define BAIGONG_CITY_FIXTURE_H

#include "base/day.h"
#include "domain/city/city.h"
#include "domain/registry/registry_facts.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

struct city_fixture {
    struct arena arena;
    struct fault fault;
    struct catalogues *catalogues;
    struct vocab vocab;
    char folder[512];
};

/* One for the process: the catalogues are read once, plans stay in its arena. */
static inline struct city_fixture *city_fixture(void)
{
    static struct city_fixture fixture;
    struct city_fixture *t = &fixture;
    if (t->catalogues != NULL)
        return t;
    arena_init(&t->arena, (size_t)256 * 1024 * 1024);
    snprintf(t->folder, sizeof t->folder, "%s/catalogue", getenv("BAIGONG_SOURCE_ROOT"));
    EXPECT_OK(catalogues_load(t->folder, CATALOGUES_USUAL, &t->catalogues, &t->fault));
    registry_vocab(NULL, 0, NULL, 0, &t->vocab);
    catalogues_into_vocab(t->catalogues, &t->vocab);
    return t;
}

static inline const struct city_plan *city_fixture_plan(const char *city, int64_t people,
                                                        uint64_t seed)
{
    struct city_fixture *t = city_fixture();
    struct city_request request = {.folder = t->folder,
                                   .city = city,
                                   .vocab = &t->vocab,
                                   .catalogues = t->catalogues,
                                   .people = people,
                                   .seed = seed,
                                   .today_day = year_last_day(2023)};
    const struct city_plan *plan = NULL;
    enum err err = city_plan_read(&request, &t->arena, &t->fault, &plan);
    if (err != ERR_OK)
        print_error("%s\n", t->fault.message);
    EXPECT_INT(ERR_OK, err);
    return plan;
}

#endif

/* incentive_fixture.h — shipped documents, read and compiled once for the process. */
#ifndef BAIGONG_INCENTIVE_FIXTURE_H
#define BAIGONG_INCENTIVE_FIXTURE_H

#include "domain/city/city_fixture.h"
#include "domain/incentive/incentive.h"

/* Documents below a folder of the source tree: "policy", "policy/jining". One folder a process. */
static inline const struct incentive_policy *incentive_fixture_policy(const char *folder)
{
    static struct incentive_policy policy;
    static struct arena arena;
    if (policy.program)
        return &policy;
    struct city_fixture *city = city_fixture();
    arena_init(&arena, (size_t)256 << 20);
    char path[600];
    snprintf(path, sizeof path, "%s/%s", getenv("BAIGONG_SOURCE_ROOT"), folder);
    struct findings findings = {.arena = &arena};
    enum err err =
        incentive_policy_read(&arena, &city->vocab, path, &policy, &findings, &city->fault);
    if (err != ERR_OK)
        print_error("%s\n", city->fault.message);
    EXPECT_INT(ERR_OK, err);
    return &policy;
}

#endif

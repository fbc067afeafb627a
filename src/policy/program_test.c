/* program_test.c — what program_fuzz.c looks for, on bytes from a seed. BAIGONG_PROGRAM_SEEDS says
 * how many. */
#include "policy_grammar.h"

#include "unit.h"

TEST(program__reads_prints_and_evaluates_alike_on_random_documents)
{
    const char *asked = getenv("BAIGONG_PROGRAM_SEEDS");
    uint64_t seed_count = asked ? strtoull(asked, NULL, 10) : 300;
    int64_t read_count = 0, decision_count = 0;
    for (uint64_t seed = 1; seed <= seed_count; seed++) {
        uint8_t bytes[300];
        uint64_t random = seed;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)next_random(&random, 256);
        int64_t decisions = grammar_check(bytes, sizeof bytes);
        read_count += decisions >= 0;
        decision_count += decisions > 0 ? decisions : 0;
    }
    EXPECT(read_count * 5 > (int64_t)seed_count); /* most mischief is refused, not all */
    EXPECT(decision_count > read_count);
}

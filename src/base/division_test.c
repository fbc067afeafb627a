#include "unit.h"

#include "base/division.h"

TEST(division_holds__what_shares_its_leading_digits)
{
    EXPECT(division_holds(370000, 370811));
    EXPECT(division_holds(370800, 370811));
    EXPECT(division_holds(370811, 370811));
    EXPECT(!division_holds(370800, 370911));
    EXPECT(!division_holds(370811, 370800));
    EXPECT(!division_holds(370811, 370812));
}

TEST(division_holds__counties_of_a_city_under_the_state)
{
    EXPECT(division_holds(500000, 500112));
    EXPECT(division_holds(500000, 500243));
    EXPECT(!division_holds(500000, 510112));
}

TEST(division_holds__towns_of_a_county_and_nothing_of_a_town_but_itself)
{
    EXPECT(division_holds(370811, 370811001));
    EXPECT(division_holds(370811, 370811001201));
    EXPECT(!division_holds(370812, 370811001));
    EXPECT(division_holds(370811001, 370811001));
    EXPECT(!division_holds(370811001, 370811));
}

TEST(division_holds__nothing_when_a_code_is_none)
{
    EXPECT(!division_holds(0, 370811));
    EXPECT(!division_holds(370800, 0));
    EXPECT(!division_holds(-1, -1));
}

TEST(division_span__is_the_number_of_codes_below)
{
    EXPECT_INT(10000, division_span(370000));
    EXPECT_INT(100, division_span(370800));
    EXPECT_INT(1, division_span(370811));
    EXPECT_INT(1, division_span(370811001));
}

#include "domain/guard/totp.h"

#include "unit.h"

#define SECRET STR("12345678901234567890")

/* RFC 6238, appendix B: its eight digits, of which ours are the last six. */
TEST(totp_code__is_that_of_the_standard)
{
    static const struct {
        int64_t at_s;
        int32_t code;
    } rows[] = {{59, 287082},          {1111111109, 81804},   {1111111111, 50471},
                {1234567890, 5924},    {2000000000, 279037},  {20000000000, 353130}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        EXPECT_INT(rows[i].code, totp_code(SECRET, rows[i].at_s / TOTP_STEP_S));
}

TEST(totp_fits__takes_a_code_once_and_from_the_neighbouring_steps)
{
    int64_t step = 0;
    EXPECT(totp_fits(SECRET, STR("287 082"), 59000, 0, &step));
    EXPECT_INT(1, step);
    EXPECT(!totp_fits(SECRET, STR("287082"), 59000, 1, &step)); /* used */
    EXPECT(totp_fits(SECRET, STR("287082"), 89999, 0, &step));
    EXPECT(!totp_fits(SECRET, STR("287082"), 90000, 0, &step)); /* two steps old */
    EXPECT(totp_fits(SECRET, STR("287082"), 1000, 0, &step));   /* their clock is ahead */
    EXPECT(totp_fits(SECRET, STR("005924"), INT64_C(1234567890000), 0, &step));
    EXPECT(!totp_fits(SECRET, STR("5924"), INT64_C(1234567890000), 0, &step));
    EXPECT(!totp_fits(SECRET, STR("2870820"), 59000, 0, &step));
    EXPECT(!totp_fits(SECRET, STR("28708x"), 59000, 0, &step));
    EXPECT(!totp_fits(SECRET, STR(""), 59000, 0, &step));
}

static void expect_base32(const char *wanted, struct str bytes)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct text_buf *out = text_new(&arena);
    totp_add_base32(out, bytes);
    EXPECT_STR(wanted, text_str(out));
    arena_done(&arena);
}

/* RFC 4648, chapter 10, without its padding. */
TEST(totp_add_base32__is_that_of_the_standard)
{
    expect_base32("", STR(""));
    expect_base32("MY", STR("f"));
    expect_base32("MZXQ", STR("fo"));
    expect_base32("MZXW6", STR("foo"));
    expect_base32("MZXW6YQ", STR("foob"));
    expect_base32("MZXW6YTB", STR("fooba"));
    expect_base32("MZXW6YTBOI", STR("foobar"));
}

/* unit.h — the few words that unit tests use, on top of cmocka.
 *
 * TEST(subject__what_it_does_when) { ... } registers itself; test/unit_main.c runs what the file
 * registered and prints cmocka's summary. EXPECT names one condition. */
#ifndef BAIGONG_UNIT_H
#define BAIGONG_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* store/work.h has a word fail too: where both are included, it comes first and stays. */
#ifdef fail
#pragma push_macro("fail")
#undef fail
#include <cmocka.h>
#undef fail
#pragma pop_macro("fail")
#else
#include <cmocka.h>
#endif

#include "base/err.h"
#include "base/text.h"

void unit_register(const char *name, void (*run)(void **state));

#define TEST(test_name)                                                                           \
    static void test_name(void **state);                                                          \
    __attribute__((constructor)) static void register_##test_name(void)                           \
    {                                                                                             \
        unit_register(#test_name, test_name);                                                     \
    }                                                                                             \
    static void test_name(void **state __attribute__((unused)))

#define EXPECT(condition) assert_true(condition)
#define EXPECT_INT(expected, actual)                                                              \
    assert_int_equal((int64_t)(expected), (int64_t)(actual))
#define EXPECT_ERR(expected, call) unit_expect_err((expected), (call), #call, __FILE__, __LINE__)
#define EXPECT_OK(call) EXPECT_ERR(ERR_OK, call)
#define EXPECT_STR(expected, actual) unit_expect_str((expected), (actual), __FILE__, __LINE__)

void unit_expect_err(enum err expected, enum err actual, const char *call, const char *file,
                     int line);
void unit_expect_str(const char *expected, struct str actual, const char *file, int line);

#endif

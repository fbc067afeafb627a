#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { TESTS_MAX = 500 }; /* in one file; more is a file too long */

static struct CMUnitTest tests[TESTS_MAX];
static size_t test_count;

void unit_register(const char *name, void (*run)(void **state))
{
    check(test_count < TESTS_MAX);
    tests[test_count++] = (struct CMUnitTest){.name = name, .test_func = run};
}

void unit_expect_err(enum err expected, enum err actual, const char *call, const char *file,
                     int line)
{
    if (expected == actual)
        return;
    print_error("%s\n  expected %s, got %s\n", call, err_name(expected), err_name(actual));
    _fail(file, line);
}

void unit_expect_str(const char *expected, struct str actual, const char *file, int line)
{
    if (str_equal_text(actual, expected))
        return;
    print_error("expected: %s\n     got: %.*s\n", expected, STR_ARG(actual));
    _fail(file, line);
}

int main(void)
{
    return _cmocka_run_group_tests("", tests, test_count, NULL, NULL);
}

/* override.h — one parameter or budget of a policy set to another value, to see what it would cost.
 *
 *   NAME=8万元   NAME(技师)=6000元   NAME=3万元..10万元/5000元   FUND=500万元   FUND(2024)=500万元
 *
 * A value carries its unit; a bare number is taken in the parameter's own (yuan, months, days). The
 * value replaces every edition's: a what-if asks for one figure, whatever the day. A program that
 * was compiled before reads the new value in its next run.
 *
 * Memory   what is set lives in the arena given, which must outlive the policy's use
 * Errors   ERR_POLICY with the reason in both languages; ERR_MEMORY
 * Limits   POLICY_SERIES_MAX values of a series
 */
#ifndef BAIGONG_OVERRIDE_H
#define BAIGONG_OVERRIDE_H

#include "policy/policy.h"

enum { POLICY_SERIES_MAX = 200 }; /* more rows than a chart or a reader can hold apart */

/* By spelling: what is wrong, with the values, and a way out that can be acted on. */
struct override_error {
    struct str message[2], hint[2];
};

struct policy_setting {
    int32_t statement; /* PARAMETER or FUND */
    bool has_key;
    int64_t key;       /* code of the key enumeration; of a fund the year */
    int64_t value;     /* in the parameter's type; of a fund fen */
};

/* Values first, first + step, ... up to last. */
struct policy_series {
    struct policy_setting setting; /* value: the first */
    int64_t last, step;
};

enum err policy_read_setting(struct arena *arena, struct policy *policy, struct str text,
                             struct policy_setting *ret_setting, struct override_error *ret_error,
                             struct fault *fault);
enum err policy_read_budget(struct arena *arena, struct policy *policy, struct str text,
                            struct policy_setting *ret_setting, struct override_error *ret_error,
                            struct fault *fault);
enum err policy_read_series(struct arena *arena, struct policy *policy, struct str text,
                            struct policy_series *ret_series, struct override_error *ret_error,
                            struct fault *fault);
int32_t policy_series_count(const struct policy_series *series);

/* Sets it in the policy; false without memory. */
bool policy_apply_setting(struct arena *arena, struct policy *policy,
                          const struct policy_setting *setting);

#endif

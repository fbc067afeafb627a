/* program.h — the compiled policy (internal): a flat, read-only table of vector operations.
 *
 * Operations name their operands by index and stand behind them; equal operations exist once, so
 * that what several rules share is one operation. Operands of variable number stand in lists.
 *
 * Memory   everything lives in the arena given to program_compile
 */
#ifndef BAIGONG_PROGRAM_H
#define BAIGONG_PROGRAM_H

#include "policy/eval.h"

enum op_code {
#define OP(code, name) OP_CODE_##code,
#include "policy/op.def"
#undef OP
    OP_CODE_COUNT
};

struct op {
    enum op_code code;
    int32_t a, b;               /* operations, or -1 */
    int32_t list, list_count;   /* operands in program->list */
    int32_t detail;             /* expr_op, expr_function, expr_aggregate, expr_context or depth */
    int32_t table, field;
    int32_t scope, up, through, inverse;
    int32_t statement;          /* PARAMETER, TABLE */
    bool is_constant;           /* the same for every row of a run */
    int32_t use_count;          /* by other operations */
    bool is_shared;             /* used more than once */
    uint8_t context;            /* bits of expr_context it depends on; CONTEXT_ALL: the world */
    bool ranges;                /* it or an operand on the same row is an aggregate */
    int32_t outward;            /* rows around its row that it reads, counted outward; 0: none */
    int64_t value;
    const struct expr *expr;    /* ARITHMETIC, REGISTER, WITHIN, ORACLE: types and statements */
};

enum { CONTEXT_ALL = 7 }; /* period start, period end, as-of day */

struct plan_override { /* an exception or not-applicable */
    int32_t statement;
    bool refuses;
    int32_t when;   /* operation on the basis row, or -1: always */
    int32_t amount; /* operation or -1 */
    enum amount_kind amount_kind;
};

struct plan { /* one rule */
    int32_t statement;
    int32_t subject, each; /* tables; each -1: the subject is the basis */
    int32_t where;         /* on the subject row; -1: everyone */
    int32_t each_where;    /* on the basis row */
    int32_t amount, payee, anchor;
    int32_t distinct, distinct_count; /* in program->list, on the basis row */
    int32_t order, order_count;
    int32_t override, override_count; /* in program->overrides */
    int32_t quota_order; /* keys of its own quota, in program->list, on the basis row */
};

struct program {
    const struct policy *policy;
    struct op *ops;
    int32_t op_count;
    int32_t *list;
    int32_t list_count;
    struct plan *plans;
    int32_t plan_count;
    struct plan_override *overrides;
    int32_t override_count;
    int32_t *owners; /* owner table of each table, or -1 */
    /* Which rules read what: a rule set for each field of each table, rows of the table first. */
    int32_t rule_words;
    int32_t *table_sets; /* index of the first set of each table */
    uint64_t *read_sets;
    uint64_t *whole_set; /* rules that read values over whole tables */
};

/* A program of the rules of a set alone, NULL: of all. It runs them as the whole one would; which
 * rules read what is not noted in it. */
enum err program_compile_rules(struct arena *arena, const struct policy *policy,
                               const uint64_t *rules, struct program **ret_program,
                               struct fault *fault);

/* Fills owners. */
enum err program_note_owners(struct arena *arena, struct program *program, struct fault *fault);
/* Fills the sets above. */
enum err program_note_reading(struct arena *arena, struct program *program, struct fault *fault);

/* The conjuncts of a condition, nested AND dissolved. conjuncts NULL: only counts them. */
int32_t program_conjuncts(const struct program *program, int32_t op, int32_t *conjuncts);

#endif

/* ast.h — a policy document after reading: articles, statements, typed expressions.
 *
 * parse.c builds it, typing.c resolves every name and writes the types, print.c prints it back in
 * either spelling, program.c compiles it and reference.c walks it. Behind typing every index is
 * valid and every expression has its type.
 *
 * Memory   everything lives in the arena of the policy (struct policy)
 * Units    runtime values are int64_t: bool 0/1, count, money in fen, rate in 1/1 000 000, day
 *          number, month number, span in months, days or working
 *          days, code; ABSENT_I64 is "unknown"
 */
#ifndef BAIGONG_AST_H
#define BAIGONG_AST_H

#include "base/err.h"
#include "policy/vocab.h"

enum type_kind {
    TYPE_NONE, /* not typed yet, or in error */
    TYPE_BOOL,
    TYPE_COUNT,
    TYPE_MONEY,  /* fen */
    TYPE_RATE,   /* 1/1 000 000 */
    TYPE_DAY,
    TYPE_MONTH,  /* calendar month number */
    TYPE_MONTHS, /* span */
    TYPE_DAYS,   /* span */
    TYPE_WORKING_DAYS, /* span, counted by the calendar of the vocabulary */
    TYPE_ENUM,   /* target: enumeration index */
    TYPE_CODE,   /* target: catalogue index */
    TYPE_REF,    /* target: table index */
    TYPE_CLASS,  /* target: statement index of the classification (define with classes) */
};

struct type {
    enum type_kind kind;
    int32_t target;
};

struct span { /* a place in a document */
    int32_t document;   /* index in policy->documents */
    int32_t line;       /* from 1 */
    int32_t column;     /* from 1, in characters */
    struct str text;    /* the very bytes of the document */
};

/* A word of a block as written, with what it means in the other spelling. Printing repeats the
 * tokens in the spelling asked for, so nothing of layout and notes is lost. */
enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* keyword, name or unit */
    TOKEN_QUOTED, /* 「…」 "…" “…”: inner is what stands between */
    TOKEN_NUMBER, /* value: 1/1 000 000 */
    TOKEN_DAY,    /* value: day number */
    TOKEN_MONTH,  /* value: month number */
    TOKEN_CODE,   /* 6-18-01-01 */
    /* value: an ASCII character; 'l' for <=, 'g' for >=, 'n' for not equal, 'r' for .. */
    TOKEN_SYMBOL,
    TOKEN_NOTE,   /* # to the end of the line */
    TOKEN_BAD,    /* a character that has no meaning outside text */
};

struct token {
    enum token_kind kind;
    int32_t line, column; /* from 1; columns in characters */
    struct str text;      /* the very bytes */
    struct str inner;     /* text without quotes */
    int64_t value;
    const char *zh, *en; /* spellings when known; NULL: the same in both */
};

enum expr_kind {
    EXPR_LITERAL,   /* value */
    EXPR_FIELD,     /* up owners, then field, then through: see below */
    EXPR_DEFINE,    /* statement: a define over the row reached by up */
    EXPR_PARAMETER, /* statement, optional child[0] = key; value on the day of anchor */
    EXPR_CONTEXT,   /* context */
    EXPR_NOT,       /* child[0] */
    EXPR_NEGATE,    /* child[0] */
    EXPR_AND,       /* children, two or more */
    EXPR_OR,        /* children, two or more */
    EXPR_COMPARE,   /* op, child[0], child[1] */
    EXPR_ARITHMETIC, /* op, child[0], child[1] */
    EXPR_IN,        /* child[0] in child[1..] (literals) */
    EXPR_WITHIN_CODE, /* child[0] lies in the code child[1] (containment) */
    EXPR_REGISTER,  /* child[0] stands in the register on day child[1]; without child[1]: anchor */
    EXPR_AGGREGATE, /* aggregate over the rows of table that a row owns, or over a whole table */
    EXPR_TABLE,     /* lookup in table statement with the arguments children */
    EXPR_CALL,      /* builtin function with the arguments children */
    EXPR_CHOOSE,    /* pairs condition, value ...; last child alone: otherwise */
    EXPR_KNOWN,     /* child[0] is not unknown */
    EXPR_NAME,      /* a name not resolved yet; none is left behind typing */
};

enum expr_op {
    OP_NONE, OP_EQUAL, OP_NOT_EQUAL, OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL,
    OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, /* divide: indicators only, exact until printed */
};

/* Names that need no record. A period is the grant's or target's own; as_of is the day asked for,
 * but never after the period's last day. */
enum expr_context { CONTEXT_PERIOD_START, CONTEXT_PERIOD_END, CONTEXT_AS_OF, CONTEXT_IN_FORCE };

enum expr_aggregate {
    AGGREGATE_HAS,       /* bool: at least one row meets where */
    AGGREGATE_HAS_NO,    /* bool */
    AGGREGATE_COUNT,     /* count of rows */
    AGGREGATE_SUM,       /* of value */
    AGGREGATE_HIGHEST,   /* of value; unknown when there is no row */
    AGGREGATE_LOWEST,
    AGGREGATE_DISTINCT,  /* count of distinct values */
};

enum expr_function {
    /* (day, day) whole years of age: birthday counts as reached on the day */
    FUNCTION_YEARS_BETWEEN,
    FUNCTION_MONTHS_BETWEEN, /* (day, day) whole calendar months, clamped to month end */
    FUNCTION_DAYS_BETWEEN,   /* (day, day) */
    FUNCTION_ADD_MONTHS,     /* (day, months) clamped to month end */
    FUNCTION_ADD_DAYS,       /* (day, days) */
    FUNCTION_WORKING_DAYS_BETWEEN, /* (day, day) behind the first, up to and including the second */
    FUNCTION_ADD_WORKING_DAYS,     /* (day, working days) */
    FUNCTION_YEAR_OF,        /* (day) count */
    FUNCTION_MONTH_OF,       /* (day) month */
    FUNCTION_COVERED_MONTHS, /* (from month, to month, window from month, window to month) months */
    FUNCTION_IN_PERIOD,      /* (day) bool: period start <= day <= as_of */
    FUNCTION_IN_WINDOW,      /* (day, end day, months) bool: end - months < day <= end, half-open */
    FUNCTION_HOLDS_ON,       /* (from day, to day, day) bool, both ends inclusive */
    FUNCTION_LEAST,          /* (a, b, ...) */
    FUNCTION_GREATEST,       /* (a, b, ...) */
};

struct expr {
    enum expr_kind kind;
    struct type type;
    struct span span;
    struct str name; /* as written, before typing */

    int64_t value;   /* EXPR_LITERAL */
    /* EXPR_FIELD: start at a row, go up `up` owners, then, when through >= 0, follow the REF field
     * `through` of that row, and read `field` of `table` (field -1: the row itself, of TYPE_REF).
     * The starting row is the innermost one (scope 0), or the row `scope` aggregates outward:
     * inside `has certificate where (...)` on a training row, scope 0 is the certificate and scope
     * 1 the training. A training row and a certificate are siblings: both belong to one person.
     * EXPR_DEFINE: reach a row likewise, then evaluate define `statement` on it (scope 0 there).
     * EXPR_AGGREGATE inside a row: reach a row likewise (up is 1 for siblings; through follows a
     * reference: the roles of the sponsoring organisation), then range over its children of
     * `table`; or, when inverse >= 0, over the rows of `table` anywhere whose REF field `inverse`
     * names the reached row (the trainings a firm sponsored: 计数 培训记录 经 委托单位). Outside
     * any row (indicator, ask), up is -1: range over the whole table. */
    int32_t scope;
    int32_t up;
    int32_t through; /* REF field index or -1 */
    int32_t inverse; /* EXPR_AGGREGATE: REF field of table that names the reached row, or -1 */
    int32_t table;   /* table the field or aggregate rows belong to */
    int32_t field;
    int32_t statement; /* EXPR_DEFINE, PARAMETER, REGISTER, TABLE: index in policy->statements */
    /* EXPR_REGISTER: vocab register index, or -1 when statement is used */
    int32_t outside_register;

    enum expr_op op;
    enum expr_context context;
    enum expr_function function;
    enum expr_aggregate aggregate;
    struct expr *where;      /* EXPR_AGGREGATE; NULL: every row */
    struct expr *aggregated; /* EXPR_AGGREGATE: the value; NULL for HAS, HAS_NO, COUNT */

    struct expr **children;
    int32_t child_count;

    struct token *tokens; /* the words it was read from; for printing */
    int32_t token_count;
};

enum statement_kind {
    STATEMENT_FUND, STATEMENT_REGISTER, STATEMENT_PARAMETER, STATEMENT_TABLE, STATEMENT_DEFINE,
    STATEMENT_GRANT, STATEMENT_CONFER, STATEMENT_PROMOTE, STATEMENT_ADMIT,
    STATEMENT_EXCEPTION, STATEMENT_NOT_APPLICABLE, STATEMENT_SETTLEMENT, STATEMENT_REPEAL,
    STATEMENT_DUTY,
    STATEMENT_INDICATOR, STATEMENT_TARGET, STATEMENT_EXAMPLE, STATEMENT_NARRATIVE,
    STATEMENT_KIND_COUNT
};

enum period_kind {
    PERIOD_ONCE,  /* one time for each subject and basis since the document is in force */
    PERIOD_MONTH, /* each calendar month */
    PERIOD_YEAR,  /* each calendar year */
    PERIOD_YEARS, /* each period_years calendar years, counted from the year in force */
    PERIOD_WEEK,  /* each week from Monday to Sunday: duties only */
};

enum amount_kind {
    AMOUNT_NONE,   /* a title, level or right: no money */
    AMOUNT_EXACT,  /* the expression */
    AMOUNT_UP_TO,  /* at most the expression, on actual cost: open until the cost is known */
    AMOUNT_OPEN,   /* the document leaves it to amount_owner: the case waits for it */
    AMOUNT_ON_TOP, /* open, on top of another level's grant (amount_owner says whose) */
};

/* What an amount is for when it is multiplied: 50元 每人每天 按 天数(…). */
enum amount_rate {
    AMOUNT_WHOLE,
    AMOUNT_PERSON_DAY,
    AMOUNT_DAY,
    AMOUNT_PERSON_MONTH,
    AMOUNT_MONTH,
    AMOUNT_CLASS_HOUR,
};

struct order_key {
    struct expr *key;
    bool descending;
};

struct quota {
    bool present;
    bool about;          /* 左右: a plan figure, not a hard limit */
    struct expr *limit;  /* COUNT */
    int32_t period_years;
    const struct order_key *order; /* total order; the row id is always the last key */
    int32_t order_count;
};

/* A fact that the rules of an article may not read; field -1: the whole record. */
struct forbidden_field {
    int32_t table, field;
    struct span span;
};

/* GRANT, CONFER, PROMOTE, ADMIT; EXCEPTION and NOT_APPLICABLE override a base rule. */
struct rule {
    int32_t subject;       /* table index */
    struct expr *where;    /* on the subject row; NULL: everyone */
    int32_t each;          /* child table whose rows are the basis, or -1: the subject is */
    struct expr *each_where;
    struct expr **distinct; /* one basis for each combination of these (on the basis row) */
    int32_t distinct_count;
    /* At most so many bases a subject and period; 0: no limit. INT32_MAX when `best` says it. */
    int32_t best_count;
    struct expr *best;     /* COUNT that reads no row, on the period's first day; NULL: count */
    const struct order_key *best_order; /* on the basis row; default: larger amount first */
    int32_t best_order_count;
    enum amount_kind amount_kind;
    struct expr *amount;   /* MONEY, on the basis row; of a rate: the rate times how many */
    enum amount_rate amount_rate;
    struct str amount_owner;
    enum period_kind period;
    int32_t period_years;
    struct span period_unit; /* as written: 每人每月 */
    int32_t fund;          /* statement index or -1 */
    const struct order_key *pay_order; /* who is paid first when the fund is short, then by day */
    int32_t pay_order_count;
    struct expr *payee;    /* REF to an organisation, on the basis row; NULL: the subject */
    struct expr *anchor;   /* DAY at which parameters and registers are read; NULL: as_of */
    struct quota quota;
    struct expr *confers;  /* CONFER: honour code; PROMOTE: level; NULL otherwise */
    struct expr *term;     /* CONFER: MONTHS, or NULL */
    struct str right;      /* ADMIT: what may be done */
    struct str roster;     /* ADMIT: the list on which its holders are kept; "" on demand */
    int32_t base;          /* EXCEPTION, NOT_APPLICABLE: the rule overridden */
    bool reaches_back;     /* may be taken back: all its periods are looked at */
    const struct forbidden_field *must_not_ask;
    int32_t must_not_ask_count;
};

struct parameter_row {
    int32_t from_day;
    const int64_t *keys;   /* codes of the key enumeration; NULL without key */
    const int64_t *values; /* in the parameter's type */
    int32_t value_count;
    struct span cites;
    bool assumed;          /* the document is silent: the value is ours, with its reason */
    struct str reason;
};

struct parameter {
    struct type type;
    int32_t key_enum; /* enumeration index or -1 */
    const struct parameter_row *rows; /* by from_day */
    int32_t row_count;
};

struct register_row { int64_t code; int32_t from_day, to_day; };

struct register_statement {
    int32_t catalogue;
    int32_t outside; /* vocab register index when the source is outside the document, or -1 */
    const struct register_row *rows;
    int32_t row_count;
};

struct fund_budget { int32_t year; int64_t amount_fen; }; /* year 0: what if, in every year */
enum fund_short { FUND_SHORT_STOP, FUND_SHORT_QUEUE, FUND_SHORT_PRO_RATA };

struct fund {
    struct str source; /* where the money comes from */
    const struct fund_budget *budgets;
    int32_t budget_count;
    enum fund_short when_short;
    struct token *order_tokens; /* 按 …: read as each rule's pay_order */
    int32_t order_token_count, order_document;
};

/* Decision table: the first row (or, under unique, the only row) whose cells all hold. */
struct table_cell { /* a closed range or a set; open ends are INT64_MIN+1 / INT64_MAX */
    int64_t low, high;
    const int64_t *members; /* when not NULL: a set instead of a range */
    int32_t member_count;
};
struct table_statement {
    struct type *inputs;
    struct str *input_names;
    int32_t input_count;
    struct type output;
    bool unique; /* rows may not overlap; otherwise the first row counts */
    const struct table_cell *cells; /* row-major, row_count * input_count */
    const int64_t *outputs;
    const struct span *row_spans;
    int32_t row_count;
    bool has_otherwise;
    int64_t otherwise;
};

/* The value of a classification is class_count - index of the first class that holds (the first
 * class is the highest and has the largest value), 0 when none holds. */
struct class_row { struct str name; struct expr *when; };
struct define {
    int32_t subject;    /* table index, or -1 for a constant */
    struct type type;
    struct expr *value; /* NULL for a classification */
    const struct class_row *classes; /* first that holds; order is rank, first is highest */
    int32_t class_count;
};

struct duty {
    int32_t subject;
    struct expr *where;   /* who owes it; NULL: all */
    struct expr *measure; /* on the subject row, within the period */
    enum expr_op op;
    struct expr *owed;
    enum period_kind period;
    int32_t period_years;
    struct str evidence, warning, consequence;
};

enum indicator_unit {
    UNIT_PERSONS,
    UNIT_PERSON_TIMES,
    UNIT_BODIES,
    UNIT_ITEMS,
    UNIT_PERSON_DAYS,   /* days, added up over persons */
    UNIT_PERSON_MONTHS,
    UNIT_YUAN,
    UNIT_RATE
};

struct indicator {
    enum indicator_unit unit;
    struct expr *value; /* an aggregate over a table, or a quotient of two; periods by context */
};

enum target_op { TARGET_AT_LEAST, TARGET_AT_MOST, TARGET_ABOUT, TARGET_EQUAL, TARGET_FULL };
enum target_period { TARGET_BY, TARGET_PER_YEAR, TARGET_PER_YEARS, TARGET_CUMULATIVE };

struct target {
    int32_t indicator; /* statement index */
    enum target_op op;
    struct expr *value;
    enum target_period period;
    int32_t period_years;       /* TARGET_PER_YEARS, and the length of a rolling CUMULATIVE */
    int32_t from_day, to_day;   /* TARGET_BY: counted from from_day (ABSENT: a stock) to to_day */
    struct str owner;
};

enum settlement_kind {
    SETTLEMENT_HIGHER_OF, /* of rules, a subject and period keeps the highest */
    SETTLEMENT_CAP,       /* sum over rules at most amount; cut in the order of the rules */
    SETTLEMENT_STACK,     /* both may be paid: said openly, so that checking is quiet */
    SETTLEMENT_QUOTA,     /* of rules[0] */
    SETTLEMENT_EXCLUSIVE, /* the first of the rules that is granted keeps its money, alone */
    SETTLEMENT_DIFFERENCE, /* rules[0] pays what it is above the sum of the others */
    SETTLEMENT_CLAW_BACK,  /* amount (all when NULL) of a payment whose key holds is taken back */
};

struct settlement_clause {
    enum settlement_kind kind;
    const int32_t *rules; /* statement indexes */
    int32_t rule_count;
    struct expr *amount;  /* CAP: money; CLAW_BACK: money or rate */
    enum period_kind period;
    int32_t period_years;
    struct quota quota;   /* QUOTA */
    /* What groups beside the period: one for each rule, on its basis row; NULL: the subject does.
     * An absent key is a group of its own. CLAW_BACK: the conditions. */
    struct expr *const *keys;
    bool spans_subjects;  /* grouped by the key alone, over all subjects */
    struct span span;
};

struct settlement {
    const struct settlement_clause *clauses;
    int32_t clause_count;
};

/* Articles or single statements that end before their document does. */
struct repeal {
    int32_t document; /* whose they are */
    const int32_t *articles;
    int32_t article_count;
    const int32_t *statements;
    int32_t statement_count;
    int32_t day; /* the first on which they do not hold */
};

struct example_value { int32_t field; int64_t value; int32_t ref_row; struct span span; };
struct example_row {  /* one made-up record; owned rows belong to the nearest owner row above */
    int32_t table;
    struct str label;        /* 甲; "" when not named */
    int32_t copies;          /* 众 29名: so many of them alike, with all they own; mostly 1 */
    int32_t owner_row;       /* index in rows, or -1 */
    const struct example_value *values;
    int32_t value_count;
    struct span span;
};
enum example_lane {
    EXAMPLE_AMOUNT,
    EXAMPLE_CEILING, /* granted up to the value, on actual cost */
    EXAMPLE_YES,
    EXAMPLE_NO,
    EXAMPLE_ASK,
    EXAMPLE_VALUE
};
struct example_expectation {
    int32_t as_of_day;
    int32_t statement;       /* rule, define, indicator, duty or target */
    int32_t subject_row;     /* index in rows the expectation is about; all its copies */
    /* AMOUNT, CEILING: sum over the subject's decisions; VALUE: indicator or define */
    enum example_lane lane;
    int64_t value;           /* fen for AMOUNT and CEILING, the value for VALUE */
    struct str reason;       /* 因 …: article, condition words or missing field; "" when not said */
    struct span span;
};
struct example {
    const struct example_row *rows;
    int32_t row_count;
    const struct example_expectation *expectations;
    int32_t expectation_count;
};

/* Words of the prose that no statement carries, with the reason why. */
struct narrative_row { struct span phrase; struct str reason; };
struct narrative {
    const struct narrative_row *rows;
    int32_t row_count;
};

/* What evaluations go through again and again: statements of these are linked, in the order of the
 * text (policy_next). */
enum statement_group {
    GROUP_OTHERS,
    GROUP_DECIDES,   /* GRANT, CONFER, PROMOTE, ADMIT */
    GROUP_OVERRIDES, /* EXCEPTION, NOT_APPLICABLE */
    GROUP_SETTLES,
    GROUP_FUNDS,
    STATEMENT_GROUP_COUNT
};

struct statement {
    enum statement_kind kind;
    struct str name;        /* unique among the statements that can be referred to */
    struct span span;       /* of the whole block */
    int32_t document;
    int32_t article;        /* index in policy->articles */
    const struct span *cites; /* phrases quoted from the article's prose */
    int32_t cite_count;
    struct str note;        /* # comment or 说明 in the block; "" when none */
    union {
        struct rule *rule;
        struct parameter *parameter;
        struct register_statement *reg;
        struct fund *fund;
        struct table_statement *table;
        struct define *define;
        struct duty *duty;
        struct indicator *indicator;
        struct target *target;
        struct settlement *settlement;
        struct repeal *repeal;
        struct example *example;
        struct narrative *narrative;
    } as; /* NULL when the block could not be read */
    struct token *tokens; /* keyword and name of the info string, then the body */
    int32_t token_count;
    int32_t head_count; /* tokens of the info string */
    bool used;          /* another statement names it */
    int32_t repealed_by; /* statement index + 1 of the earliest 废止 that ends it; 0: none */
    int32_t repeal_day; /* with it: the first day on which it does not hold */
    int32_t next_in_group; /* statement index + 1; 0: the last */
};

struct article {
    int32_t document;
    struct str id;      /* a17 */
    struct str heading; /* 第十七条 领军人才奖励 */
    struct str prose;   /* text of the paragraphs, with the text of nested headings left out */
    struct span *paragraphs; /* the same, each where it stands */
    int32_t paragraph_count;
    int32_t depth;      /* of the heading */
    struct span span;
};

struct document {
    struct str path;
    struct str text;      /* the whole file */
    struct str number;    /* 文号 */
    struct str title;
    int64_t division;     /* code of the division catalogue */
    int32_t issued_day;
    int32_t in_force_day;
    int32_t ends_day;     /* last day in force; INT32_MAX when open */
    struct str replaces;
    const struct str *imports;
    int32_t import_count;
    uint8_t hash[32];     /* SM3 of the text */
};

struct policy {
    struct arena *arena;
    const struct vocab *vocab;
    struct document *documents;
    int32_t document_count;
    struct article *articles;
    int32_t article_count;
    struct statement *statements;
    int32_t statement_count;
    int32_t group_first[STATEMENT_GROUP_COUNT], group_last[STATEMENT_GROUP_COUNT]; /* index + 1 */
    int32_t *name_slots; /* open hash of statement names; -1: empty */
    int32_t name_slot_count;
    uint8_t hash[32]; /* over the documents' hashes in path order: the edition */
};

static inline enum statement_group statement_group(enum statement_kind kind)
{
    switch (kind) {
    case STATEMENT_GRANT:
    case STATEMENT_CONFER:
    case STATEMENT_PROMOTE:
    case STATEMENT_ADMIT:
        return GROUP_DECIDES;
    case STATEMENT_EXCEPTION:
    case STATEMENT_NOT_APPLICABLE:
        return GROUP_OVERRIDES;
    case STATEMENT_SETTLEMENT:
        return GROUP_SETTLES;
    case STATEMENT_FUND:
        return GROUP_FUNDS;
    default:
        return GROUP_OTHERS;
    }
}

/* Links the statement to those of its group before it; once, in the order of the text. */
static inline void policy_link(struct policy *policy, int32_t statement)
{
    enum statement_group group = statement_group(policy->statements[statement].kind);
    int32_t last = policy->group_last[group];
    int32_t *from =
        last == 0 ? &policy->group_first[group] : &policy->statements[last - 1].next_in_group;
    *from = policy->group_last[group] = statement + 1;
}

/* The first statement of a group behind `after` (-1: of all), or -1. One that has been given
 * another kind since it was linked is passed over. */
static inline int32_t policy_next(const struct policy *policy, enum statement_group group,
                                  int32_t after)
{
    int32_t next =
        after < 0 ? policy->group_first[group] : policy->statements[after].next_in_group;
    while (next != 0 && statement_group(policy->statements[next - 1].kind) != group)
        next = policy->statements[next - 1].next_in_group;
    return next - 1;
}
#define FOR_GROUP(policy, group, s)                                                              \
    for (int32_t s = policy_next((policy), (group), -1); s >= 0;                                  \
         s = policy_next((policy), (group), s))

/* Last day on which a statement holds: its document's, or the day before its repeal. */
static inline int32_t statement_ends_day(const struct policy *policy,
                                         const struct statement *statement)
{
    int32_t ends_day = policy->documents[statement->document].ends_day;
    bool is_earlier = statement->repealed_by != 0 && statement->repeal_day <= ends_day;
    return is_earlier ? statement->repeal_day - 1 : ends_day;
}

static inline bool statement_holds_on(const struct policy *policy,
                                      const struct statement *statement, int32_t day)
{
    return policy->documents[statement->document].in_force_day <= day &&
           day <= statement_ends_day(policy, statement);
}

#endif

/* policy_limits.h — how much one reading of policy documents may ask of the machine. */
#ifndef BAIGONG_POLICY_LIMITS_H
#define BAIGONG_POLICY_LIMITS_H

enum {
    POLICY_DOCUMENT_SIZE_MAX = 16 << 20,  /* bytes; a long plan with 10,000 statements has 5 MB */
    POLICY_DOCUMENTS_MAX = 1000,          /* a province's collection */
    POLICY_STATEMENTS_MAX = 50000,        /* over all documents of one reading */
    POLICY_BLOCK_TOKENS_MAX = 200000,     /* a register of every occupation fits */
    /* nested parentheses, or definitions within definitions */
    POLICY_DEPTH_MAX = 64,
    POLICY_STEPS_MAX = 100000, /* of one statement, the definitions it reads written out */
    POLICY_EXAMPLE_ROWS_MAX = 50000,      /* records of one example, copies counted */
    POLICY_EXPECTATIONS_MAX = 1000,       /* lines of one example that expect something */
    POLICY_FINDINGS_MAX = 1000,           /* more would not be read */
    POLICY_COLLECTION_DEPTH_MAX = 3,      /* has within count within a basis row */
    POLICY_TABLE_STEPS_MAX = 1000000,     /* regions of a decision table times its rows */
    POLICY_NUMBER_DIGITS_MAX = 12,        /* digits before the decimal point */
};

#endif

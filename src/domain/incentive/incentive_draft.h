/* incentive_draft.h — drafts of policy documents: written by one person, put in force by another.
 *
 *   OPEN -submit-> SUBMITTED -approve, by another-> ENACTED
 *     ^                |
 *     |                +-return, by another-> RETURNED -edit-> OPEN, -submit-> SUBMITTED
 *     +----recall------+
 *   OPEN, RETURNED -drop-> DROPPED
 *
 * A draft is the whole text of one document; with the number of one in force it replaces that one
 * from its day on. A repeal is the text in force with its last day in the head. The moves are the
 * table draft_moves in incentive_draft.c. What is enacted takes the place of the document of its
 * number on disk (incentive_policy_in_force); the row is never changed again.
 *
 * Memory   results live in w->arena unless an arena is given
 * Errors   ERR_DRAFT_STATE (the draft is not where the act begins), ERR_DRAFT_STALE (somebody else
 *          wrote meanwhile), ERR_OWN_DRAFT (whoever wrote it does not decide it), ERR_POLICY,
 *          ERR_NOT_FOUND; store errors pass through
 * Units    days are civil day numbers; *_ms UTC milliseconds
 * Limits   DRAFT_ROWS_MAX rows of a list, DRAFT_BODY_SIZE_MAX bytes of a text
 */
#ifndef BAIGONG_INCENTIVE_DRAFT_H
#define BAIGONG_INCENTIVE_DRAFT_H

#include "domain/incentive/incentive.h"

enum {
    DRAFT_ROWS_MAX = 500,
    DRAFT_BODY_SIZE_MAX = 1024 * 1024, /* the longest document there is has 200 KiB */
};

enum draft_kind { DRAFT_TEXT = 1, DRAFT_REPEAL };

enum draft_state {
    DRAFT_OPEN = 1,
    DRAFT_SUBMITTED,
    DRAFT_ENACTED,
    DRAFT_RETURNED,
    DRAFT_DROPPED,
    DRAFT_STATE_COUNT,
};

enum draft_act {
    DRAFT_EDIT,
    DRAFT_SUBMIT,
    DRAFT_RECALL,
    DRAFT_APPROVE,
    DRAFT_RETURN,
    DRAFT_DROP,
    DRAFT_ACT_COUNT,
};

struct draft {
    int64_t id;
    enum draft_kind kind;
    enum draft_state state;
    struct str number, title, path;
    int32_t version; /* of the text, from 1 */
    int32_t from_day;
    struct str reason;
    int64_t author_id;
    struct str author_name;
    int64_t changed_ms, submitted_ms;
    struct str decider_name;
    int64_t decided_ms; /* 0: not decided */
    struct str decision;
};

/* Whether an act can be taken from a state, whoever takes it. */
bool draft_allows(enum draft_state state, enum draft_act act);

struct draft_given {
    enum draft_kind kind;
    struct str path; /* "": made of the number */
    struct str body;
    int32_t from_day;
    struct str reason;
};

/* The number must stand in the head of the text (ERR_INPUT). The actor becomes the author. */
enum err draft_new(struct work *w, const struct draft_given *given, int64_t *ret_id);
enum err draft_read(struct work *w, int64_t id, struct draft *ret_draft);
/* Newest first, older than before_id (0: from the newest). */
enum err draft_list(struct work *w, enum draft_state state, int64_t before_id,
                    int32_t row_count_max, struct draft **ret_drafts, int32_t *ret_draft_count);

struct draft_text {
    int32_t version;
    struct str body, account_name;
    int64_t known_ms;
};
/* version 0: the newest. */
enum err draft_text_read(struct work *w, int64_t id, int32_t version, struct draft_text *ret_text);
/* Without their bodies, newest first. */
enum err draft_texts(struct work *w, int64_t id, struct draft_text **ret_texts,
                     int32_t *ret_text_count);

/* Writes the next version. known_version is the one that the writer saw. */
enum err draft_edit(struct work *w, int64_t id, int32_t known_version,
                    const struct draft_given *given, int32_t *ret_version);

/* SUBMIT, RECALL, RETURN, DROP; words go with a return. */
enum err draft_move(struct work *w, int64_t id, enum draft_act act, struct str words);

/* Whether the actor wrote any of a draft's texts. */
enum err draft_is_own(struct work *w, const struct draft *draft, bool *ret_is_own);

/* Puts the draft in force from its day, but not before today. base are the documents on disk: the
 * draft must be good together with those in force on its day, examples and all (ERR_POLICY with
 * findings). */
struct draft_base {
    const struct vocab *vocab;
    const struct policy_source *sources;
    int32_t source_count;
};
enum err draft_approve(struct work *w, const struct draft_base *base, int64_t id, struct str words,
                       struct findings *findings);

/* The text of a document with the day from which it no longer holds; the draft of a repeal. */
enum err draft_repeal_text(struct arena *arena, struct str body, int32_t from_day,
                           struct str *ret_body, struct fault *fault);

/* The draft's text laid over documents, read and checked with its examples. Findings of the draft
 * alone are kept when it has no errors elsewhere. On ERR_POLICY the reading is written too. */
struct draft_reading {
    struct policy_source *sources;
    int32_t source_count;
    int32_t document; /* index of the draft */
    struct policy *policy; /* NULL when it could not be read */
    struct findings findings;
    int32_t passed_count, failed_count; /* lines of its examples and of those it touches */
};
enum err draft_check(struct arena *arena, const struct vocab *vocab,
                     const struct policy_source *base, int32_t base_count, struct str path,
                     struct str body, struct draft_reading *ret_reading, struct fault *fault);

/* ---- enacted */

struct enactment {
    int64_t id;
    enum draft_kind kind;
    int32_t from_day;
    int64_t enacted_ms, draft_id;
    struct str author_name, approver_name, reason;
};
/* Of one document, newest first. */
enum err enactment_list(struct work *w, struct str number, struct enactment **ret_rows,
                        int32_t *ret_row_count);
enum err enactment_text(struct work *w, int64_t id, struct str *ret_number, struct str *ret_body);

/* Grows by one with every enacted document that counts on the day: the version of the policy. */
enum err enactment_version(struct work *w, int32_t day, int64_t *ret_version);

/* The base documents with those enacted up to the day in the place of their numbers. */
enum err enactment_sources(struct work *w, struct arena *arena, const struct policy_source *base,
                           int32_t base_count, int32_t day, struct policy_source **ret_sources,
                           int32_t *ret_source_count);

/* Reads and compiles what is in force on a day: the documents below path and those enacted. */
enum err incentive_policy_in_force(struct work_env *env, struct arena *arena,
                                   const struct vocab *vocab, const char *path, int32_t day,
                                   struct incentive_policy *ret_policy, int64_t *ret_version,
                                   struct findings *ret_findings, struct fault *fault);

#endif

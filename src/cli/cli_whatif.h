/* cli_whatif.h — what-if reports shown: as text, CSV, JSON and as one page (internal to the files
 * of the command). */
#ifndef BAIGONG_CLI_WHATIF_H
#define BAIGONG_CLI_WHATIF_H

#include "base/text.h"
#include "cli/cli_city.h"
#include "domain/insight/whatif.h"

struct whatif_edit { /* what the draft says otherwise */
    struct str place;         /* article and name */
    struct str before, after; /* "": not there */
};

struct whatif_draft {
    struct str name; /* 草案, or 草案一 … when there are several */
    struct str from; /* path, or the settings */
    struct incentive_policy policy;
    struct whatif_edit *edits;
    int32_t edit_count;
    const struct whatif_report *report;
};

struct whatif_show {
    struct cli *cli;
    const struct vocab *vocab;
    const struct incentive_policy *base;
    struct whatif_draft drafts[WHATIF_DRAFTS_MAX];
    int32_t draft_count;
    int32_t as_of_day;
    int64_t known_at_ms;
    int64_t took_ms;
};

enum err cli_whatif_text(const struct whatif_show *show);
enum err cli_whatif_csv(const struct whatif_show *show); /* one table: every group, long form */
enum err cli_whatif_json(const struct whatif_show *show);
/* One file that asks for no other: figures with their tables, by day and by night, on paper. */
enum err cli_whatif_page(const struct whatif_show *show, const char *path);

enum err cli_sweep_text(struct cli *cli, const struct policy *policy, int32_t statement,
                        const struct whatif_sweep *sweep);
enum err cli_sweep_json(struct cli *cli, const struct policy *policy, int32_t statement,
                        const struct whatif_sweep *sweep);

/* The rule of a name in a draft's report; NULL when it is not there. */
const struct whatif_group *cli_whatif_rule(const struct whatif_show *show, int32_t draft,
                                           struct str name);

/* Words that all of them use. */
const char *cli_whatif_by(const struct cli *cli, enum whatif_by by);
const char *cli_signed_money(struct arena *arena, int64_t fen);  /* +510,000元, -3元, 0元 */
const char *cli_signed_number(struct arena *arena, int64_t n);   /* +1,024 */
const char *cli_record_label(const struct cli *cli, const struct vocab *vocab, int32_t table);
const char *cli_when_short(const struct cli *cli, enum fund_short when_short);

#endif

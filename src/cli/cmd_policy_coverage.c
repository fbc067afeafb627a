/* Which promise of the sources stands where in the documents.
 *
 * policy/checklist.csv lists the rows that the sources ask for, each with the folders of the
 * sources that ask; policy/coverage.csv says for each row and document which statements carry it
 * and which examples show it, or why nothing does. This command holds both against the documents
 * and prints
 * the table of doc/policy-coverage.md. */
#include "base/csv_file.h"
#include "cli/cli_city.h"
#include "cli/cli_registry.h"
#include "cli/commands.h"

#include <inttypes.h>

const struct cli_option cmd_policy_coverage_options[] = {
    CLI_POLICY_OPTION,
    {0},
};

enum {
    COVERAGE_ROWS_MAX = 2000, /* ten times what five cities and the nation ask */
    COVERAGE_NAMES_MAX = 40,  /* statements of one row */
};

struct asked { /* a row of checklist.csv */
    struct str row, title, sources;
};

struct entry { /* a row of coverage.csv */
    struct str row, document, reason;
    int32_t asked; /* index, or -1 */
    int32_t statements[COVERAGE_NAMES_MAX], examples[COVERAGE_NAMES_MAX];
    int32_t statement_count, example_count;
};

struct coverage {
    struct cli *cli;
    const struct policy *policy;
    struct asked *asked;
    int32_t asked_count;
    struct entry *entries;
    int32_t entry_count;
    int32_t problem_count;
};

static void problem(struct coverage *c, struct str row, const char *what, struct str name)
{
    c->problem_count++;
    cli_note(c->cli, "%.*s: %s %.*s", STR_ARG(row), what, STR_ARG(name));
}

/* ---- reading ---- */

static struct str kept(struct coverage *c, struct str text)
{
    return str_copy(c->cli->arena, str_trim(text));
}

static enum err read_asked(struct coverage *c, const struct csv_row *row)
{
    if (c->asked_count == COVERAGE_ROWS_MAX)
        return fault_set(&c->cli->fault, ERR_LIMIT, "more than %d rows", COVERAGE_ROWS_MAX);
    c->asked[c->asked_count++] = (struct asked){
        kept(c, row->cells[0]), kept(c, row->cells[1]), kept(c, row->cells[2])};
    return ERR_OK;
}

/* Folder and file: the end of the document's path. */
static bool is_in(const struct coverage *c, int32_t statement, struct str document)
{
    int32_t d = c->policy->statements[statement].document;
    return d >= 0 && str_ends(c->policy->documents[d].path, document);
}

static int32_t find_statement(const struct coverage *c, struct str document, struct str name)
{
    for (int32_t i = 0; i < c->policy->statement_count; i++)
        if (str_equal(c->policy->statements[i].name, name) && is_in(c, i, document))
            return i;
    return -1;
}

static void read_names(struct coverage *c, struct entry *entry, struct str names,
                       int32_t *statements, int32_t *count)
{
    struct str name;
    while (names.size > 0) {
        (void)str_split(&names, ' ', &name);
        int32_t statement = name.size > 0 ? find_statement(c, entry->document, name) : -1;
        if (name.size > 0 && statement < 0)
            problem(c, entry->row, "the document has no", name);
        else if (name.size > 0 && *count < COVERAGE_NAMES_MAX)
            statements[(*count)++] = statement;
    }
}

static int32_t asked_index(const struct coverage *c, struct str row)
{
    for (int32_t i = 0; i < c->asked_count; i++)
        if (str_equal(c->asked[i].row, row))
            return i;
    return -1;
}

static enum err read_entry(struct coverage *c, const struct csv_row *row)
{
    if (c->entry_count == COVERAGE_ROWS_MAX)
        return fault_set(&c->cli->fault, ERR_LIMIT, "more than %d rows", COVERAGE_ROWS_MAX);
    struct entry *entry = &c->entries[c->entry_count++];
    *entry = (struct entry){.row = kept(c, row->cells[0]),
                            .document = kept(c, row->cells[1]),
                            .reason = kept(c, row->cells[4])};
    entry->asked = asked_index(c, entry->row);
    read_names(c, entry, kept(c, row->cells[2]), entry->statements, &entry->statement_count);
    read_names(c, entry, kept(c, row->cells[3]), entry->examples, &entry->example_count);
    return ERR_OK;
}

typedef enum err take_row(struct coverage *c, const struct csv_row *row);

static enum err read_rows(struct coverage *c, const char *name, int32_t cell_count, take_row *take)
{
    struct csv_file file;
    const char *path = text_in(c->cli->arena, "%s/%s", cli_policy_path(c->cli), name);
    TRY(csv_file_open(path, &c->cli->fault, &file));
    enum err err = ERR_OK;
    while (err == ERR_OK) {
        const struct csv_row *row;
        err = csv_reader_next(file.reader, &c->cli->fault, &row);
        if (err != ERR_OK || !row)
            break;
        if (row->cell_count != cell_count)
            err = fault_set(&c->cli->fault, ERR_SHEET, "%s line %" PRId64 ": %d cells, not %d",
                            path, row->line_number, row->cell_count, cell_count);
        else if (row->row_number > 1) /* behind the heading */
            err = take(c, row);
    }
    csv_file_close(&file);
    return err;
}

/* ---- checking ---- */

static bool wants_example(enum statement_kind kind)
{
    return kind == STATEMENT_GRANT || kind == STATEMENT_CONFER || kind == STATEMENT_PROMOTE ||
           kind == STATEMENT_ADMIT || kind == STATEMENT_DUTY || kind == STATEMENT_INDICATOR ||
           kind == STATEMENT_TARGET;
}

static bool expects(const struct coverage *c, int32_t example, int32_t statement)
{
    const struct example *body = c->policy->statements[example].as.example;
    for (int32_t i = 0; i < body->expectation_count; i++)
        if (body->expectations[i].statement == statement)
            return true;
    return false;
}

static bool is_shown(const struct coverage *c, const struct entry *entry, int32_t statement)
{
    for (int32_t i = 0; i < entry->example_count; i++)
        if (expects(c, entry->examples[i], statement))
            return true;
    return false;
}

static bool shows_any(const struct coverage *c, const struct entry *entry, int32_t example)
{
    for (int32_t i = 0; i < entry->statement_count; i++)
        if (expects(c, example, entry->statements[i]))
            return true;
    return false;
}

static void check_entry(struct coverage *c, const struct entry *entry)
{
    if (entry->asked < 0)
        problem(c, entry->row, "checklist.csv has no such row; named for", entry->document);
    if (entry->statement_count == 0 && entry->reason.size == 0)
        problem(c, entry->row, "neither a statement nor a reason for", entry->document);
    for (int32_t i = 0; i < entry->statement_count; i++) {
        const struct statement *statement = &c->policy->statements[entry->statements[i]];
        if (wants_example(statement->kind) && !is_shown(c, entry, entry->statements[i]))
            problem(c, entry->row, "no example of the row expects", statement->name);
    }
    for (int32_t i = 0; i < entry->example_count; i++) {
        const struct statement *example = &c->policy->statements[entry->examples[i]];
        if (example->kind != STATEMENT_EXAMPLE)
            problem(c, entry->row, "this is no example:", example->name);
        else if (!shows_any(c, entry, entry->examples[i]))
            problem(c, entry->row, "the example expects none of the statements:", example->name);
    }
}

static bool is_answered(const struct coverage *c, int32_t asked, struct str source)
{
    for (int32_t i = 0; i < c->entry_count; i++)
        if (c->entries[i].asked == asked && str_starts(c->entries[i].document, source))
            return true;
    return false;
}

static void check_asked(struct coverage *c, int32_t asked)
{
    struct str sources = c->asked[asked].sources;
    struct str source;
    while (sources.size > 0) {
        (void)str_split(&sources, ' ', &source);
        if (!is_answered(c, asked, source))
            problem(c, c->asked[asked].row, "coverage.csv says nothing for", source);
    }
}

/* ---- printing ---- */

static void add_names(const struct coverage *c, struct text_buf *buf, const int32_t *statements,
                      int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        text_format(buf, "%s`%.*s`", i > 0 ? " " : "",
                    STR_ARG(c->policy->statements[statements[i]].name));
}

static void add_articles(const struct coverage *c, struct text_buf *buf, const struct entry *entry)
{
    int32_t last = -1;
    for (int32_t i = 0; i < entry->statement_count; i++) {
        int32_t article = c->policy->statements[entry->statements[i]].article;
        if (article == last || article < 0)
            continue;
        text_format(buf, "%s%.*s", last >= 0 ? " " : "", STR_ARG(c->policy->articles[article].id));
        last = article;
    }
}

static void add_entry(const struct coverage *c, struct text_buf *buf, const struct entry *entry)
{
    struct str title = entry->asked >= 0 ? c->asked[entry->asked].title : STR("");
    text_format(buf, "| %.*s | %.*s | ", STR_ARG(entry->row), STR_ARG(title));
    add_articles(c, buf, entry);
    text_add_z(buf, " | ");
    add_names(c, buf, entry->statements, entry->statement_count);
    text_add_z(buf, " | ");
    add_names(c, buf, entry->examples, entry->example_count);
    text_format(buf, " | %.*s |\n", STR_ARG(entry->reason));
}

/* What a narrative says is a reason, not a carrier. */
static bool is_carried(const struct coverage *c, const struct entry *entry)
{
    for (int32_t i = 0; i < entry->statement_count; i++)
        if (c->policy->statements[entry->statements[i]].kind != STATEMENT_NARRATIVE)
            return true;
    return false;
}

static void add_document(const struct coverage *c, struct text_buf *buf,
                         const struct document *document)
{
    int32_t row_count = 0, carried_count = 0;
    for (int32_t i = 0; i < c->entry_count; i++) {
        bool is_here = str_ends(document->path, c->entries[i].document);
        row_count += is_here;
        carried_count += is_here && is_carried(c, &c->entries[i]);
    }
    if (row_count == 0)
        return;
    text_format(buf, "\n## %.*s\n\n", STR_ARG(document->title));
    for (int32_t i = 0; i < c->entry_count; i++)
        if (str_ends(document->path, c->entries[i].document)) {
            text_format(buf, "`policy/%.*s`: %d rows, %d carried by statements.\n\n",
                        STR_ARG(c->entries[i].document), row_count, carried_count);
            break;
        }
    text_add_z(buf, "| row | subject | article | statements | examples | why not, or what is left "
                    "out |\n|---|---|---|---|---|---|\n");
    for (int32_t i = 0; i < c->entry_count; i++)
        if (str_ends(document->path, c->entries[i].document))
            add_entry(c, buf, &c->entries[i]);
}

static enum err print_table(struct coverage *c)
{
    struct text_buf buf;
    text_init(&buf, c->cli->arena);
    text_add_z(&buf,
               "# What the policy documents carry (政策覆盖表)\n\n"
               "Printed by `baigong policy coverage`; do not edit. What the sources ask stands in "
               "`policy/checklist.csv`,\nwhat carries it in `policy/coverage.csv`. A test holds "
               "this page, both lists and the documents against\neach other: every row of every "
               "source has statements that stand in the document and examples that\n"
               "expect them, or "
               "a reason why not. SEC0 rows are sums that must come out, NAT rows the nation's.\n");
    for (int32_t d = 0; d < c->policy->document_count; d++)
        add_document(c, &buf, &c->policy->documents[d]);
    struct str text = text_str(&buf);
    fwrite(text.ptr, 1, text.size, c->cli->world.out);
    return ERR_OK;
}

enum err cmd_policy_coverage(struct cli *cli)
{
    struct catalogues *catalogues;
    struct vocab vocab;
    struct incentive_policy policy;
    TRY(cli_registry_vocab(cli, &catalogues, &vocab));
    TRY(cli_policy(cli, &vocab, &policy));
    struct coverage coverage = {
        .cli = cli,
        .policy = policy.policy,
        .asked = ARENA_NEW_ARRAY(cli->arena, struct asked, COVERAGE_ROWS_MAX),
        .entries = ARENA_NEW_ARRAY(cli->arena, struct entry, COVERAGE_ROWS_MAX),
    };
    if (!coverage.asked || !coverage.entries)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the table of coverage");
    TRY(read_rows(&coverage, "checklist.csv", 3, read_asked));
    TRY(read_rows(&coverage, "coverage.csv", 5, read_entry));
    for (int32_t i = 0; i < coverage.entry_count; i++)
        check_entry(&coverage, &coverage.entries[i]);
    for (int32_t i = 0; i < coverage.asked_count; i++)
        check_asked(&coverage, i);
    TRY(print_table(&coverage));
    if (coverage.problem_count == 0)
        return ERR_OK;
    return cli_fail(cli, ERR_POLICY, "覆盖表有 %d 处不符",
                    "the table of coverage is wrong in %d places",
                    coverage.problem_count);
}

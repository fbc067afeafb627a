#include "domain/occupation/catalogue_store.h"

#include "occupation_sql.h"
#include "store/stmt.h"
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static const struct catalogues *shipped(void)
{
    static struct catalogues *catalogues;
    if (!catalogues) {
        char dir[4096];
        snprintf(dir, sizeof dir, "%s/catalogue", getenv("BAIGONG_SOURCE_ROOT"));
        EXPECT_OK(catalogues_load(dir, CATALOGUES_USUAL, &catalogues, NULL));
    }
    return catalogues;
}

static struct catalogue_store_report report;

static enum err store_shipped(struct work *w, void *context)
{
    return catalogues_store(w, context ? context : shipped(), &report);
}

static enum err verify_statements(struct work *w, void *context)
{
    for (int32_t i = 0; i < occupation_sql_stmt_count; i++)
        TRY(stmt_verify(w, occupation_sql_stmts[i]));
    return ERR_OK;
}

STORE_TEST(stmt__verifies_every_statement_of_the_catalogues)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, verify_statements, NULL, &t->fault));
}

static enum err read_name(struct work *w, void *context)
{
    struct catalogue_entry_on_day_in in = {STR("occupation"), 6180101, FIXTURE_TODAY_DAY};
    struct catalogue_entry_on_day_out row;
    TRY(catalogue_entry_on_day(w, &in, &row));
    EXPECT_STR("车工", row.name);
    EXPECT_STR("6-18-01-01", row.label);
    in.code = 6180199;
    EXPECT_ERR(ERR_NOT_FOUND, catalogue_entry_on_day(w, &in, &row));
    return ERR_OK;
}

STORE_TEST(catalogues_store__copies_once_and_leaves_the_same_alone)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, store_shipped, NULL, &t->fault));
    EXPECT_INT(CATALOGUE_KIND_COUNT + shipped()->register_count, report.changed_count);
    EXPECT_INT(report.row_count,
               store_fixture_number(t, "SELECT (SELECT count(*) FROM catalogue_entry) + "
                                       "(SELECT count(*) FROM catalogue_register_row)"));
    EXPECT_INT(report.changed_count, store_fixture_number(t, "SELECT count(*) FROM event"));
    EXPECT_OK(work_run(&t->env, WORK_READ, read_name, NULL, &t->fault));

    EXPECT_OK(work_run(&t->env, WORK_WRITE, store_shipped, NULL, &t->fault));
    EXPECT_INT(0, report.changed_count);
    EXPECT_INT(0, report.row_count);
    EXPECT_INT(CATALOGUE_KIND_COUNT + shipped()->register_count, report.kept_count);
}

STORE_TEST(catalogues_store__replaces_only_what_changed)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, store_shipped, NULL, &t->fault));
    struct catalogues changed = *shipped();
    changed.list[CATALOGUE_GROUP].entry_count -= 1;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, store_shipped, &changed, &t->fault));
    EXPECT_INT(1, report.changed_count);
    EXPECT_INT(report.row_count,
               store_fixture_number(
                   t, "SELECT count(*) FROM catalogue_entry WHERE catalogue = 'group'"));
}

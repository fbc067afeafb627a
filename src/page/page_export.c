#include "page/page_export.h"

static struct fault *fault_of(struct page *page)
{
    return page->w ? &page->w->fault : page->own_fault;
}

static bool is_xlsx(const struct page *page)
{
    return str_equal_text(page_field(page, "format"), "xlsx");
}

enum err page_export_open(struct page *page, const struct table_file_column *columns,
                          int32_t column_count, struct table_file **ret_file)
{
    return table_file_open(page->request->arena, is_xlsx(page) ? TABLE_FILE_XLSX : TABLE_FILE_CSV,
                           columns, column_count, fault_of(page), ret_file);
}

enum err page_export_send(struct page *page, struct table_file *file, const char *name)
{
    struct str bytes;
    TRY(table_file_close(file, fault_of(page), &bytes));
    bool xlsx = is_xlsx(page);
    page_send_file(page, bytes,
                   xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                        : "text/csv; charset=utf-8",
                   str_from(text_in(page->request->arena, "%s.%s", name, xlsx ? "xlsx" : "csv")));
    return ERR_OK;
}

/* Any bytes are a form or are refused; values of an upload stand in the body. */
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, (size_t)64 << 20);
    struct str bytes = {(const char *)data, size};
    struct form form;
    struct fault fault = {0};
    if (form_read_encoded(&arena, bytes, &form, &fault) == ERR_OK)
        for (int32_t i = 0; i < form.field_count; i++)
            check(str_is_utf8(form.fields[i].value));
    if (form_read_multipart(&arena, bytes, STR("XX"), &form, &fault) == ERR_OK)
        for (int32_t i = 0; i < form.field_count; i++) {
            const struct form_field *field = &form.fields[i];
            check(field->value.size <= size);
            check(!field->file_name.ptr || str_find(field->file_name, STR("/")) == SIZE_MAX);
        }
    arena_done(&arena);
    return 0;
}

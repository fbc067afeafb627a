#include "http/form.h"

#include "unit.h"

static struct arena arena;
static struct form form;
static struct fault fault;

static enum err encoded(const char *text)
{
    return form_read_encoded(&arena, str_from(text), &form, &fault);
}

static enum err multipart(const char *body)
{
    return form_read_multipart(&arena, str_from(body), STR("XX"), &form, &fault);
}

TEST(form__decodes_names_and_values)
{
    arena_init(&arena, 1 << 20);
    EXPECT_OK(encoded("name=%E6%9D%8E+%E6%98%8E&tick=1&tick=2&&empty=&alone"));
    EXPECT_STR("李 明", form_value(&form, "name"));
    EXPECT_STR("", form_value(&form, "empty"));
    EXPECT_STR("", form_value(&form, "alone"));
    EXPECT(form_value(&form, "missing").ptr == NULL);
    int32_t at = 0;
    EXPECT_STR("1", form_next(&form, "tick", &at)->value);
    EXPECT_STR("2", form_next(&form, "tick", &at)->value);
    EXPECT(form_next(&form, "tick", &at) == NULL);
    arena_done(&arena);
}

TEST(form__refuses_broken_escapes_zero_bytes_and_other_encodings)
{
    arena_init(&arena, 1 << 20);
    EXPECT_ERR(ERR_FORM, encoded("a=%4"));
    EXPECT_ERR(ERR_FORM, encoded("a=%zz"));
    EXPECT_ERR(ERR_FORM, encoded("a=%00"));
    EXPECT_ERR(ERR_FORM, encoded("a=%C0%80"));
    EXPECT_ERR(ERR_FORM, encoded("%FF=1"));
    arena_done(&arena);
}

TEST(form__reads_texts_and_files_of_an_upload)
{
    arena_init(&arena, 1 << 20);
    EXPECT_OK(multipart("--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n 甲 \r\n"
                        "--XX\r\ncontent-disposition: form-data; name=\"file\"; "
                        "filename=\"C:\\\\dir\\\\人员.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                        "a,b\r\n--X\r\n\r\n--XX\r\n"
                        "Content-Disposition: form-data; name=empty\r\n\r\n\r\n--XX--\r\n"));
    EXPECT_INT(3, form.field_count);
    EXPECT_STR("甲", form_value(&form, "note"));
    EXPECT_STR("a,b\r\n--X\r\n", form_value(&form, "file"));
    EXPECT_STR("人员.csv", form.fields[1].file_name);
    EXPECT_STR("text/csv", form.fields[1].content_type);
    EXPECT_STR("", form_value(&form, "empty"));
    arena_done(&arena);
}

TEST(form__says_where_an_upload_breaks_off)
{
    arena_init(&arena, 1 << 20);
    EXPECT_ERR(ERR_FORM, multipart(""));
    EXPECT_ERR(ERR_FORM, multipart("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"));
    EXPECT_STR("上传内容第 51 字节：一个部分没有结束，文件可能没有传完", str_from(fault.message));
    EXPECT_ERR(ERR_FORM, multipart("--XX\r\nContent-Type: text/csv\r\n\r\nb\r\n--XX--"));
    EXPECT_ERR(ERR_FORM, multipart("--XXcontent"));
    EXPECT_ERR(ERR_FORM, multipart("--XX\r\nno colon\r\n\r\nb\r\n--XX--"));
    EXPECT_ERR(ERR_FORM, form_read_multipart(&arena, STR("--"), STR(""), &form, &fault));
    arena_done(&arena);
}

TEST(form__takes_no_more_fields_than_the_limit)
{
    arena_init(&arena, 1 << 22);
    struct text_buf *text = text_new(&arena);
    for (int i = 0; i <= FORM_FIELDS_MAX; i++)
        text_add(text, STR("a=1&"));
    EXPECT_ERR(ERR_LIMIT, form_read_encoded(&arena, text_str(text), &form, &fault));
    arena_done(&arena);
}

#include "base/sheet_package.h"

#include "base/byte_source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_SIZE = 64 * 1024 };

static const char broken_hint[] =
    "文件可能没有下载完整；请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。";
static const char bomb_hint[] = "这个文件不像是表格软件保存的；请另存为 .xlsx 后重新上传。";

static enum err check_package(struct sheet_package *package, struct fault *fault)
{
    zip_int64_t count = zip_get_num_entries(package->zip, 0);
    if (count <= SHEET_PARTS_MAX)
        return ERR_OK;
    sheet_package_done(package);
    fault_set(fault, ERR_LIMIT, "XLSX 文件里有 %" PRId64 " 个部件，超过 %d 个的上限",
              (int64_t)count, SHEET_PARTS_MAX);
    return fault ? fault_hint(fault, "%s", bomb_hint) : ERR_LIMIT;
}

static enum err zip_fault(struct fault *fault, zip_error_t *error)
{
    int kind = zip_error_code_zip(error);
    if (kind == ZIP_ER_MEMORY)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取 XLSX");
    if (kind == ZIP_ER_NOENT || kind == ZIP_ER_OPEN || kind == ZIP_ER_READ)
        return byte_fault(fault, zip_error_code_system(error), "打开文件");
    fault_set(fault, ERR_SHEET, "XLSX 文件已损坏：%s", zip_error_strerror(error));
    return fault ? fault_hint(fault, "%s", broken_hint) : ERR_SHEET;
}

static enum err open_source(zip_source_t *source, zip_error_t *error, struct fault *fault,
                            struct sheet_package *ret_package)
{
    if (!source)
        return zip_fault(fault, error);
    struct sheet_package package = {zip_open_from_source(source, ZIP_RDONLY, error)};
    if (!package.zip) {
        zip_source_free(source);
        return zip_fault(fault, error);
    }
    TRY(check_package(&package, fault));
    *ret_package = package;
    return ERR_OK;
}

enum err sheet_package_open_path(const char *path, struct fault *fault,
                                 struct sheet_package *ret_package)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_file_create(path, 0, -1, &error);
    enum err err = open_source(source, &error, fault, ret_package);
    zip_error_fini(&error);
    return err;
}

enum err sheet_package_open_memory(struct str bytes, struct fault *fault,
                                   struct sheet_package *ret_package)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.size, 0, &error);
    enum err err = open_source(source, &error, fault, ret_package);
    zip_error_fini(&error);
    return err;
}

void sheet_package_done(struct sheet_package *package)
{
    if (package && package->zip)
        zip_discard(package->zip);
    if (package)
        package->zip = NULL;
}

bool sheet_package_has(const struct sheet_package *package, const char *part_name)
{
    return zip_name_locate(package->zip, part_name, ZIP_FL_NOCASE) >= 0;
}

enum err sheet_part_open(const struct sheet_package *package, const char *part_name,
                         struct fault *fault, struct sheet_part *ret_part)
{
    zip_int64_t index = zip_name_locate(package->zip, part_name, ZIP_FL_NOCASE);
    zip_stat_t stat;
    if (index < 0 || zip_stat_index(package->zip, (zip_uint64_t)index, 0, &stat) != 0) {
        fault_set(fault, ERR_SHEET, "XLSX 文件里缺少部件 %s", part_name);
        return fault ? fault_hint(fault, "%s", broken_hint) : ERR_SHEET;
    }
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
        fault_set(fault, ERR_SHEET, "XLSX 文件加了密码");
        return fault ? fault_hint(fault, "请去掉打开密码后重新上传。") : ERR_SHEET;
    }
    struct sheet_part part = {
        .file = zip_fopen_index(package->zip, (zip_uint64_t)index, 0),
        .compressed_size = (int64_t)stat.comp_size,
        .claimed_size = (int64_t)stat.size,
    };
    snprintf(part.name, sizeof part.name, "%s", part_name);
    if (!part.file)
        return zip_fault(fault, zip_get_error(package->zip));
    *ret_part = part;
    return ERR_OK;
}

enum err sheet_part_read(struct sheet_part *part, char *buffer, size_t capacity,
                         struct fault *fault, size_t *ret_size)
{
    zip_int64_t size = zip_fread(part->file, buffer, capacity);
    if (size < 0)
        return zip_fault(fault, zip_file_get_error(part->file));
    part->inflated_size += size;
    /* The compressed size in the header may lie, but only downward helps the liar, and a part
     * cannot inflate from less than the file holds. */
    int64_t ratio_size = part->compressed_size < 1 ? 1 : part->compressed_size;
    if (part->inflated_size > SHEET_RATIO_FREE_SIZE &&
        part->inflated_size / SHEET_RATIO_MAX > ratio_size) {
        fault_set(fault, ERR_LIMIT, "XLSX 部件 %s 解压后超过原来的 %d 倍，拒绝读取", part->name,
                  SHEET_RATIO_MAX);
        return fault ? fault_hint(fault, "%s", bomb_hint) : ERR_LIMIT;
    }
    if (part->inflated_size > SHEET_PART_SIZE_MAX) {
        fault_set(fault, ERR_LIMIT, "XLSX 部件 %s 解压后超过 4 GiB", part->name);
        return fault ? fault_hint(fault, "请把文件分成几个，分别导入。") : ERR_LIMIT;
    }
    *ret_size = (size_t)size;
    return ERR_OK;
}

void sheet_part_done(struct sheet_part *part)
{
    if (part->file)
        zip_fclose(part->file);
    part->file = NULL;
}

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *sheet_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(local_name(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

static void stop_if_failed(struct sheet_xml *xml)
{
    xml->event_size = xml->fed_size;
    if (xml->fault.code != ERR_OK)
        XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL start_element(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct sheet_xml *xml = user;
    if (xml->fault.code != ERR_OK)
        return;
    if (++xml->depth > SHEET_XML_DEPTH_MAX) {
        fault_set(&xml->fault, ERR_LIMIT, "XLSX 部件 %s 的 XML 嵌套超过 %d 层", xml->part.name,
                  SHEET_XML_DEPTH_MAX);
        fault_hint(&xml->fault, "%s", bomb_hint);
    } else {
        xml->on_start(xml, local_name(name), attributes);
    }
    stop_if_failed(xml);
}

static void XMLCALL end_element(void *user, const XML_Char *name)
{
    struct sheet_xml *xml = user;
    if (xml->fault.code != ERR_OK)
        return;
    xml->depth--;
    xml->on_end(xml, local_name(name));
    stop_if_failed(xml);
}

static void XMLCALL character_data(void *user, const XML_Char *text, int size)
{
    struct sheet_xml *xml = user;
    if (xml->fault.code != ERR_OK)
        return;
    if (xml->on_text)
        xml->on_text(xml, text, (size_t)size);
    stop_if_failed(xml);
}

static void XMLCALL comment(void *user, const XML_Char *text)
{
    stop_if_failed(user);
}

static void XMLCALL instruction(void *user, const XML_Char *target, const XML_Char *text)
{
    stop_if_failed(user);
}

static void XMLCALL doctype(void *user, const XML_Char *name, const XML_Char *system_id,
                            const XML_Char *public_id, int has_internal_subset)
{
    struct sheet_xml *xml = user;
    fault_set(&xml->fault, ERR_SHEET, "XLSX 部件 %s 带有 DOCTYPE 声明，拒绝读取", xml->part.name);
    fault_hint(&xml->fault, "%s", bomb_hint);
    stop_if_failed(xml);
}

enum err sheet_xml_open(struct sheet_xml *xml, const struct sheet_package *package,
                        const char *part_name, struct fault *fault)
{
    TRY(sheet_part_open(package, part_name, fault, &xml->part));
    xml->parser = XML_ParserCreate(NULL);
    if (!xml->parser) {
        sheet_part_done(&xml->part);
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取 XLSX");
    }
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, start_element, end_element);
    XML_SetCharacterDataHandler(xml->parser, character_data);
    XML_SetCommentHandler(xml->parser, comment);
    XML_SetProcessingInstructionHandler(xml->parser, instruction);
    XML_SetStartDoctypeDeclHandler(xml->parser, doctype);
    return ERR_OK;
}

static enum err feed(struct sheet_xml *xml, struct fault *fault, enum XML_Status *ret_status)
{
    if (xml->fed_size - xml->event_size > SHEET_TOKEN_SIZE_MAX) {
        fault_set(fault, ERR_LIMIT, "XLSX 部件 %s 里有超过 1 MiB 的 XML 标记", xml->part.name);
        return fault ? fault_hint(fault, "%s", bomb_hint) : ERR_LIMIT;
    }
    void *buffer = XML_GetBuffer(xml->parser, PIECE_SIZE);
    if (!buffer)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取 XLSX");
    size_t size = 0;
    TRY(sheet_part_read(&xml->part, buffer, PIECE_SIZE, fault, &size));
    xml->fed_size += (int64_t)size;
    *ret_status = XML_ParseBuffer(xml->parser, (int)size, size == 0);
    return ERR_OK;
}

enum err sheet_xml_run(struct sheet_xml *xml, struct fault *fault)
{
    while (!xml->ended) {
        XML_ParsingStatus state;
        XML_GetParsingStatus(xml->parser, &state);
        enum XML_Status status = XML_STATUS_ERROR;
        if (state.parsing == XML_SUSPENDED)
            status = XML_ResumeParser(xml->parser);
        else
            TRY(feed(xml, fault, &status));
        if (xml->fault.code != ERR_OK) {
            if (fault)
                *fault = xml->fault;
            return xml->fault.code;
        }
        if (status == XML_STATUS_ERROR) {
            fault_set(fault, ERR_SHEET, "XLSX 部件 %s 第 %lu 行的 XML 有误：%s", xml->part.name,
                      (unsigned long)XML_GetCurrentLineNumber(xml->parser),
                      XML_ErrorString(XML_GetErrorCode(xml->parser)));
            return fault ? fault_hint(fault, "%s", broken_hint) : ERR_SHEET;
        }
        if (status == XML_STATUS_SUSPENDED)
            return ERR_OK;
        XML_GetParsingStatus(xml->parser, &state);
        xml->ended = state.parsing == XML_FINISHED;
    }
    return ERR_OK;
}

void sheet_xml_pause(struct sheet_xml *xml)
{
    XML_StopParser(xml->parser, XML_TRUE);
}

void sheet_xml_done(struct sheet_xml *xml)
{
    sheet_part_done(&xml->part);
    if (xml->parser)
        XML_ParserFree(xml->parser);
    xml->parser = NULL;
}

enum err sheet_xml_read(struct sheet_xml *xml, const struct sheet_package *package,
                        const char *part_name, struct fault *fault)
{
    TRY(sheet_xml_open(xml, package, part_name, fault));
    enum err err = sheet_xml_run(xml, fault);
    sheet_xml_done(xml);
    return err;
}

#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/web_texts.h"

#include <string.h>

/* What there is, out of routes.def: the site map for people, OpenAPI for programs. */

static bool has_parameter(const char *pattern)
{
    return strchr(pattern, '{') != NULL;
}

/* Pages that a reader can go to as they stand. */
static bool is_place(const struct page *page, const struct page_route *route)
{
    bool is_for_debugging = route->pattern[1] == '_';
    return route->method == HTTP_GET && route->view[0] && !is_for_debugging &&
           !has_parameter(route->pattern) &&
           guard_may(page->session.account.role, route->permission);
}

static const char *room_label(enum page_room room)
{
    static const char *const labels[ROOM_COUNT] = {
        [ROOM_NONE] = "账户",   [ROOM_TASKS] = "待办", [ROOM_REGISTRY] = "档案",
        [ROOM_POLICY] = "政策", [ROOM_FOUND] = "应享", [ROOM_FUNDS] = "资金",
        [ROOM_CERTIFICATES] = "证书", [ROOM_INSIGHT] = "指标", [ROOM_ADMIN] = "管理",
        [ROOM_MINE] = "我的",
    };
    return labels[room];
}

static void add_room(struct page *page, struct doc *rooms, enum page_room room)
{
    struct doc *object = NULL;
    struct doc *list = NULL;
    for (int32_t i = 0; i < page_route_count; i++) {
        const struct page_route *route = &page_routes[i];
        if (route->room != room || !is_place(page, route))
            continue;
        if (!object) {
            object = doc_add_object(rooms, NULL);
            doc_add_text(object, "label", page_say(page, room_label(room)));
            list = doc_add_list(object, "pages");
        }
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text_z(row, "path", route->pattern);
        doc_add_text(row, "summary", page_say(page, route->summary));
    }
}

enum err page_sitemap(struct page *page)
{
    struct doc *rooms = doc_add_list(page->doc, "rooms");
    for (int room = ROOM_TASKS; room < ROOM_COUNT; room++)
        add_room(page, rooms, (enum page_room)room);
    add_room(page, rooms, ROOM_NONE);
    page_title(page, page_say(page, "网站地图"));
    return ERR_OK;
}

/* ---- OpenAPI 3.1 */

static void add_info(struct json *json)
{
    json_add_text_z(json, "openapi", "3.1.0");
    json_key(json, "info");
    json_object_begin(json);
    json_add_text_z(json, "title", "Baigong");
    json_add_text_z(json, "version", "1");
    json_add_text_z(json, "description",
                    "Each page of the desk is also a resource. Ids and money are texts, days are "
                    "YYYY-MM-DD. What goes wrong is a problem document (RFC 9457).");
    json_key(json, "license");
    json_object_begin(json);
    json_add_text_z(json, "name", "Apache-2.0");
    json_add_text_z(json, "identifier", "Apache-2.0");
    json_object_end(json);
    json_object_end(json);
    json_key(json, "servers");
    json_array_begin(json);
    json_object_begin(json);
    json_add_text_z(json, "url", "/api/v1");
    json_object_end(json);
    json_array_end(json);
}

/* "POST /account/sessions/end" becomes post_account_sessions_end. */
static const char *operation_of(struct arena *arena, const struct page_route *route)
{
    struct text_buf *name = text_new(arena);
    if (!name)
        return "";
    text_add_z(name, route->method == HTTP_GET ? "get" : "post");
    for (const char *c = route->pattern; *c; c++)
        if (strchr("{}", *c) == NULL)
            text_add_byte(name, strchr("/.-", *c) ? '_' : *c);
    const char *text = str_z(arena, text_str(name));
    return text ? text : "";
}

static void add_parameters(struct json *json, const char *pattern)
{
    struct str rest = str_from(pattern);
    struct str part;
    json_key(json, "parameters");
    json_array_begin(json);
    while (str_split(&rest, '/', &part)) {
        if (part.size < 3 || part.ptr[0] != '{')
            continue;
        json_object_begin(json);
        json_add_text(json, "name", str_sub(part, 1, part.size - 2));
        json_add_text_z(json, "in", "path");
        json_add_bool(json, "required", true);
        json_key(json, "schema");
        json_object_begin(json);
        json_add_text_z(json, "type", "string");
        json_object_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_content(struct json *json, const char *type, const char *schema)
{
    json_key(json, "content");
    json_object_begin(json);
    json_key(json, type);
    json_object_begin(json);
    json_key(json, "schema");
    json_object_begin(json);
    json_add_text_z(json, "$ref", schema);
    json_object_end(json);
    json_object_end(json);
    json_object_end(json);
}

static void add_answer(struct json *json, const char *status, const char *words,
                       const char *type, const char *schema)
{
    json_key(json, status);
    json_object_begin(json);
    json_add_text_z(json, "description", words);
    add_content(json, type, schema);
    json_object_end(json);
}

static void add_security(struct json *json, enum permission permission)
{
    json_key(json, "security");
    json_array_begin(json);
    if (!guard_may(ROLE_NONE, permission)) {
        static const char *const ways[] = {"session", "bearer"};
        for (int i = 0; i < 2; i++) {
            json_object_begin(json);
            json_key(json, ways[i]);
            json_array_begin(json);
            json_array_end(json);
            json_object_end(json);
        }
    }
    json_array_end(json);
}

/* The schema of a route's own answer (web/api_answers.json), else what all have in common. */
static const char *schema_of(struct arena *arena, const struct json_value *answers,
                             const struct page_route *route)
{
    const char *operation = operation_of(arena, route);
    const char *own = json_member(answers, operation)
                          ? text_in(arena, "#/components/schemas/%s", operation)
                          : NULL;
    return own ? own : "#/components/schemas/Resource";
}

static void add_operation(struct json *json, struct arena *arena,
                          const struct json_value *answers, const struct page_route *route)
{
    const struct permission_desc *permission = &guard_permissions[route->permission];
    json_key(json, route->method == HTTP_GET ? "get" : "post");
    json_object_begin(json);
    json_add_text_z(json, "operationId", operation_of(arena, route));
    json_add_text_z(json, "summary", route->summary);
    json_add_text_z(json, "x-permission", permission->name);
    add_parameters(json, route->pattern);
    add_security(json, route->permission);
    if (route->method != HTTP_GET) {
        json_key(json, "requestBody");
        json_object_begin(json);
        add_content(json, "application/json", "#/components/schemas/Fields");
        json_object_end(json);
    }
    json_key(json, "responses");
    json_object_begin(json);
    add_answer(json, "200", "The resource", "application/json",
               schema_of(arena, answers, route));
    add_answer(json, "4XX", "Refused: why, and what to do", "application/problem+json",
               "#/components/schemas/Problem");
    json_object_end(json);
    json_object_end(json);
}

static bool stood_before(int32_t index)
{
    for (int32_t i = 0; i < index; i++)
        if (strcmp(page_routes[i].pattern, page_routes[index].pattern) == 0)
            return true;
    return false;
}

static void add_paths(struct json *json, struct arena *arena, const struct json_value *answers)
{
    json_key(json, "paths");
    json_object_begin(json);
    for (int32_t i = 0; i < page_route_count; i++) {
        if (stood_before(i))
            continue;
        json_key(json, page_routes[i].pattern);
        json_object_begin(json);
        for (int32_t other = i; other < page_route_count; other++)
            if (strcmp(page_routes[i].pattern, page_routes[other].pattern) == 0)
                add_operation(json, arena, answers, &page_routes[other]);
        json_object_end(json);
    }
    json_object_end(json);
}

/* What answers look like: texts of their own, as tools read them. */
static enum err read_schemas(struct page *page, const char *name,
                             const struct json_value **ret_schemas)
{
    struct str text = STR("{}");
    for (int32_t i = 0; i < web_texts_count; i++)
        if (strcmp(web_texts[i].name, name) == 0)
            text = web_texts[i].text;
    return json_parse(page->request->arena, text, text.size, ret_schemas,
                      &page->w->fault);
}

static void add_field(struct json *json, const struct field_desc *field)
{
    const char *ref = field->type == FIELD_DAY     ? "#/components/schemas/Day"
                      : field->type == FIELD_MONEY ? "#/components/schemas/Yuan"
                                                   : NULL;
    bool is_text = registry_is_text(field) || field->type == FIELD_REF;
    const char *type = is_text                      ? "string"
                       : field->type == FIELD_BOOL ? "boolean"
                                                    : "integer";
    json_key(json, field->name);
    json_object_begin(json);
    json_add_text_z(json, "description", field->label_zh);
    json_key(json, "anyOf");
    json_array_begin(json);
    json_object_begin(json);
    json_add_text_z(json, ref ? "$ref" : "type", ref ? ref : type);
    json_object_end(json);
    json_object_begin(json);
    json_add_text_z(json, "type", "null");
    json_object_end(json);
    json_array_end(json);
    json_object_end(json);
}

/* The fields of a fact, of whatever record: registry.def says which there are. */
static void add_values(struct json *json)
{
    json_key(json, "Values");
    json_object_begin(json);
    json_key(json, "anyOf");
    json_array_begin(json);
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        const struct record_desc *record = &registry_records[table];
        json_object_begin(json);
        json_add_text_z(json, "title", record->name);
        json_add_text_z(json, "type", "object");
        json_key(json, "properties");
        json_object_begin(json);
        for (int32_t i = 0; i < record->field_count; i++)
            add_field(json, &record->fields[i]);
        json_object_end(json);
        json_add_bool(json, "additionalProperties", false);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void add_members(struct json *json, const struct json_value *object)
{
    for (const struct json_value *member = object->first; member; member = member->next) {
        json_key(json, member->key.ptr);
        json_value_write(json, member);
    }
}

static void add_schemes(struct json *json)
{
    json_key(json, "securitySchemes");
    json_object_begin(json);
    json_key(json, "session");
    json_object_begin(json);
    json_add_text_z(json, "type", "apiKey");
    json_add_text_z(json, "in", "cookie");
    json_add_text_z(json, "name", PAGE_COOKIE);
    json_object_end(json);
    json_key(json, "bearer");
    json_object_begin(json);
    json_add_text_z(json, "type", "http");
    json_add_text_z(json, "scheme", "bearer");
    json_object_end(json);
    json_object_end(json);
}

enum err page_openapi(struct page *page)
{
    struct text_buf *out = text_new(page->request->arena);
    if (!out)
        return fail(page->w, ERR_MEMORY, "no memory for the description");
    const struct json_value *schemas, *answers;
    struct json json;
    TRY(read_schemas(page, "api_schemas", &schemas));
    TRY(read_schemas(page, "api_answers", &answers));
    json_init(&json, out);
    json_object_begin(&json);
    add_info(&json);
    add_paths(&json, page->request->arena, answers);
    json_key(&json, "components");
    json_object_begin(&json);
    json_key(&json, "schemas");
    json_object_begin(&json);
    add_members(&json, schemas);
    add_members(&json, answers);
    add_values(&json);
    json_object_end(&json);
    add_schemes(&json);
    json_object_end(&json);
    json_object_end(&json);
    if (out->failed)
        return fail(page->w, ERR_MEMORY, "no memory for the description");
    page->reply->body = text_str(out);
    page->reply->content_type = STR("application/json");
    page->is_sent = true;
    return ERR_OK;
}

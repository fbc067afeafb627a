/* doc.h — the document that a handler presents: one tree, shown through a view or written as JSON.
 *
 * A leaf has two faces: its value, as JSON has it (base/json.h: ids and money as texts, days as
 * "2022-08-22"), and its words, as a page shows them in the reader's language. What only pages need
 * (addresses, classes, words of a heading) is marked DOC_PAGE and never reaches JSON.
 *
 * Memory   everything lives in the arena of doc_new; names are constants of the program, values
 *          are not copied
 * Errors   when memory is out the document fails as a whole: adding to it does nothing, and
 *          doc_failed says so once at the end. Every function accepts a NULL parent
 */
#ifndef BAIGONG_DOC_H
#define BAIGONG_DOC_H

#include "base/json.h"

enum doc_kind { DOC_NOTHING, DOC_BOOL, DOC_TEXT, DOC_NUMBER, DOC_OBJECT, DOC_LIST };

enum doc_face { DOC_BOTH, DOC_PAGE, DOC_JSON };

struct doc_root;

struct doc {
    enum doc_kind kind;
    enum doc_face face;
    const char *name;  /* in its object; NULL in a list */
    struct str words;  /* of a leaf on a page */
    struct str value;  /* TEXT: as JSON has it */
    int64_t number;    /* NUMBER; BOOL: 0 or 1; LIST and OBJECT: members */
    struct doc *first; /* members, in the order in which they were added */
    struct doc *last;
    struct doc *next;
    struct doc_root *root;
};

/* An empty object; NULL when memory is out. */
struct doc *doc_new(struct arena *arena);
/* For a program: what only pages need is not kept; doc_page_list and doc_page_object give NULL. */
struct doc *doc_new_json(struct arena *arena);
bool doc_failed(const struct doc *doc); /* true for NULL */

struct doc *doc_add_object(struct doc *parent, const char *name); /* parent: object or list */
struct doc *doc_add_list(struct doc *parent, const char *name);

void doc_add_text(struct doc *parent, const char *name, struct str text);
void doc_add_text_z(struct doc *parent, const char *name, const char *text); /* NULL: nothing */
void doc_add_bool(struct doc *parent, const char *name, bool value);
void doc_add_id(struct doc *parent, const char *name, int64_t id);
void doc_add_number(struct doc *parent, const char *name, int64_t number); /* 1,234 on a page */
void doc_add_money(struct doc *parent, const char *name, int64_t amount_fen);
/* A day: 2022-08-22 on both faces; nothing when it is absent or has not come. */
void doc_add_day(struct doc *parent, const char *name, int32_t day);
/* An instant in the city's zone: "2022-08-22 09:30" on a page, RFC 3339 in JSON. */
void doc_add_instant(struct doc *parent, const char *name, int64_t at_ms);
/* A code of a catalogue or enumeration: its number in JSON, its words on a page. */
void doc_add_code(struct doc *parent, const char *name, int64_t code, struct str words);

/* For one face alone. */
void doc_page_text(struct doc *parent, const char *name, struct str text);
void doc_page_z(struct doc *parent, const char *name, const char *text);
void doc_page_bool(struct doc *parent, const char *name, bool value);
struct doc *doc_page_object(struct doc *parent, const char *name);
struct doc *doc_page_list(struct doc *parent, const char *name);

/* Formats into the document's arena; "" when memory is out. */
struct str doc_format(struct doc *doc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Member of an object by name; NULL when there is none. */
const struct doc *doc_member(const struct doc *object, struct str name);

/* Writes the JSON face. */
void doc_to_json(const struct doc *doc, struct json *json);

#endif

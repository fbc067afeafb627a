/* sheet_package.h — an XLSX file as a package of XML parts, opened with suspicion.
 *
 * Everything that a hostile file may use is bounded here: number of parts, inflated size (counted
 * while inflating, headers are not believed), ratio, XML depth, length of one token; a document
 * type declaration, and with it every entity, is refused. Used by sheet.c only.
 *
 * Memory   the package belongs to the caller's struct; a part is read through one fixed buffer
 * Errors   ERR_SHEET malformed, ERR_LIMIT, ERR_IO, ERR_MEMORY
 * Units    sizes in bytes
 * Limits   the constants below
 */
#ifndef BAIGONG_SHEET_PACKAGE_H
#define BAIGONG_SHEET_PACKAGE_H

#include "base/err.h"
#include "base/text.h"

#include <expat.h>
#include <zip.h>

enum {
    SHEET_PARTS_MAX = 4096,          /* Excel itself makes some tens */
    SHEET_RATIO_MAX = 250,           /* real sheets shrink 5 to 60 times */
    SHEET_RATIO_FREE_SIZE = 1 << 20, /* below this no ratio can do harm */
    SHEET_XML_DEPTH_MAX = 64,        /* the format needs ten */
    SHEET_TOKEN_SIZE_MAX = 1 << 20,  /* one tag; character data comes in pieces */
    SHEET_ATTRIBUTE_NAME_MAX = 64,
};
#define SHEET_PART_SIZE_MAX (INT64_C(4) << 30) /* a full sheet of 1,048,576 rows with 40 columns */

struct sheet_package {
    zip_t *zip;
};

/* The bytes must outlive the package. */
enum err sheet_package_open_path(const char *path, struct fault *fault,
                                 struct sheet_package *ret_package);
enum err sheet_package_open_memory(struct str bytes, struct fault *fault,
                                   struct sheet_package *ret_package);
void sheet_package_done(struct sheet_package *package);
bool sheet_package_has(const struct sheet_package *package, const char *part_name);

/* A part being inflated. */
struct sheet_part {
    zip_file_t *file;
    char name[256];
    int64_t inflated_size;   /* so far */
    int64_t compressed_size; /* of the whole part */
    int64_t claimed_size;    /* inflated, as the header says: for progress only */
};

enum err sheet_part_open(const struct sheet_package *package, const char *part_name,
                         struct fault *fault, struct sheet_part *ret_part);
enum err sheet_part_read(struct sheet_part *part, char *buffer, size_t capacity,
                         struct fault *fault, size_t *ret_size);
void sheet_part_done(struct sheet_part *part); /* may be called twice */

/* Element names come without prefix. A handler that fails sets xml->fault and returns; one that
 * wants the reading to pause calls sheet_xml_pause. */
struct sheet_xml {
    struct sheet_part part;
    XML_Parser parser;
    void *context;
    void (*on_start)(struct sheet_xml *xml, const char *name, const char **attributes);
    void (*on_end)(struct sheet_xml *xml, const char *name);
    void (*on_text)(struct sheet_xml *xml, const char *text, size_t size); /* may be NULL */
    struct fault fault;
    int32_t depth;
    int64_t fed_size;
    int64_t event_size; /* fed_size at the last event */
    bool ended;
};

/* context and handlers are set by the caller before; the struct must not move until done. */
enum err sheet_xml_open(struct sheet_xml *xml, const struct sheet_package *package,
                        const char *part_name, struct fault *fault);
/* Runs until a handler pauses it or the part ends (xml->ended). */
enum err sheet_xml_run(struct sheet_xml *xml, struct fault *fault);
void sheet_xml_pause(struct sheet_xml *xml);
void sheet_xml_done(struct sheet_xml *xml); /* accepts a struct of zeros */

/* The whole part at once. */
enum err sheet_xml_read(struct sheet_xml *xml, const struct sheet_package *package,
                        const char *part_name, struct fault *fault);

/* The value of an attribute by its name without prefix, NULL when absent. */
const char *sheet_attribute(const char **attributes, const char *name);

#endif

/* catalogues.h — the code tables of a city, loaded from the files of catalogue/.
 *
 * Occupations (with their groups and work types), divisions, honours, industries, training projects
 * and key groups become the catalogues of the vocabulary; the files that register.csv lists become
 * its registers. A further name of a code (a work type, "任城区" for 山东省济宁市任城区, an English
 * name) is an entry of its own with the same code, standing before the entry whose name is shown;
 * a further name that would mean two codes is left out, so a look-up never guesses.
 *
 * Memory   everything lives as long as the struct: load once a process, pass down as const; it may
 *          then be shared between threads
 * Errors   ERR_CATALOGUE with file, line and column; ERR_IO, ERR_MEMORY
 * Units    days are civil day numbers, both ends inclusive
 * Limits   CATALOGUES_SIZE_MAX bytes of text; CATALOGUE_ENTRIES_MAX entries a catalogue
 */
#ifndef BAIGONG_CATALOGUES_H
#define BAIGONG_CATALOGUES_H

#include "base/arena.h"
#include "base/calendar.h"
#include "base/err.h"
#include "base/identity.h"
#include "policy/vocab.h"

enum {
    CATALOGUES_SIZE_MAX = 64 * 1024 * 1024, /* all towns of the country take a tenth */
    CATALOGUE_ENTRIES_MAX = 1000 * 1000,
    CATALOGUE_REGISTERS_MAX = 64,
};

enum catalogue_kind {
    CATALOGUE_OCCUPATION,
    CATALOGUE_DIVISION,
    CATALOGUE_INDUSTRY,
    CATALOGUE_HONOUR,
    CATALOGUE_PROJECT,
    CATALOGUE_GROUP,
    CATALOGUE_KIND_COUNT
};

/* A national skill standard: the levels that it offers for an occupation. */
struct skill_standard {
    int64_t occupation;
    struct str name;
    struct str edition;
    uint32_t levels; /* bit n: level of the registry's skill_level with code n (2 junior_worker) */
};

struct catalogues {
    struct catalogue list[CATALOGUE_KIND_COUNT]; /* by enum catalogue_kind */
    struct catalogue_register registers[CATALOGUE_REGISTERS_MAX];
    int32_t register_count;
    const struct skill_standard *standards; /* ordered by occupation */
    int32_t standard_count;
    struct identity_divisions identity_divisions; /* every division code ever valid */
    struct calendar calendar;
    struct arena arena;
};

enum catalogues_extent {
    CATALOGUES_USUAL,
    CATALOGUES_WITH_TOWNS, /* also streets and townships (nine digits) as divisions */
};

/* dir: the folder catalogue/ of the installation. */
enum err catalogues_load(const char *dir, enum catalogues_extent extent,
                         struct catalogues **ret_catalogues, struct fault *fault);
void catalogues_free(struct catalogues *catalogues); /* accepts NULL */

/* Points the vocabulary at these catalogues and registers. */
void catalogues_into_vocab(const struct catalogues *catalogues, struct vocab *vocab);

/* Whether an entry's name is the one to show for its code (on its days), not a further one. */
bool catalogue_entry_is_shown(const struct catalogue *catalogue, int32_t entry_index);

/* Name to show for a code; "" when there is none. */
struct str catalogues_name(const struct catalogues *catalogues, enum catalogue_kind kind,
                           int64_t code);

/* Division by code, by full or short name, or by a short name inside parent (0: anywhere). NULL
 * when there is none or more than one. */
const struct catalogue_entry *division_find(const struct catalogues *catalogues, struct str text,
                                            int64_t parent, int32_t day);

/* Occupation by printed code (of the occupation or a work type), number, or name (of the occupation
 * or a work type). NULL when there is none; groups of occupations are not found. */
const struct catalogue_entry *occupation_find(const struct catalogues *catalogues,
                                              struct str text, int32_t day);

/* Levels that the standards of an occupation offer, as bits; 0 when no standard is known. */
uint32_t occupation_levels(const struct catalogues *catalogues, int64_t occupation);

#endif

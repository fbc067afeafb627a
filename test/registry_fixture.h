/* registry_fixture.h — people and organisations for tests of the registry and of rooms above it. */
#ifndef BAIGONG_REGISTRY_FIXTURE_H
#define BAIGONG_REGISTRY_FIXTURE_H

#include "domain/registry/registry_facts.h"

/* A vocabulary with a handful of divisions (370811, 370812), occupations (6180101 车工, 6180201
 * 焊工; 6990101 停用工 ended on 2020-12-31), one industry, honour, project and group each with code
 * 1. */
const struct vocab *registry_fixture_vocab(void);

/* Valid identity numbers and credit codes that belong to nobody: number is 0 to 999. Odd numbers
 * are men. All are born on 1990-01-02. */
const char *registry_fixture_identity(int32_t number, char buffer[19]);
const char *registry_fixture_credit_code(int32_t number, char buffer[19]);

struct secrets;

/* A key ring with known keys, for t->env.secrets; lives as long as the process. */
const struct secrets *registry_fixture_secrets(void);

/* Writes a text to a file of the test's own folder, and reads one back into buffer. */
const char *registry_fixture_write(const char *name, const char *text);
const char *registry_fixture_path(const char *name, char path[256]);
const char *registry_fixture_read(const char *path, char *buffer, size_t buffer_size);

#endif

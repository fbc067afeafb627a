#include "page/upload.h"

#include "base/clock.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CONTENT_SIZE = (2 << 20) + 5 }; /* three pieces */

struct given {
    struct upload upload;
    struct str content, read;
    struct arena arena;
};

static enum err add(struct work *w, void *context)
{
    struct given *given = context;
    TRY(upload_add(w, &given->upload, given->content));
    TRY(upload_get(w, &given->arena, given->upload.id, UPLOAD_SENT, &given->read));
    return upload_move(w, given->upload.id, UPLOAD_CHECKING, UPLOAD_CHECKED);
}

static enum err move_again(struct work *w, void *context)
{
    const struct given *given = context;
    return upload_move(w, given->upload.id, UPLOAD_CHECKING, UPLOAD_CHECKED);
}

static void given_upload(struct store_fixture *t, struct given *given)
{
    *given = (struct given){.upload = {.account_id = 7, .table = REGISTRY_person,
                                       .file_name = STR("../人员.csv")}};
    arena_init(&given->arena, 64 << 20);
    char *bytes = arena_alloc(&given->arena, CONTENT_SIZE);
    for (int32_t i = 0; i < CONTENT_SIZE; i++)
        bytes[i] = (char)(i * 7);
    given->content = (struct str){bytes, CONTENT_SIZE};
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, add, given, &t->fault));
}

STORE_TEST(upload__keeps_a_file_sealed_and_gives_it_back)
{
    struct given given;
    given_upload(t, &given);
    EXPECT(str_equal(given.content, given.read));
    EXPECT_INT(3, store_fixture_number(t, "SELECT count(*) FROM page_upload_part"));
    EXPECT_ERR(ERR_STORE_CONFLICT, work_run(&t->env, WORK_WRITE, move_again, &given, &t->fault));
    arena_done(&given.arena);
}

STORE_TEST(upload__stands_in_a_folder_of_its_own_until_that_is_removed)
{
    struct given given;
    struct upload_folder folder;
    struct str errors;
    struct stat status;
    given_upload(t, &given);
    EXPECT_OK(upload_folder_open(&given.arena, &given.upload, given.content, &folder, &t->fault));
    EXPECT(stat(folder.path, &status) == 0 && (status.st_mode & 077) == 0);
    EXPECT(stat(folder.file_path, &status) == 0 && status.st_size == CONTENT_SIZE);
    EXPECT(lstat(folder.file_path, &status) == 0 && S_ISLNK(status.st_mode));
    upload_folders_clear(); /* somebody works in it */
    EXPECT(stat(folder.file_path, &status) == 0);
    EXPECT(strncmp(folder.file_path, folder.path, strlen(folder.path)) == 0);
    EXPECT(!strstr(folder.file_path, "/../"));
    EXPECT_OK(upload_folder_errors(&given.arena, &folder, &errors, &t->fault));
    EXPECT(errors.ptr == NULL);
    upload_folder_remove(&folder);
    EXPECT(stat(folder.path, &status) != 0);
    arena_done(&given.arena);
}

/* The process that made it is gone: nobody holds it, and what it linked to is no longer there. */
TEST(upload_folders_clear__takes_away_what_a_crash_left)
{
    char path[] = "/tmp/baigong-import-XXXXXX", inside[64];
    struct stat status;
    unsetenv("TMPDIR");
    EXPECT(mkdtemp(path) != NULL);
    snprintf(inside, sizeof inside, "%s/.refused.csv", path);
    int fd = open(inside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    EXPECT(fd >= 0 && write(fd, "370811", 6) == 6 && close(fd) == 0);
    upload_folders_clear();
    EXPECT(stat(inside, &status) == 0); /* just made: perhaps not held yet */
    time_t then = clock_now_ms() / 1000 - 61;
    struct timespec long_ago[2] = {{.tv_sec = then}, {.tv_sec = then}};
    EXPECT(utimensat(AT_FDCWD, path, long_ago, 0) == 0);
    upload_folders_clear();
    EXPECT(stat(path, &status) != 0);
}

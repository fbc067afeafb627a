#include "policy/column_file.h"

#include "column_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static struct fixture_city city;
static const struct column_file_mark mark = {.event_id = 7, .known_at_ms = 1000, .made_ms = 5};

static const char *path_of_test(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/dev/shm/column_file_test.%d", (int)getpid());
    return path;
}

static struct world *drawn_world(uint64_t seed, int32_t root_count)
{
    struct rand rand;
    rand_init(&rand, seed);
    fixture_draw(&city, &rand, root_count);
    struct world *world = fixture_world(&city, NULL, 0);
    EXPECT_OK(world_seal(world, NULL));
    return world;
}

static enum err open_world(struct column_file_mark *ret_mark, struct world **ret_world)
{
    return column_file_open(path_of_test(), &fixture_vocab, COLUMN_FILE_VERIFY, 2, ret_mark,
                            ret_world, NULL);
}

static void expect_refused(const char *reason)
{
    struct fault fault = {0};
    struct column_file_mark found;
    struct world *world;
    EXPECT_ERR(ERR_SNAPSHOT, column_file_open(path_of_test(), &fixture_vocab, COLUMN_FILE_VERIFY,
                                              2, &found, &world, &fault));
    EXPECT(strstr(fault.message, reason) != NULL);
}

TEST(column_file_open__gives_the_world_that_was_written)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct world *world = drawn_world(seed, (int32_t)seed - 1); /* the first has no rows */
        EXPECT_OK(column_file_write(path_of_test(), world, &mark, NULL));
        struct stat info;
        EXPECT_INT(0, stat(path_of_test(), &info));
        EXPECT_INT(0600, info.st_mode & 0777);
        struct column_file_mark found;
        struct world *mapped;
        EXPECT_OK(open_world(&found, &mapped));
        EXPECT_INT(7, found.event_id);
        EXPECT(fixture_worlds_are_equal(world, mapped));
        world_free(mapped);
        world_free(world);
    }
    unlink(path_of_test());
}

TEST(column_file_open__finds_every_byte_that_counts)
{
    struct world *world = drawn_world(3, 12);
    EXPECT_OK(column_file_write(path_of_test(), world, &mark, NULL));
    int file = open(path_of_test(), O_RDWR);
    struct stat info;
    EXPECT_INT(0, fstat(file, &info));
    for (off_t at = 0; at < info.st_size; at += 37) {
        char byte, turned;
        EXPECT_INT(1, pread(file, &byte, 1, at));
        turned = (char)~byte;
        EXPECT_INT(1, pwrite(file, &turned, 1, at));
        struct column_file_mark found;
        struct world *mapped;
        enum err err = open_world(&found, &mapped);
        EXPECT(err == ERR_SNAPSHOT || err == ERR_OK); /* between segments nothing counts */
        if (err == ERR_OK) {
            EXPECT(fixture_worlds_are_equal(world, mapped));
            EXPECT_INT(1000, found.known_at_ms);
            world_free(mapped);
        }
        EXPECT_INT(1, pwrite(file, &byte, 1, at));
    }
    close(file);
    world_free(world);
    unlink(path_of_test());
}

TEST(column_file_open__says_why_a_file_is_not_used)
{
    struct world *world = drawn_world(4, 12);
    EXPECT_OK(column_file_write(path_of_test(), world, &mark, NULL));
    int file = open(path_of_test(), O_RDWR);
    struct stat info;
    EXPECT_INT(0, fstat(file, &info));
    EXPECT_INT(0, ftruncate(file, info.st_size - 4096));
    expect_refused("cut off");
    EXPECT_INT(0, ftruncate(file, info.st_size + 1));
    expect_refused("overlong");
    EXPECT_INT(0, ftruncate(file, 20));
    expect_refused("the head is cut off");
    EXPECT_INT(0, ftruncate(file, 0));
    EXPECT_INT(24, pwrite(file, "SQLite format 3 and more", 24, 0));
    EXPECT_INT(0, ftruncate(file, 4096));
    expect_refused("not a column snapshot");
    close(file);
    struct record_desc others[FIXTURE_TABLES];
    memcpy(others, fixture_records, sizeof others);
    others[FIXTURE_BODY].field_count = 1;
    struct vocab other_vocab = {.records = others, .record_count = FIXTURE_TABLES};
    EXPECT_OK(column_file_write(path_of_test(), world, &mark, NULL));
    struct fault fault = {0};
    struct column_file_mark found;
    struct world *mapped;
    EXPECT_ERR(ERR_SNAPSHOT, column_file_open(path_of_test(), &other_vocab, COLUMN_FILE_VERIFY, 1,
                                              &found, &mapped, &fault));
    EXPECT(strstr(fault.message, "described otherwise") != NULL);
    unlink(path_of_test());
    EXPECT_ERR(ERR_NOT_FOUND, open_world(&found, &mapped));
    world_free(world);
}

TEST(column_file_move__changes_what_the_file_stands_for_and_survives_a_torn_write)
{
    struct world *world = drawn_world(5, 10);
    EXPECT_OK(column_file_write(path_of_test(), world, &mark, NULL));
    struct column_file_mark found, next = mark;
    struct world *mapped;
    for (int64_t id = 8; id < 12; id++) {
        next.event_id = id;
        EXPECT_OK(column_file_move(path_of_test(), &next, NULL));
        EXPECT_OK(open_world(&found, &mapped));
        EXPECT_INT(id, found.event_id);
        EXPECT(fixture_worlds_are_equal(world, mapped));
        world_free(mapped);
    }
    int file = open(path_of_test(), O_RDWR); /* the mark of 11 is in the first place again */
    EXPECT_INT(4, pwrite(file, "torn", 4, 4096 + 40));
    EXPECT_OK(open_world(&found, &mapped));
    EXPECT(found.event_id == 10 || found.event_id == 11);
    world_free(mapped);
    EXPECT_INT(4, pwrite(file, "torn", 4, 2 * 4096 + 40));
    close(file);
    expect_refused("the mark");
    world_free(world);
    unlink(path_of_test());
}

/* Another process writes the file again and again, now of one world and now of the other. */
TEST(column_file_open__never_meets_half_a_file)
{
    struct world *worlds[2] = {drawn_world(7, 15), drawn_world(8, 25)};
    const char *path = path_of_test();
    EXPECT_OK(column_file_write(path, worlds[0], &mark, NULL));
    pid_t writer = fork();
    EXPECT(writer >= 0);
    if (writer == 0) {
        for (int32_t i = 0; i < 200; i++)
            if (column_file_write(path, worlds[i % 2], &mark, NULL) != ERR_OK)
                _exit(1);
        _exit(0);
    }
    int status, opened_count = 0;
    while (waitpid(writer, &status, WNOHANG) == 0 || opened_count == 0) {
        struct column_file_mark found;
        struct world *mapped;
        EXPECT_OK(open_world(&found, &mapped));
        EXPECT(fixture_worlds_are_equal(worlds[0], mapped) ||
               fixture_worlds_are_equal(worlds[1], mapped));
        world_free(mapped);
        opened_count++;
    }
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    world_free(worlds[0]);
    world_free(worlds[1]);
    unlink(path);
}

TEST(world_splice__leaves_the_map_of_a_file_alone)
{
    struct world *world = drawn_world(6, 20);
    EXPECT_OK(column_file_write(path_of_test(), world, &mark, NULL));
    struct column_file_mark found;
    struct world *mapped, *changes;
    EXPECT_OK(open_world(&found, &mapped));
    struct world_root root = {FIXTURE_PERSON, city.rows[FIXTURE_PERSON][0].id};
    city.rows[FIXTURE_PERSON][0].values[1] = 20000;
    changes = fixture_world(&city, &root, 1);
    EXPECT_OK(world_seal_owners(changes, NULL));
    EXPECT_OK(world_splice(mapped, &root, 1, changes, NULL));
    world_free(changes);
    struct world *anew = fixture_world(&city, NULL, 0);
    EXPECT_OK(world_seal(anew, NULL));
    EXPECT(fixture_worlds_are_equal(anew, mapped));
    EXPECT_OK(column_file_write(path_of_test(), mapped, &mark, NULL)); /* over its own map */
    world_free(mapped);
    EXPECT_OK(open_world(&found, &mapped));
    EXPECT(fixture_worlds_are_equal(anew, mapped));
    world_free(mapped);
    world_free(anew);
    world_free(world);
    unlink(path_of_test());
}

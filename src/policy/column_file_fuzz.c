/* column_file_fuzz.c — any bytes are a file that is refused or a world that is safe to walk; what
 * opens, written again and opened again, is the same world. After a first byte that is even, each
 * chunk is a place (4 bytes) and 8 bytes put there over a good file; else they are the file. */
#include "policy/column_file.h"

#include "column_fixture.h"

#include <stdio.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fixture_city city;

static struct world *good_world(void)
{
    struct rand rand;
    rand_init(&rand, 1);
    fixture_draw(&city, &rand, 8);
    struct world *world = fixture_world(&city, NULL, 0);
    check(world_seal(world, NULL) == ERR_OK);
    return world;
}

static void write_over(const char *path, const uint8_t *data, size_t size)
{
    static const struct column_file_mark mark = {.event_id = 1};
    struct world *world = good_world();
    check(column_file_write(path, world, &mark, NULL) == ERR_OK);
    world_free(world);
    FILE *file = fopen(path, "r+");
    check(file != NULL);
    for (; size >= 12; data += 12, size -= 12) {
        uint32_t place;
        memcpy(&place, data, sizeof place);
        fseek(file, (long)(place % (64 * 1024)), SEEK_SET);
        fwrite(data + 4, 1, 8, file);
    }
    fclose(file);
}

static void write_all(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "w");
    check(file != NULL);
    fwrite(data, 1, size, file);
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct column_file_mark mark;
    struct world *once, *twice;
    snprintf(path, sizeof path, "/dev/shm/column_file_fuzz.%d", (int)getpid());
    if (size == 0)
        return 0;
    if (data[0] % 2 == 0)
        write_over(path, data + 1, size - 1);
    else
        write_all(path, data + 1, size - 1);
    if (column_file_open(path, &fixture_vocab, COLUMN_FILE_VERIFY, 1, &mark, &once, NULL) ==
        ERR_OK) {
        check(column_file_write(path, once, &mark, NULL) == ERR_OK);
        check(column_file_open(path, &fixture_vocab, COLUMN_FILE_VERIFY, 1, &mark, &twice,
                               NULL) == ERR_OK);
        check(fixture_worlds_are_equal(once, twice));
        world_free(twice);
        world_free(once);
    }
    unlink(path);
    return 0;
}

/* Importing people and certificates from CSV and XLSX, with every check, sealing and event, next to
 * the sqlite3 shell's bare .import of the same file into a plain table.
 *
 * usage: bench_import [--rows N] [--runs R]
 *
 *   --rows N    people of the city that the files come from, 100,000 unless told; then four times
 *               as many, to show whether memory stays flat
 *   --runs R    runs of each, 3; the median is told
 *
 * Each import is a process of its own on a fresh database, so that its time has start-up in it and
 * its peak of memory is its own. Both programs write durably, as they do when nobody asks for
 * anything else. Run from the root of the source tree; needs sqlite3. */
#include "bench.h"

#include "base/text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { PATH_SIZE = 256, ARGUMENTS_MAX = 12, RUNS_MAX = 15, GROWTH = 4 };

enum kind { PERSON, CERTIFICATE, KIND_COUNT };
static const char *const kind_names[KIND_COUNT] = {"person", "certificate"};

struct bench {
    char program[PATH_SIZE]; /* baigong */
    char folder[PATH_SIZE / 2];
    int32_t run_count;
};

/* What a process took. */
struct cost {
    double seconds;
    double cpu_seconds; /* of all its threads */
    int64_t peak_size;  /* of its own memory; pages of mapped files are the system's */
};

/* ---- processes ---- */

enum { LOOK_US = 2000 };

static int64_t own_memory_size(pid_t process)
{
    char path[64], line[256];
    int64_t size_kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %" SCNd64, &size_kib) == 1)
            break;
    if (file)
        fclose(file);
    return size_kib * 1024;
}

/* Waits for the end, looking at the memory now and then. */
static struct rusage watch(pid_t process, int *ret_status, int64_t *ret_peak_size)
{
    struct rusage usage = {0};
    *ret_peak_size = 0;
    while (wait4(process, ret_status, WNOHANG, &usage) != process) {
        int64_t size = own_memory_size(process);
        *ret_peak_size = size > *ret_peak_size ? size : *ret_peak_size;
        usleep(LOOK_US);
    }
    return usage;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static bool run(const char *const *arguments, struct cost *ret_cost)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int64_t start_ns = clock_monotonic_ns();
    int failed = posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments,
                              environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        fprintf(stderr, "bench_import: %s: %s\n", arguments[0], strerror(failed));
        return false;
    }
    int status = 0;
    struct cost cost;
    struct rusage usage = watch(child, &status, &cost.peak_size);
    cost.seconds = (double)(clock_monotonic_ns() - start_ns) / 1e9;
    cost.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    *ret_cost = cost;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    fprintf(stderr, "bench_import: a process failed:");
    for (int i = 0; arguments[i]; i++)
        fprintf(stderr, " %s", arguments[i]);
    fputc('\n', stderr);
    return false;
}

#define RUN(ret_cost, ...) run((const char *const[]){__VA_ARGS__, NULL}, ret_cost)

static const char *path_of(const struct bench *bench, char buffer[PATH_SIZE], const char *name,
                           const char *ending)
{
    snprintf(buffer, PATH_SIZE, "%s/%s%s", bench->folder, name, ending);
    return buffer;
}

static void remove_file(const struct bench *bench, const char *name, const char *ending)
{
    char path[PATH_SIZE];
    unlink(path_of(bench, path, name, ending));
}

static void remove_database(const struct bench *bench, const char *name)
{
    static const char *const endings[] = {".db", ".db-wal", ".db-shm", ".db.key", ".db-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        remove_file(bench, name, endings[i]);
}

/* ---- files ---- */

/* A city, and from it the files that are imported. */
static bool make_files(const struct bench *bench, int64_t people)
{
    static const struct {
        const char *kind, *ending;
    } files[] = {{"organisation", ".csv"}, {"person", ".csv"}, {"certificate", ".csv"},
                 {"person", ".xlsx"},      {"certificate", ".xlsx"}};
    char database[PATH_SIZE], count[32], file[PATH_SIZE];
    struct cost cost;
    snprintf(count, sizeof count, "%" PRId64, people);
    path_of(bench, database, "city", ".db");
    if (!RUN(&cost, bench->program, "demo", "--city", "jining", "--people", count, "--db",
             database))
        return false;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (!RUN(&cost, bench->program, "export", files[i].kind,
                 path_of(bench, file, files[i].kind, files[i].ending), "--clear", "bench", "--db",
                 database))
            return false;
    remove_database(bench, "city");
    return true;
}

/* Rows below the titles: no cell of these records holds a line break. */
static int64_t count_rows(const struct bench *bench, enum kind kind)
{
    char path[PATH_SIZE], bytes[1 << 16];
    FILE *file = fopen(path_of(bench, path, kind_names[kind], ".csv"), "rb");
    int64_t line_count = 0;
    size_t size;
    while (file && (size = fread(bytes, 1, sizeof bytes, file)) > 0)
        for (size_t i = 0; i < size; i++)
            line_count += bytes[i] == '\n';
    if (file)
        fclose(file);
    return line_count - 1;
}

static double file_mb(const struct bench *bench, enum kind kind, const char *ending)
{
    char path[PATH_SIZE];
    struct stat status = {0};
    stat(path_of(bench, path, kind_names[kind], ending), &status);
    return (double)status.st_size / 1e6;
}

/* ---- imports ---- */

/* Organisations, people, certificates into a fresh database. Made cities have a few rows that a
 * register should not have; --keep-good leaves them out. */
static bool import_all(const struct bench *bench, const char *ending,
                       struct cost ret_costs[KIND_COUNT])
{
    char database[PATH_SIZE], file[PATH_SIZE];
    struct cost cost;
    path_of(bench, database, "import", ".db");
    remove_database(bench, "import");
    if (!RUN(&cost, bench->program, "import", "organisation",
             path_of(bench, file, "organisation", ".csv"), "--db", database))
        return false;
    for (int32_t kind = 0; kind < KIND_COUNT; kind++)
        if (!RUN(&ret_costs[kind], bench->program, "import", kind_names[kind],
                 path_of(bench, file, kind_names[kind], ending), "--keep-good", "--db", database))
            return false;
    remove_database(bench, "import");
    return true;
}

static bool import_bare(const struct bench *bench, struct cost ret_costs[KIND_COUNT])
{
    char database[PATH_SIZE], file[PATH_SIZE], command[PATH_SIZE + 64];
    path_of(bench, database, "plain", ".db");
    remove_database(bench, "plain");
    for (int32_t kind = 0; kind < KIND_COUNT; kind++) {
        snprintf(command, sizeof command, ".import --csv %s %s",
                 path_of(bench, file, kind_names[kind], ".csv"), kind_names[kind]);
        if (!RUN(&ret_costs[kind], "sqlite3", "-batch", database, command))
            return false;
    }
    remove_database(bench, "plain");
    return true;
}

enum way { CSV, BARE, XLSX, WAY_COUNT };

static int compare_seconds(const void *left, const void *right)
{
    const struct cost *a = left;
    const struct cost *b = right;
    return a->seconds < b->seconds ? -1 : a->seconds > b->seconds;
}

/* The median run, and the highest peak of all runs. */
static struct cost middle(struct cost *costs, int32_t count)
{
    qsort(costs, (size_t)count, sizeof *costs, compare_seconds);
    struct cost cost = costs[count / 2];
    for (int32_t i = 0; i < count; i++)
        cost.peak_size = costs[i].peak_size > cost.peak_size ? costs[i].peak_size : cost.peak_size;
    return cost;
}

static void tell(const struct bench *bench, enum kind kind, const struct cost costs[WAY_COUNT])
{
    static const char *const way_names[WAY_COUNT] = {"CSV", "bare .import", "XLSX"};
    int64_t row_count = count_rows(bench, kind);
    for (int32_t way = 0; way < WAY_COUNT; way++) {
        double megabytes = file_mb(bench, kind, way == XLSX ? ".xlsx" : ".csv");
        double per_second = (double)row_count / costs[way].seconds;
        printf("  %-12s %-13s %9" PRId64 " %8.1f %9.2f %9.2f %11.0f %11.2f %9.0f\n",
               kind_names[kind], way_names[way], row_count, megabytes, costs[way].seconds,
               costs[way].cpu_seconds, per_second, costs[BARE].seconds / costs[way].seconds,
               (double)costs[way].peak_size / 1e6);
    }
    fflush(stdout);
}

static bool measure(const struct bench *bench, int64_t people)
{
    struct cost runs[WAY_COUNT][KIND_COUNT][RUNS_MAX];
    if (!make_files(bench, people))
        return false;
    for (int32_t run = 0; run < bench->run_count; run++) {
        struct cost costs[WAY_COUNT][KIND_COUNT];
        if (!import_all(bench, ".csv", costs[CSV]) || !import_bare(bench, costs[BARE]) ||
            !import_all(bench, ".xlsx", costs[XLSX]))
            return false;
        for (int32_t way = 0; way < WAY_COUNT; way++)
            for (int32_t kind = 0; kind < KIND_COUNT; kind++)
                runs[way][kind][run] = costs[way][kind];
    }
    for (int32_t kind = 0; kind < KIND_COUNT; kind++) {
        struct cost costs[WAY_COUNT];
        for (int32_t way = 0; way < WAY_COUNT; way++)
            costs[way] = middle(runs[way][kind], bench->run_count);
        tell(bench, kind, costs);
    }
    return true;
}

/* ---- the whole ---- */

/* The program stands in the build folder above this one's. */
static bool find_program(struct bench *bench)
{
    char own[PATH_SIZE / 2];
    ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    if (size <= 0)
        return false;
    own[size] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(own, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    snprintf(bench->program, sizeof bench->program, "%s/baigong", own);
    return access(bench->program, X_OK) == 0;
}

static void clean_up(const struct bench *bench)
{
    static const char *const endings[] = {".csv", ".xlsx"};
    static const char *const databases[] = {"city", "import", "plain"};
    for (size_t i = 0; i < 2; i++) {
        remove_file(bench, "organisation", endings[i]);
        for (int32_t kind = 0; kind < KIND_COUNT; kind++)
            remove_file(bench, kind_names[kind], endings[i]);
    }
    for (size_t i = 0; i < sizeof databases / sizeof databases[0]; i++)
        remove_database(bench, databases[i]);
    rmdir(bench->folder);
}

static bool read_options(int argc, char **argv, int64_t *ret_people, int64_t *ret_run_count)
{
    for (int i = 1; i < argc; i += 2) {
        struct str value = i + 1 < argc ? str_from(argv[i + 1]) : STR("");
        bool read = false;
        if (strcmp(argv[i], "--rows") == 0)
            read = str_to_i64(value, ret_people);
        else if (strcmp(argv[i], "--runs") == 0)
            read = str_to_i64(value, ret_run_count);
        if (!read)
            return false;
    }
    return *ret_people > 0 && *ret_run_count > 0 && *ret_run_count <= RUNS_MAX;
}

int main(int argc, char **argv)
{
    struct bench bench = {.folder = "/tmp/bench_import_XXXXXX"};
    int64_t people = 100000, run_count = 3;
    if (!read_options(argc, argv, &people, &run_count)) {
        fputs("usage: bench_import [--rows N] [--runs R]\n", stderr);
        return 2;
    }
    bench.run_count = (int32_t)run_count;
    char home[PATH_SIZE];
    if (!find_program(&bench) || !getcwd(home, sizeof home) || !mkdtemp(bench.folder)) {
        fputs("bench_import: no program baigong beside the bench, or no folder in /tmp\n", stderr);
        return 1;
    }
    setenv("BAIGONG_HOME", home, 1);
    printf("  %-12s %-13s %9s %8s %9s %9s %11s %11s %9s\n", "record", "way", "rows", "MB",
           "seconds", "CPU s", "rows/s", "of .import", "peak MB");
    bool done = measure(&bench, people) && measure(&bench, people * GROWTH);
    clean_up(&bench);
    return done ? 0 : 1;
}

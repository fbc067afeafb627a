#include "cli/cli_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err refuse(struct cli *cli, const char *path)
{
    return cli_fail(cli, ERR_IO, "写不了 %s：%s", "%s could not be written: %s", path,
                    strerror(errno));
}

enum err cli_file_replace(struct cli *cli, const char *path, struct str text)
{
    const char *draft = text_in(cli->arena, "%s.new", path);
    FILE *file = fopen(draft, "wbe");
    if (!file)
        return refuse(cli, draft);
    bool written = fwrite(text.ptr, 1, text.size, file) == text.size && fflush(file) == 0 &&
                   fsync(fileno(file)) == 0;
    written = fclose(file) == 0 && written;
    if (written && rename(draft, path) == 0)
        return ERR_OK;
    enum err err = refuse(cli, path);
    unlink(draft);
    return err;
}

enum err cli_file_make_folder(struct cli *cli, const char *path)
{
    const char *whole = text_in(cli->arena, "%s", path);
    for (const char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *above = text_in(cli->arena, "%.*s", (int)(slash - whole), whole);
        if (mkdir(above, 0777) != 0 && errno != EEXIST)
            return refuse(cli, above);
    }
    struct stat status;
    if (mkdir(whole, 0777) != 0 && errno != EEXIST)
        return refuse(cli, whole);
    errno = ENOTDIR;
    if (stat(whole, &status) != 0 || !S_ISDIR(status.st_mode))
        return refuse(cli, whole);
    return ERR_OK;
}

#include "base/byte_source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static enum err read_file(void *context, char *buffer, size_t capacity, struct fault *fault,
                          size_t *ret_size)
{
    FILE *file = context;
    size_t size = fread(buffer, 1, capacity, file);
    if (size < capacity && ferror(file))
        return byte_fault(fault, errno, "读取文件");
    *ret_size = size;
    return ERR_OK;
}

static enum err read_fd(void *context, char *buffer, size_t capacity, struct fault *fault,
                        size_t *ret_size)
{
    const int *fd = context;
    ssize_t size;
    do {
        size = read(*fd, buffer, capacity);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return byte_fault(fault, errno, "读取文件");
    *ret_size = (size_t)size;
    return ERR_OK;
}

static enum err read_memory(void *context, char *buffer, size_t capacity, struct fault *fault,
                            size_t *ret_size)
{
    struct str *rest = context;
    size_t size = rest->size < capacity ? rest->size : capacity;
    if (size)
        memcpy(buffer, rest->ptr, size);
    *rest = str_sub(*rest, size, rest->size - size);
    *ret_size = size;
    return ERR_OK;
}

static enum err write_file(void *context, struct str bytes, struct fault *fault)
{
    if (bytes.size && fwrite(bytes.ptr, 1, bytes.size, context) != bytes.size)
        return byte_fault(fault, errno, "写入文件");
    return ERR_OK;
}

static enum err write_text(void *context, struct str bytes, struct fault *fault)
{
    struct text_buf *buf = context;
    text_add(buf, bytes);
    if (buf->failed)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法保存 %zu 字节", bytes.size);
    return ERR_OK;
}

struct byte_source byte_source_file(FILE *file)
{
    return (struct byte_source){read_file, file};
}

struct byte_source byte_source_fd(const int *fd)
{
    return (struct byte_source){read_fd, (void *)(uintptr_t)fd};
}

struct byte_source byte_source_memory(struct str *rest)
{
    return (struct byte_source){read_memory, rest};
}

struct byte_sink byte_sink_file(FILE *file)
{
    return (struct byte_sink){write_file, file};
}

struct byte_sink byte_sink_text(struct text_buf *buf)
{
    return (struct byte_sink){write_text, buf};
}

static const struct {
    int error_number;
    enum err code;
    const char *reason;
    const char *hint;
} world_faults[] = {
    {ENOSPC, ERR_STORE_FULL, "磁盘空间不足",
     "请清理磁盘或换一个有空间的位置，然后重试；没有留下不完整的文件。"},
    {EDQUOT, ERR_STORE_FULL, "磁盘空间不足",
     "请清理磁盘或换一个有空间的位置，然后重试；没有留下不完整的文件。"},
    {EFBIG, ERR_STORE_FULL, "磁盘空间不足",
     "请清理磁盘或换一个有空间的位置，然后重试；没有留下不完整的文件。"},
    {ENOENT, ERR_IO, "没有这个文件或目录", "请检查文件名和所在目录。"},
    {EISDIR, ERR_IO, "这是目录，不是文件", "请给出文件名。"},
    {EACCES, ERR_IO, "没有权限", "请检查文件和目录的权限，或换一个位置。"},
    {EROFS, ERR_IO, "磁盘只读", "请换一个可以写入的位置。"},
};

enum err byte_fault(struct fault *fault, int error_number, const char *what)
{
    for (size_t i = 0; i < sizeof world_faults / sizeof world_faults[0]; i++) {
        if (world_faults[i].error_number != error_number)
            continue;
        fault_set(fault, world_faults[i].code, "%s失败：%s", what, world_faults[i].reason);
        return fault ? fault_hint(fault, "%s", world_faults[i].hint) : world_faults[i].code;
    }
    char reason[128];
    const char *text = strerror_r(error_number, reason, sizeof reason);
    return fault_set(fault, ERR_IO, "%s失败：%s", what, text);
}

#include "disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *here(struct op *op, const char *name)
{
    return op_text(op, "%s/%s", kit_folder(), name);
}

static FILE *open_or_die(const char *path, const char *how)
{
    FILE *file = fopen(path, how);

    if (!file) {
        perror(path);
        abort();
    }
    return file;
}

void disk_put_bytes(const char *path, const void *content, size_t length)
{
    FILE *file = open_or_die(path, "w");

    if (fwrite(content, 1, length, file) != length || fclose(file) != 0)
        abort();
}

void disk_put(const char *path, const char *content, unsigned mode)
{
    disk_put_bytes(path, content, strlen(content));
    if (chmod(path, mode) != 0)
        abort();
}

const char *disk_get(struct op *op, const char *path)
{
    struct text out = text_begin(op->arena);
    char part[512];
    size_t got;
    FILE *file = fopen(path, "r");

    if (!file)
        return NULL;
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        text_put(&out, part, got);
    fclose(file);
    return out.data;
}

unsigned disk_mode(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_mode & 07777u : 0;
}

size_t disk_count(const char *folder)
{
    DIR *open = opendir(folder);
    size_t count = 0;

    while (open && readdir(open))
        count++;
    if (open)
        closedir(open);
    return count > 2 ? count - 2 : 0;
}

struct store *disk_store(struct op *op)
{
    struct store *store = store_open(op, here(op, "state"));

    CHECK(store != NULL);
    return store;
}

int disk_fork(void (*run)(void *what), void *what)
{
    int status = -1;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        run(what);
        _exit(99);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        abort();
    return status;
}

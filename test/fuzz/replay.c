/*
 * Runs one fuzz target over its corpus, without libFuzzer: each file whole, and each beginning of it, as a
 * torn write or a lost connection leaves it. Part of every gate; a finding ends the program.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define MOST (1u << 20)
#define TORN 2048u /* how much of a file is also tried torn */

static size_t read_file(const char *name, uint8_t *into)
{
    char path[4096];
    size_t length;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    length = fread(into, 1, MOST, file);
    fclose(file);
    return length;
}

/* In a block of its own length, so that the sanitizer sees a step beyond. */
static void run(const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);

    if (!copy)
        abort();
    memcpy(copy, data, length);
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

int main(void)
{
    static uint8_t data[MOST];
    DIR *folder = opendir(CORPUS);
    const struct dirent *entry;
    int count = 0;

    while (folder && (entry = readdir(folder))) {
        size_t length;

        if (*entry->d_name == '.')
            continue;
        length = read_file(entry->d_name, data);
        printf("ok   %s\n", entry->d_name);
        run(data, length);
        for (size_t torn = 0; torn < length && torn < TORN; torn++)
            run(data, torn);
        count++;
    }
    if (folder)
        closedir(folder);
    printf("%d passed, %d failed\n", count, count ? 0 : 1);
    return count ? 0 : 1;
}

/* disk: what the tests of files and the store need beside the code under test, with no help from it. */
#ifndef MCACME_TEST_DISK_H
#define MCACME_TEST_DISK_H

#include "kit.h"
#include "store/store.h"

/* A path in the test's own folder. */
const char *here(struct op *op, const char *name);

void disk_put(const char *path, const char *content, unsigned mode);
void disk_put_bytes(const char *path, const void *content, size_t length);

/* The content, or NULL when the file is not there. */
const char *disk_get(struct op *op, const char *path);

/* The permission bits; 0 when nothing is there. */
unsigned disk_mode(const char *path);

/* How many entries a folder has, those with a dot in front too. */
size_t disk_count(const char *folder);

/* A store in the test's own folder. */
struct store *disk_store(struct op *op);

/* Runs in a forked child, which must not come back; how it ended, as waitpid tells. */
int disk_fork(void (*run)(void *what), void *what);

#endif

/*
 * faults: the system's calls that change files, made to fail. The test program has these calls itself, in
 * place of libc's; they do the same until they are told otherwise.
 *
 *     faults_begin(3, ENOSPC, false);    // the third one fails, once
 *     act();
 *     faults_end();
 */
#ifndef MCACME_TEST_FAULTS_H
#define MCACME_TEST_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

/* From now on calls are counted; the n-th, or that and all later ones, fail. n 0: none does. */
void faults_begin(size_t n, int error, bool forever);

/* Returns how many there were. */
size_t faults_end(void);

/* The name of the call that failed first; NULL when none did. */
const char *faults_hit(void);

#endif

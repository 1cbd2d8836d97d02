/*
 * fake_docker: programs named docker and docker-compose, first in PATH as long as the test runs, that note
 * how they were called.
 *
 *     fake_docker(op, "docker", "case $* in *restart*) exit 1;; esac");
 *     ... fake_docker_calls(op): "docker compose version\n..."
 */
#ifndef MCACME_TEST_FAKE_DOCKER_H
#define MCACME_TEST_FAKE_DOCKER_H

#include "kit.h"

/* `body` is what the script does once it has noted the call; "" for success. */
void fake_docker(struct op *op, const char *name, const char *body);

/* All calls so far, one a line; the test's folder is written as "DIR". */
const char *fake_docker_calls(struct op *op);

/* PATH as it was. */
void fake_docker_end(void);

#endif

/*
 * metrics: the state of all certificates in the text format of Prometheus, for node_exporter's textfile
 * collector. The file is replaced in one step, with a mode that others can read.
 *
 *     metrics_write(op, "/var/lib/node_exporter/mcacme.prom", &(struct metrics){ outcomes, count, status });
 */
#ifndef MCACME_METRICS_H
#define MCACME_METRICS_H

#include "converge.h"

struct metrics {
    const struct outcome *at;
    size_t count;
    int status; /* the exit status of the run */
};

/* The time of the last success is carried over from the file that is there. Fails with STORE. */
bool metrics_write(struct op *op, const char *path, const struct metrics *metrics);

#endif

/*
 * watch: what others learn of a run: a watchdog on the web (--ping), a file of metrics (--metrics).
 *
 *     if (watch_begin(app)) { ... watch_end(app, &outcomes, status); }
 */
#ifndef MCACME_CMD_WATCH_H
#define MCACME_CMD_WATCH_H

#include "command.h"

/* Tells that a run begins. False where the options are wrong. */
bool watch_begin(struct app *app);

/* Only the file of metrics, which is of all certificates. */
void watch_metrics(struct app *app, const struct outcomes *outcomes, int status);

/* Neither a watchdog nor a file of metrics changes how the run has ended. */
void watch_end(struct app *app, const struct outcomes *outcomes, int status);

#endif

/*
 * command: the commands of the program, one a file, listed in main.c.
 *
 * To add one: write cmd/NAME.c with a `const struct command command_NAME`, add it to the table in main.c,
 * give it a bit in config/settings.h and mark its options in config/options.def. main has by then parsed the
 * command line, read the configuration and opened the store as `needs` says; run does the work, reports what
 * it has to say and returns the exit status. An error left in app->op is reported by main.
 */
#ifndef MCACME_CMD_COMMAND_H
#define MCACME_CMD_COMMAND_H

#include "report.h"
#include "run.h"

enum needs {
    NEED_STORE = 1, /* made where it is missing */
    NEED_LOOK = 2,  /* the store for reading only */
};

struct app {
    struct op *op;
    struct world *world;
    struct report report;
    struct settings cli;  /* the command line alone */
    struct settings base; /* the command line, then the top of the configuration file */
    struct conf *conf;    /* of the file, and of mailcow.conf */
    const char *mailcow;  /* the folder of --mailcow; NULL: none */
    bool left_alone;      /* a mailcow serves the administrator's own certificate */
    struct strings words; /* what is no option */
    int exit_changed;     /* 0, or the N of --exit-changed */
    struct run run;
    struct world *watchdog; /* the way to the watchdog of --ping; NULL: not used yet */
};

struct command {
    const char *name;
    const char *usage;   /* behind "mcacme NAME" */
    const char *summary; /* one line */
    unsigned bit;        /* FOR_... */
    unsigned needs;
    int (*run)(struct app *app);
};

extern const struct command command_issue, command_renew, command_revoke, command_list, command_check,
    command_account, command_key, command_persist, command_import, command_providers;

/* All settings of a certificate: command line, lineage, its section of the file, the top of the file. */
struct settings settings_of(struct app *app, const struct settings *lineage, const char *cert);

/* The options that are saved, of complete settings. */
struct settings settings_saved(struct op *op, const struct settings *settings);

/* The certificates that the command line names (all known ones without words); fails with USAGE. */
struct strings certs_named(struct app *app);

/* Outcomes outlive their operations only as far as the report needs them: copied into `op`. */
void outcome_keep(struct op *op, struct outcome *outcome);

/* One certificate that was asked for by hand, in an operation of its own; the error is reported. */
void certificate_issue(struct app *app, struct op *op, struct lineage *lineage, struct outcome *outcome);

/* All of these, one after the other; returns the exit status. *outcomes has those worth telling of. */
int certificates_work(struct app *app, const struct strings *certs, bool is_issue, struct outcomes *outcomes);

/*
 * --mailcow DIR: reads what that mailcow wants into app->conf. From then on the option stands in the sections
 * of its certificates, and not on the command line, which would make all certificates mailcow's.
 */
bool mailcow_take(struct app *app, const struct command *command);

/* The certificates that it wants. */
struct strings mailcow_titles(struct app *app);

/* Whether a certificate was that mailcow's once and is wanted no more. */
bool mailcow_left(const struct app *app, const struct lineage *lineage);

/*
 * Before a certificate of a mailcow's is dealt with: what the installation has of it becomes ours, and the
 * settings learn of force_renew. False where nothing is to be done, or op has failed. Others are ready.
 */
bool mailcow_prepare(struct app *app, struct op *op, struct settings *settings, struct lineage *lineage,
                     struct outcome *outcome);

/* The plan of any certificate. Of a mailcow's it knows what a run would take over before all else. */
void mailcow_plan(struct app *app, struct op *op, struct settings *settings, struct lineage *lineage,
                  const struct converge_wish *wish, struct outcome *outcome);

/* Behind all certificates of a run: what is wanted no more goes, and the services load what is new. */
bool mailcow_end(struct app *app, const struct strings *certs, bool good);

/* --jitter: a random time, unless somebody watches. */
void jitter(struct app *app);

/* Before any work: a status that is none must not come to light behind a changed certificate. */
bool exit_changed_read(struct app *app);

/* The exit status that all failures have, 1 for several, 0 without any. */
int common_status(const struct outcomes *outcomes);

/*
 * The exit status: the one cause that all failures have, or 1 for several; without failures 0, or
 * --exit-changed when something changed.
 */
int exit_status_of(struct app *app, const struct outcomes *outcomes, bool changed);

#endif

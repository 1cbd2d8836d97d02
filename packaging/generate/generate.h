/*
 * generate: the documents that are made from the program's own tables, so that they cannot say anything else.
 *
 *     options.def, the commands   ->  docs/mcacme.1, docs/mcacme.conf.5, packaging/completions/mcacme.bash
 *     codes.def                   ->  EXIT STATUS of docs/mcacme.1
 *     the providers               ->  docs/providers/<name>.md, docs/providers/README.md, and with
 *                                     docs/acmesh-plugins.tsv docs/acmesh-plugins.md
 *
 * `cmake --build FOLDER --target docs` writes them into the tree, where they are kept; test/lint/docs_lint.sh
 * fails when they are stale. What stands around the generated parts is written by hand in a template: a line
 * that is one of the marks below, such as "@OPTIONS@", is replaced.
 *
 * Texts live in the operation.
 */
#ifndef MCACME_PACKAGING_GENERATE_H
#define MCACME_PACKAGING_GENERATE_H

#include "command.h"
#include "dns01/registry.h"

/* The commands of the program, in the order of its help; ends with NULL. */
extern const struct command *const all_commands[];

/* ---- man.c: mdoc(7) ---- */

const char *man_synopsis(struct op *op);    /* @SYNOPSIS@: one line a command */
const char *man_options(struct op *op);     /* @OPTIONS@: one list a set of commands */
const char *man_exit_status(struct op *op); /* @EXIT_STATUS@: items of a list */
const char *man_saved(struct op *op);       /* @SAVED@: the options that issue remembers */
const char *man_lists(struct op *op);       /* @LISTS@: those whose values may be lists with commas */
const char *man_cli_only(struct op *op);    /* @CLI_ONLY@: those that are no keys of the file */

/* ---- completion.c: bash ---- */

const char *bash_commands(struct op *op); /* @COMMANDS@ */
const char *bash_options(struct op *op);  /* @OPTIONS@: branches of a case on the command */
const char *bash_values(struct op *op);   /* @VALUES@: branches of a case on the option before */

/* ---- pages.c: Markdown ---- */

const char *provider_page(struct op *op, const struct provider_entry *entry);
const char *provider_index(struct op *op);

/* ---- plugins.c ---- */

const char *plugin_table(struct op *op, const char *data); /* from the text of docs/acmesh-plugins.tsv */

#endif

/* options: the command line by the table of config/options.def; --help from the same table. */
#ifndef MCACME_CMD_OPTIONS_H
#define MCACME_CMD_OPTIONS_H

#include "command.h"

/* Fails with USAGE and names the nearest option. argv[0] is the command. */
bool options_parse(struct op *op, const struct command *command, int argc, char **argv,
                   struct settings *settings, struct strings *words);

const char *options_help(struct op *op, const struct command *command);

#endif

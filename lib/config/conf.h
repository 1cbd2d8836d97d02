/*
 * conf: the configuration file: `key = value` lines, sections `[certificate NAME]`, `[ca NAME]`, `[dns
 * NAME]`, comments with # or ; at the start of a line. Keys are the long options; an unknown one is an error
 * with file, line and the nearest known name. Values are taken as they are, without quotes and without
 * expansion; a relative path counts from the folder of the file.
 */
#ifndef MCACME_CONFIG_CONF_H
#define MCACME_CONFIG_CONF_H

#include "config/settings.h"

struct conf_section {
    const char *kind, *name; /* "certificate", "mail"; both "" for the top of the file */
    struct settings settings;
    struct conf_section *next;
};

struct conf {
    const char *path;
    struct conf_section *sections; /* in the order of the file; the top one first */
};

#define CONF_DEFAULT_PATH "/etc/mcacme/mcacme.conf"

/* `path` NULL: the default file, empty when that is not there. Fails with CONFIG. */
struct conf *conf_read(struct op *op, const char *path);
struct conf *conf_parse(struct op *op, const char *text, const char *path);

/* The settings of a section; NULL when there is none. */
const struct settings *conf_section(const struct conf *conf, const char *kind, const char *name);

#endif

/*
 * conf: the configuration file: `key = value` lines, sections `[certificate NAME]`, `[ca NAME]` and `[dns
 * NAME]`, comments with # or ; at the start of a line. Keys are the long options, in `[dns NAME]` those of
 * struct conf_dns; an unknown one is an error with file, line and the nearest known name. Values are taken as
 * they are, without quotes and without expansion; a relative path counts from the folder of the file.
 */
#ifndef MCACME_CONFIG_CONF_H
#define MCACME_CONFIG_CONF_H

#include "config/settings.h"

/* What `--dns NAME` means: a provider with an account of its own. */
struct conf_dns {
    const char *provider;    /* never NULL */
    const char *zones;       /* "a.example,b.example"; NULL: all */
    const char *credentials; /* path; NULL: those of the certificate */
};

struct conf_section {
    const char *kind, *name; /* "certificate", "mail"; both "" for the top of the file */
    unsigned line;
    struct settings settings;
    struct conf_dns dns; /* of a section [dns NAME], which has no settings */
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

/* What a section [dns NAME] says; NULL when there is none. */
const struct conf_dns *conf_dns(const struct conf *conf, const char *name);

#endif

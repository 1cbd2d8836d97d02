/*
 * settings: the values of options, wherever they come from: the command line, the configuration file or the
 * lineage of a certificate. The table is options.def.
 *
 * Layers are merged by settings_default: what is set already stays, so merge the strongest first (command
 * line, then lineage, then [certificate NAME], then the top of the file).
 *
 *     const char *server = setting(&s, OPT_SERVER);       // the last value, NULL when unset
 *     bool staging = setting_on(&s, OPT_STAGING);
 *     const struct strings *names = &s.at[OPT_DOMAIN];
 */
#ifndef MCACME_CONFIG_SETTINGS_H
#define MCACME_CONFIG_SETTINGS_H

#include "base/op.h"
#include "base/text.h"

enum option_id {
#define OPT(id, name, letter, argument, commands, flags, help) OPT_##id,
#include "config/options.def"
#undef OPT
    OPTION_COUNT
};

enum option_flag {
    OPT_LIST = 1,
    OPT_REPEAT = 2,
    OPT_SAVED = 4,
    OPT_CLI_ONLY = 8,
    OPT_PATH = 16,
    OPT_MAY_END = 32,
    OPT_WAY = 64,
    OPT_KEY_FATE = 128,
    OPT_NAMES = 256
};

enum option_command {
    FOR_ISSUE = 1,
    FOR_RENEW = 2,
    FOR_REVOKE = 4,
    FOR_LIST = 8,
    FOR_PROVIDERS = 16,
    FOR_CHECK = 32,
    FOR_ACCOUNT = 64,
    FOR_KEY = 128,
    FOR_PERSIST = 256,
    FOR_IMPORT = 512,
    FOR_ORDER = FOR_ISSUE | FOR_RENEW,
    FOR_PROOF = FOR_ORDER | FOR_CHECK, /* whoever proves names, or looks whether it can be done */
    FOR_DNS = FOR_PROOF | FOR_PERSIST, /* whoever touches DNS records */
    FOR_CA = FOR_DNS | FOR_REVOKE | FOR_ACCOUNT,
    FOR_ALL = FOR_CA | FOR_LIST | FOR_PROVIDERS | FOR_KEY | FOR_IMPORT
};

struct option_info {
    const char *name;
    char letter; /* 0: none */
    const char *argument;
    unsigned commands, flags;
    const char *help;
};

extern const struct option_info option_table[OPTION_COUNT];

struct settings {
    struct strings at[OPTION_COUNT];
};

const char *setting(const struct settings *settings, enum option_id id);
bool setting_on(const struct settings *settings, enum option_id id);

/* "yes", "true", "on", "1" and their opposites, in any case; false for any other word. */
bool switch_read(const char *word, bool *on);

/* A DURATION option in seconds, `otherwise` when unset; fails with USAGE when it cannot be read. */
int64_t setting_seconds(struct op *op, const struct settings *settings, enum option_id id, int64_t otherwise);

/*
 * One more value; comma lists are split where the option is a list. A switch takes "yes"/"no" words or NULL.
 */
void settings_add(struct op *op, struct settings *settings, enum option_id id, const char *value);

/* This value and no other. */
void settings_set(struct op *op, struct settings *settings, enum option_id id, const char *value);

/*
 * Fills in from `weaker` what is unset; `flags` limits it to options that have all of them (0: all). The ways
 * to prove names are one thing: they come from one layer.
 */
void settings_default(struct op *op, struct settings *settings, const struct settings *weaker,
                      unsigned flags);

/* The option of this long name; OPTION_COUNT when there is none. */
enum option_id option_find(const char *name);
const char *option_nearest(struct op *op, const char *name, unsigned commands);

/* The saved options as members of a JSON object, long names as they are. */
struct json;
void settings_write(struct text *out, const struct settings *settings);
/* Fails with UNTRUSTED where a member is of the wrong type. */
bool settings_read(struct op *op, const struct json *object, struct settings *settings);

#endif

/*
 * The configuration file. It is read, or refused with its path and a line; what is read is of known kinds,
 * and no option of the command line alone gets in.
 */
#include "config/conf.h"
#include "fuzz.h"

#include <string.h>

static void check_settings(const struct settings *settings)
{
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct strings *values = &settings->at[id];
        unsigned flags = option_table[id].flags;

        fuzz_expect(!values->count || !(flags & OPT_CLI_ONLY));
        fuzz_expect(values->count <= 1 || (flags & (OPT_LIST | OPT_REPEAT)));
        for (size_t i = 0; i < values->count; i++) {
            fuzz_expect(!strchr(values->at[i], '\n'));
            fuzz_expect(!(flags & OPT_PATH) || !*values->at[i] || *values->at[i] == '/');
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    const struct conf *conf = conf_parse(op, fuzz_text(op, data, size), "/etc/mcacme/mcacme.conf");

    fuzz_expect(op_ok(op) == (conf != NULL));
    if (!conf)
        fuzz_expect(op->err.code == ERR_CONFIG && strstr(op->err.text, "/etc/mcacme/mcacme.conf line "));
    for (const struct conf_section *s = conf ? conf->sections : NULL; s; s = s->next) {
        fuzz_expect(conf_section(conf, s->kind, s->name) == &s->settings);
        check_settings(&s->settings);
    }
    op_end(op);
    return 0;
}

#include "config/settings.h"

#include "base/json.h"
#include "base/when.h"

#include <string.h>

const struct option_info option_table[OPTION_COUNT] = {
#define OPT(id, name, letter, argument, commands, flags, help)                                               \
    { name, letter, argument, commands, flags, help },
#include "config/options.def"
#undef OPT
};

const char *setting(const struct settings *settings, enum option_id id)
{
    const struct strings *values = &settings->at[id];

    return values->count ? values->at[values->count - 1] : NULL;
}

bool switch_read(const char *word, bool *on)
{
    static const char *const words[] = { "yes", "true", "on", "1", "no", "false", "off", "0" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_same_nocase(word, words[i])) {
            *on = i < 4;
            return true;
        }
    }
    return false;
}

bool setting_on(const struct settings *settings, enum option_id id)
{
    const char *value = setting(settings, id);
    bool on = false;

    return value && switch_read(value, &on) && on;
}

int64_t setting_seconds(struct op *op, const struct settings *settings, enum option_id id, int64_t otherwise)
{
    const char *value = setting(settings, id);
    int64_t seconds = otherwise;

    if (value && !when_duration(value, &seconds)) {
        op_fail(op, ERR_USAGE, "--%s %s is not a duration", option_table[id].name, value);
        op_hint(op, "write 90s, 10m, 6h or 30d");
    }
    return seconds;
}

void settings_add(struct op *op, struct settings *settings, enum option_id id, const char *value)
{
    unsigned flags = option_table[id].flags;
    struct strings *list = &settings->at[id];

    if (!value)
        value = "yes";
    if (flags & OPT_LIST) {
        struct strings parts = text_split(op, value, ",");

        for (size_t i = 0; i < parts.count; i++)
            strings_add(op, list, parts.at[i]);
        return;
    }
    if (!(flags & OPT_REPEAT))
        *list = (struct strings){ 0 }; /* a copy of these settings keeps its own */
    strings_add(op, list, arena_strdup(op->arena, value));
}

void settings_set(struct op *op, struct settings *settings, enum option_id id, const char *value)
{
    settings->at[id] = (struct strings){ 0 };
    settings_add(op, settings, id, value);
}

/* The groups of which one option is chosen here; a switch that is off chooses nothing. */
static unsigned chosen(const struct settings *settings)
{
    unsigned groups = 0;

    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (option_table[id].argument ? settings->at[id].count > 0 : setting_on(settings, (enum option_id)id))
            groups |= option_table[id].flags & (OPT_WAY | OPT_KEY_FATE | OPT_NAMES);
    return groups;
}

void settings_default(struct op *op, struct settings *settings, const struct settings *weaker, unsigned flags)
{
    unsigned taken = chosen(settings);

    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (settings->at[id].count || (option_table[id].flags & flags) != flags ||
            (option_table[id].flags & taken))
            continue;
        for (size_t i = 0; i < weaker->at[id].count; i++)
            strings_add(op, &settings->at[id], arena_strdup(op->arena, weaker->at[id].at[i]));
    }
}

enum option_id option_find(const char *name)
{
    size_t id = 0;

    while (id < OPTION_COUNT && strcmp(option_table[id].name, name) != 0)
        id++;
    return (enum option_id)id;
}

const char *option_nearest(struct op *op, const char *name, unsigned commands)
{
    struct strings names = { 0 };

    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (option_table[id].commands & commands)
            strings_add(op, &names, option_table[id].name);
    return text_nearest(op, name, &names);
}

void settings_write(struct text *out, const struct settings *settings)
{
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *option = &option_table[id];
        const struct strings *values = &settings->at[id];

        if (!(option->flags & OPT_SAVED) || !values->count)
            continue;
        if (option->flags & (OPT_LIST | OPT_REPEAT))
            json_put_strings(out, option->name, values);
        else if (!option->argument)
            json_put_bool(out, option->name, setting_on(settings, (enum option_id)id));
        else
            json_put(out, option->name, values->at[values->count - 1]);
    }
}

bool settings_read(struct op *op, const struct json *object, struct settings *settings)
{
    for (size_t id = 0; op_ok(op) && id < OPTION_COUNT; id++) {
        const struct option_info *option = &option_table[id];

        if (!(option->flags & OPT_SAVED) || !json_at(object, option->name))
            continue;
        if (option->argument)
            settings->at[id] = json_strings(op, object, option->name);
        else
            settings_add(op, settings, (enum option_id)id, json_true(object, option->name) ? "yes" : "no");
        if (!settings->at[id].count)
            op_fail(op, ERR_UNTRUSTED, "\"%s\" is neither a string nor a list of strings", option->name);
    }
    return op_ok(op);
}

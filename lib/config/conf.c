#include "config/conf.h"

#include "base/file.h"

#include <string.h>

static struct conf_section *section_add(struct op *op, struct conf *conf, const char *kind, const char *name,
                                        unsigned line)
{
    struct conf_section **end = &conf->sections;

    while (*end)
        end = &(*end)->next;
    *end = op_new(op, struct conf_section);
    (*end)->kind = kind;
    (*end)->name = name;
    (*end)->line = line;
    return *end;
}

static bool wrong(struct op *op, const struct conf *conf, unsigned line, const char *what)
{
    return op_fail(op, ERR_CONFIG, "%s line %u: %s", conf->path, line, what);
}

/* "[certificate mail]" */
static bool is_dns(const struct conf_section *section)
{
    return text_same(section->kind, "dns");
}

/* A colon ends the name in "--dns NAME:ZONE". */
static bool known_kind(const struct strings *words)
{
    static const char *const kinds[] = { "certificate", "ca", "dns" };
    bool known = false;

    for (size_t i = 0; words->count == 2 && i < sizeof kinds / sizeof *kinds; i++)
        known = known || text_same(words->at[0], kinds[i]);
    return known && !(text_same(words->at[0], "dns") && strchr(words->at[1], ':'));
}

static struct conf_section *section_begin(struct op *op, struct conf *conf, const char *line, unsigned number)
{
    size_t length = strlen(line);
    struct strings words;

    if (line[length - 1] != ']') {
        wrong(op, conf, number, "a section without its ]");
        return NULL;
    }
    words = text_split(op, text_cut(op, line + 1, length - 2), " \t");
    if (!known_kind(&words)) {
        wrong(op, conf, number, "a section is [certificate NAME], [ca NAME] or [dns NAME]");
        return NULL;
    }
    if (conf_section(conf, words.at[0], words.at[1])) {
        wrong(op, conf, number, "this section stands in the file twice");
        return NULL;
    }
    return section_add(op, conf, words.at[0], words.at[1], number);
}

static bool unknown_key(struct op *op, const struct conf *conf, const char *key, unsigned number)
{
    const char *near = option_nearest(op, key, FOR_ALL);

    wrong(op, conf, number, op_text(op, "unknown key \"%s\"", key));
    if (near && !(option_table[option_find(near)].flags & OPT_CLI_ONLY))
        return op_hint(op, "did you mean \"%s\"?", near);
    return false;
}

static const char *from_here(struct op *op, const struct conf *conf, const char *path)
{
    return *path && *path != '/' ? op_text(op, "%s/%s", folder_of(op, conf->path), path) : path;
}

static bool add(struct op *op, const struct conf *conf, struct conf_section *section, enum option_id id,
                const char *value, unsigned number)
{
    const struct option_info *option = &option_table[id];
    bool on;

    if (!option->argument && !switch_read(value, &on))
        return wrong(op, conf, number, op_text(op, "\"%s\" is either yes or no", option->name));
    settings_add(op, &section->settings, id, option->flags & OPT_PATH ? from_here(op, conf, value) : value);
    return true;
}

/* A line of [dns NAME]. Zones may stand in several lines. */
static bool dns_pair(struct op *op, const struct conf *conf, struct conf_dns *dns, const char *key,
                     const char *value, unsigned number)
{
    static const char *const names[] = { "provider", "zones", "credentials" };
    struct strings keys = { 0 };
    const char *near;

    if (text_same(key, "provider"))
        dns->provider = value;
    else if (text_same(key, "credentials"))
        dns->credentials = from_here(op, conf, value);
    else if (text_same(key, "zones"))
        dns->zones = dns->zones ? op_text(op, "%s,%s", dns->zones, value) : value;
    else {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            strings_add(op, &keys, names[i]);
        near = text_nearest(op, key, &keys);
        wrong(op, conf, number, op_text(op, "unknown key \"%s\" in a section [dns NAME]", key));
        return op_hint(op, "%s%s%s", near ? "did you mean \"" : "it has provider, zones and credentials",
                       near ? near : "", near ? "\"?" : "");
    }
    return true;
}

static bool pair(struct op *op, const struct conf *conf, struct conf_section *section, const char *line,
                 unsigned number)
{
    const char *equals = strchr(line, '=');
    const char *key = text_trim(op, text_cut(op, line, equals ? (size_t)(equals - line) : strlen(line)));
    enum option_id id = option_find(key);

    if (!equals)
        return wrong(op, conf, number, op_text(op, "\"%s\" is no `key = value`", key));
    if (is_dns(section))
        return dns_pair(op, conf, &section->dns, key, text_trim(op, equals + 1), number);
    if (id == OPTION_COUNT)
        return unknown_key(op, conf, key, number);
    if (option_table[id].flags & OPT_CLI_ONLY)
        return wrong(op, conf, number, op_text(op, "\"%s\" goes on the command line only", key));
    return add(op, conf, section, id, text_trim(op, equals + 1), number);
}

static bool parse_line(struct op *op, struct conf *conf, struct conf_section **section, const char *line,
                       unsigned number)
{
    if (!*line || *line == '#' || *line == ';')
        return true;
    if (*line != '[')
        return pair(op, conf, *section, line, number);
    *section = section_begin(op, conf, line, number);
    return *section != NULL;
}

static bool complete(struct op *op, const struct conf *conf)
{
    for (const struct conf_section *s = conf->sections; s; s = s->next)
        if (is_dns(s) && !(s->dns.provider && *s->dns.provider))
            return wrong(op, conf, s->line, op_text(op, "[dns %s] has no provider", s->name));
    return true;
}

struct conf *conf_parse(struct op *op, const char *text, const char *path)
{
    struct conf *conf = op_new(op, struct conf);
    struct conf_section *section;
    unsigned number = 0;

    conf->path = path;
    section = section_add(op, conf, "", "", 0);
    text += text_starts(text, "\xef\xbb\xbf") ? 3 : 0; /* the mark with which some editors begin UTF-8 */
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (!parse_line(op, conf, &section, text_trim(op, text_cut(op, text, length)), ++number))
            return NULL;
        text += length;
        text += *text == '\n';
    }
    return complete(op, conf) ? conf : NULL;
}

struct conf *conf_read(struct op *op, const char *path)
{
    const char *file = path ? path : CONF_DEFAULT_PATH;
    const char *text = path || file_there(file) ? file_read_named(op, file) : "";

    return text ? conf_parse(op, text, file) : NULL;
}

const struct settings *conf_section(const struct conf *conf, const char *kind, const char *name)
{
    for (const struct conf_section *s = conf->sections; s; s = s->next)
        if (text_same(s->kind, kind) && text_same(s->name, name))
            return &s->settings;
    return NULL;
}

const struct conf_dns *conf_dns(const struct conf *conf, const char *name)
{
    for (const struct conf_section *s = conf ? conf->sections : NULL; s; s = s->next)
        if (is_dns(s) && text_same(s->name, name))
            return &s->dns;
    return NULL;
}

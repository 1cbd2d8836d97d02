#include "config/envfile.h"

#include <string.h>

static bool name_ok(const char *name)
{
    if (!*name || (*name >= '0' && *name <= '9'))
        return false;
    for (; *name; name++)
        if (!((*name >= 'A' && *name <= 'Z') || (*name >= 'a' && *name <= 'z') ||
              (*name >= '0' && *name <= '9') || *name == '_'))
            return false;
    return true;
}

static void parse_line(struct op *op, struct envfile *file, const char *line, const char *path,
                       unsigned number)
{
    const char *start = text_starts(line, "export ") ? line + 7 : line;
    const char *equals = strchr(start, '=');
    const char *name;

    if (!*line || *line == '#')
        return;
    name = equals ? text_trim(op, text_cut(op, start, (size_t)(equals - start))) : "";
    if (!name_ok(name)) {
        op_log(op, LOG_WARN, "%s line %u is no KEY=\"value\" and is skipped", path, number);
        return;
    }
    strings_add(op, &file->names, name);
    strings_add(op, &file->values, text_unquote(op, text_trim(op, equals + 1)));
}

struct envfile envfile_parse(struct op *op, const char *text, const char *path)
{
    struct envfile file = { 0 };
    unsigned number = 0;

    text += text_starts(text, "\xef\xbb\xbf") ? 3 : 0; /* the mark with which some editors begin UTF-8 */
    while (*text) {
        size_t length = strcspn(text, "\n");

        parse_line(op, &file, text_trim(op, text_cut(op, text, length)), path, ++number);
        text += length;
        text += *text == '\n';
    }
    return file;
}

const char *envfile_get(const struct envfile *file, const char *name)
{
    for (size_t i = file->names.count; i > 0; i--)
        if (text_same(file->names.at[i - 1], name))
            return file->values.at[i - 1];
    return NULL;
}

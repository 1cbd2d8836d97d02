/* Which variables a plugin of acme.sh reads. A shell's text is not parsed for that, only looked through. */
#include "acmesh.h"

#include <string.h>

/* Of the shell, and of acme.sh itself: no credentials, whoever mentions them. */
static const char *const not_theirs[] = { "HOME",       "PATH",  "IFS",    "PWD",   "OLDPWD", "USER",
                                          "SHELL",      "LANG",  "TERM",   "PPID",  "TMPDIR", "HTTP_HEADER",
                                          "USER_AGENT", "DEBUG", "OPTARG", "OPTIND" };

/* Functions of acme.sh whose first argument names a variable. */
static const char *const keepers[] = {
    "_readaccountconf_mutable", "_readaccountconf", "_readdomainconf", "_saveaccountconf_mutable",
    "_saveaccountconf",         "_savedomainconf",  "_getdeployconf"
};

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_length(const char *text)
{
    size_t length = 0;

    while (letter(text[length]) || (length && text[length] >= '0' && text[length] <= '9'))
        length++;
    return length;
}

static void add(struct op *op, struct strings *list, const char *name)
{
    for (size_t i = 0; i < sizeof not_theirs / sizeof *not_theirs; i++)
        if (text_same(name, not_theirs[i]))
            return;
    if (*name && *name != '_' && !text_starts(name, "LE_") && !strings_have(list, name))
        strings_add(op, list, name);
}

/* "$NAME", "${NAME:-...": with a capital letter, for what has none is the plugin's own. */
static void add_mentioned(struct op *op, struct strings *list, const char *dollar)
{
    const char *start = dollar + 1 + (dollar[1] == '{');
    const char *name = text_cut(op, start, name_length(start));

    if (name[strcspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
        add(op, list, name);
}

/* "_readaccountconf_mutable NAME", with or without quotes. */
static void add_kept(struct op *op, struct strings *list, const char *word)
{
    size_t length = name_length(word);

    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
        const char *argument = word + length + strspn(word + length, " \"'");

        if (strlen(keepers[i]) == length && memcmp(word, keepers[i], length) == 0 && argument > word + length)
            add(op, list, text_cut(op, argument, name_length(argument)));
    }
}

/* The options in the description at the top: indented lines "NAME what it is" behind "Options:". */
struct strings acmesh_options(struct op *op, const char *text)
{
    struct strings list = { 0 };
    const char *line = strstr(text, "\nOptions");
    const char *end = line ? strchr(line, '\'') : NULL;

    for (; end && (line = strchr(line + 1, '\n')) && line < end;)
        if (line[1] == ' ')
            add(op, &list, text_cut(op, line + 2, name_length(line + 2)));
    return list;
}

struct strings acmesh_variables(struct op *op, const char *text)
{
    struct strings list = acmesh_options(op, text);

    for (const char *c = text; *c; c += letter(*c) ? name_length(c) : 1) {
        if (*c == '$')
            add_mentioned(op, &list, c);
        if (*c == '_')
            add_kept(op, &list, c);
    }
    return list;
}

#include "generate.h"

#include <string.h>

/* Text for a line of its own: no request, no escape, and two dashes stay two dashes. */
static const char *escaped(struct op *op, const char *text)
{
    struct text out = text_begin(op->arena);

    if (*text == '.' || *text == '\'')
        text_add(&out, "\\&");
    for (; *text; text++) {
        if (*text == '\\')
            text_add(&out, "\\e");
        else if (*text == '-' && (text[1] == '-' || (out.length && out.data[out.length - 1] == '-')))
            text_add(&out, "\\-");
        else
            text_char(&out, *text);
    }
    return out.data;
}

const char *man_synopsis(struct op *op)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; all_commands[i]; i++)
        text_add(&out, ".Nm\n.Cm %s\n%s\n", all_commands[i]->name, escaped(op, all_commands[i]->usage));
    return out.data;
}

/* "issue, renew and revoke" */
static const char *commands_of(struct op *op, unsigned bits)
{
    struct strings names = { 0 };
    struct text out = text_begin(op->arena);

    for (size_t i = 0; all_commands[i]; i++)
        if (bits & all_commands[i]->bit)
            strings_add(op, &names, all_commands[i]->name);
    for (size_t i = 0; i < names.count; i++)
        text_add(&out, "%s%s", i == 0 ? "" : i + 1 < names.count ? ", " : " and ", names.at[i]);
    return out.data;
}

static void add_option(struct op *op, struct text *out, const struct option_info *option)
{
    text_add(out, ".It ");
    if (option->letter)
        text_add(out, "Fl %c , ", option->letter);
    text_add(out, "Fl -%s", option->name);
    if (option->argument)
        text_add(out, " Ar %s", option->argument);
    text_add(out, "\n%s\n", escaped(op, option->help));
}

static void add_list(struct op *op, struct text *out, unsigned commands)
{
    text_add(out, ".Ss Options of %s\n.Bl -tag -width Ds\n",
             commands == FOR_ALL ? "all commands" : commands_of(op, commands));
    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (option_table[id].commands == commands)
            add_option(op, out, &option_table[id]);
    text_add(out, ".El\n");
}

/* Whether an earlier option is for the same commands, so that their list is there already. */
static bool had(size_t id)
{
    for (size_t i = 0; i < id; i++)
        if (option_table[i].commands == option_table[id].commands)
            return true;
    return false;
}

const char *man_options(struct op *op)
{
    struct text out = text_begin(op->arena);

    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (!had(id))
            add_list(op, &out, option_table[id].commands);
    return out.data;
}

static const char *with_flag(struct op *op, unsigned flag)
{
    struct text out = text_begin(op->arena);
    struct strings names = { 0 };

    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (option_table[id].flags & flag)
            strings_add(op, &names, option_table[id].name);
    for (size_t i = 0; i < names.count; i++)
        text_add(&out, ".Cm %s%s\n", names.at[i], i + 1 < names.count ? " ," : " .");
    return out.data;
}

const char *man_saved(struct op *op)
{
    return with_flag(op, OPT_SAVED);
}

const char *man_lists(struct op *op)
{
    return with_flag(op, OPT_LIST);
}

const char *man_cli_only(struct op *op)
{
    return with_flag(op, OPT_CLI_ONLY);
}

static const struct {
    enum err_code code;
    int status;
    const char *text;
} codes[] = {
#define ERR(name, status, text) { ERR_##name, status, text },
#include "base/codes.def"
#undef ERR
};
#define CODE_COUNT (sizeof codes / sizeof *codes)

/* "temporary: the network failed", "temporary: the time ran out": the word before the colon once only. */
static const char *less_common(const char *text, const char *before)
{
    size_t length = before ? strcspn(before, ":") : 0;

    if (!length || !before[length] || strncmp(text, before, length + 1) != 0)
        return text;
    return text + length + 1 + strspn(text + length + 1, " ");
}

const char *man_exit_status(struct op *op)
{
    struct text out = text_begin(op->arena);
    const char *before = NULL;

    for (size_t i = 0; i < CODE_COUNT; i++) {
        bool same = i && codes[i].status == codes[i - 1].status;

        if (same)
            text_add(&out, "; %s", escaped(op, less_common(codes[i].text, before)));
        else
            text_add(&out, "%s.It %d%s\n%s", i ? "\n" : "", codes[i].status,
                     codes[i].code == ERR_STOPPED ? " + n" : "", escaped(op, codes[i].text));
        before = codes[i].text;
    }
    return out.data;
}

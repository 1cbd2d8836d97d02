#include "options.h"

#include "net/resolver.h"

#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The parts of one command line, as they come. */
struct parser {
    struct op *op;
    const struct command *command;
    struct settings *settings;
    char **next; /* NULL-ended */
};

static bool allowed(const struct parser *p, size_t id)
{
    return (option_table[id].commands & p->command->bit) != 0;
}

static const char *absolute(struct op *op, const char *path)
{
    char here[PATH_MAX];

    if (*path == '/' || !*path)
        return path;
    if (!getcwd(here, sizeof here)) {
        op_fail_errno(op, ERR_USAGE, "finding the current folder");
        return path;
    }
    return op_text(op, "%s/%s", here, path);
}

static bool store(struct parser *p, enum option_id id, const char *value)
{
    settings_add(p->op, p->settings, id, option_table[id].flags & OPT_PATH ? absolute(p->op, value) : value);
    return op_ok(p->op);
}

static bool unknown(struct parser *p, const char *word)
{
    const char *near = option_nearest(p->op, word + strspn(word, "-"), p->command->bit);

    op_fail(p->op, ERR_USAGE, "unknown option %s", text_printable(p->op, word, 100));
    return near ? op_hint(p->op, "did you mean --%s? (mcacme %s --help lists all)", near, p->command->name)
                : op_hint(p->op, "mcacme %s --help lists the options", p->command->name);
}

/* Whether the next word is the value of an option that may go without: an address, which no other word is. */
static bool value_follows(const struct parser *p)
{
    struct sockaddr_storage address;
    unsigned length;
    const char *word = *p->next;

    return word && ((*word == ':' && word[1] != ':') || dns_address(word, 1, &address, &length));
}

/* The value of an option: behind '=', behind the letter, or the next word. */
static bool take(struct parser *p, enum option_id id, const char *attached, const char *word)
{
    const struct option_info *option = &option_table[id];

    if (!option->argument && attached)
        return op_fail(p->op, ERR_USAGE, "%s takes no value", word);
    if (!option->argument || (!attached && (option->flags & OPT_MAY_END) && !value_follows(p)))
        return store(p, id, NULL);
    if (!attached && !*p->next) {
        op_fail(p->op, ERR_USAGE, "%s needs a value", word);
        return op_hint(p->op, "write --%s %s", option->name, option->argument);
    }
    return store(p, id, attached ? attached : *p->next++);
}

static bool parse_long(struct parser *p, const char *word)
{
    size_t length = strcspn(word, "=");
    const char *bare = text_cut(p->op, word, length); /* the value may be a secret */
    enum option_id id = option_find(bare + 2);

    if (id == OPTION_COUNT || !allowed(p, id))
        return unknown(p, bare);
    return take(p, id, word[length] ? word + length + 1 : NULL, bare);
}

static enum option_id by_letter(const struct parser *p, char letter)
{
    size_t id = 0;

    while (id < OPTION_COUNT && !(option_table[id].letter == letter && allowed(p, id)))
        id++;
    return (enum option_id)id;
}

/* "-vv", "-d NAME", "-dNAME" */
static bool parse_letters(struct parser *p, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        enum option_id id = by_letter(p, *letter);
        const char *shown = op_text(p->op, "-%c", *letter);

        if (id == OPTION_COUNT)
            return unknown(p, shown);
        if (option_table[id].argument)
            return take(p, id, letter[1] ? letter + 1 : NULL, shown);
        TRY(take(p, id, NULL, shown));
    }
    return true;
}

bool options_parse(struct op *op, const struct command *command, int argc, char **argv,
                   struct settings *settings, struct strings *words)
{
    struct parser p = { op, command, settings, argv + (argc > 0) };

    while (*p.next) {
        const char *word = *p.next++;

        if (text_same(word, "--"))
            while (*p.next)
                strings_add(op, words, *p.next++);
        else if (text_starts(word, "--"))
            TRY(parse_long(&p, word));
        else if (*word == '-' && word[1])
            TRY(parse_letters(&p, word));
        else
            strings_add(op, words, word);
    }
    return op_ok(op);
}

/* Wraps words into the right-hand column. */
static void add_wrapped(struct text *out, const char *help, size_t indent, size_t width)
{
    size_t column = indent;

    while (*help) {
        size_t word = strcspn(help, " ");

        if (column > indent && column + 1 + word > width) {
            text_add(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            text_char(out, ' ');
            column++;
        }
        text_put(out, help, word);
        column += word;
        help += word + strspn(help + word, " ");
    }
    text_char(out, '\n');
}

static void add_option(struct op *op, struct text *out, const struct option_info *option)
{
    const char *left =
        op_text(op, "  %s%c%s--%s%s%s", option->letter ? "-" : " ", option->letter ? option->letter : ' ',
                option->letter ? ", " : "  ", option->name, option->argument ? " " : "",
                option->argument ? option->argument : "");

    text_add(out, "%-34s", left);
    if (strlen(left) > 33)
        text_add(out, "\n%34s", "");
    add_wrapped(out, option->help, 34, 100);
}

const char *options_help(struct op *op, const struct command *command)
{
    struct text out = text_begin(op->arena);

    text_add(&out, "Usage: mcacme %s %s\n\n%s.\n\n", command->name, command->usage, command->summary);
    for (int common = 0; common < 2; common++) {
        text_add(&out, common ? "\nCommon options:\n" : "Options:\n");
        for (size_t id = 0; id < OPTION_COUNT; id++)
            if ((option_table[id].commands & command->bit) &&
                (option_table[id].commands == FOR_ALL) == common)
                add_option(op, &out, &option_table[id]);
    }
    return out.data;
}

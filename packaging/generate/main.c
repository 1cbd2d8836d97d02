/*
 * generate TOP OUT: reads the templates of the tree TOP, writes what they make below OUT (which may be TOP).
 */
#include "base/clock.h"
#include "base/file.h"
#include "generate.h"

#include <stdio.h>
#include <string.h>

const struct command *const all_commands[] = { &command_issue,
                                               &command_renew,
                                               &command_revoke,
                                               &command_list,
                                               &command_check,
                                               &command_account,
                                               &command_key,
                                               &command_persist,
                                               &command_import,
                                               &command_providers,
                                               NULL };

struct mark {
    const char *line;
    const char *(*make)(struct op *op);
};

struct product {
    const char *template, *path;
    const struct mark *marks; /* ends without a line */
};

static const struct mark manual[] = { { "@SYNOPSIS@", man_synopsis },
                                      { "@OPTIONS@", man_options },
                                      { "@SAVED@", man_saved },
                                      { "@EXIT_STATUS@", man_exit_status },
                                      { 0 } };
static const struct mark configuration[] = { { "@LISTS@", man_lists },
                                             { "@CLI_ONLY@", man_cli_only },
                                             { 0 } };
static const struct mark completion[] = {
    { "@COMMANDS@", bash_commands }, { "@OPTIONS@", bash_options }, { "@VALUES@", bash_values }, { 0 }
};

static const struct product products[] = {
    { "docs/mcacme.1.in", "docs/mcacme.1", manual },
    { "docs/mcacme.conf.5.in", "docs/mcacme.conf.5", configuration },
    { "packaging/completions/mcacme.bash.in", "packaging/completions/mcacme.bash", completion },
};

/* A command that the list above lacks would be missing in all documents. */
static bool all_there(struct op *op)
{
    unsigned bits = 0;

    for (size_t i = 0; all_commands[i]; i++)
        bits |= all_commands[i]->bit;
    return bits == FOR_ALL || op_fail(op, ERR_INTERNAL, "a command is missing in packaging/generate/main.c");
}

static bool fill_in(struct op *op, const struct product *product, const char *template, struct text *out)
{
    bool found[8] = { false };

    for (const char *line = template; *line; line += strcspn(line, "\n") + 1) {
        const char *text = text_cut(op, line, strcspn(line, "\n"));

        for (size_t i = 0; product->marks[i].line; i++)
            if (text_same(text, product->marks[i].line)) {
                text = product->marks[i].make(op);
                found[i] = true;
            }
        text_add(out, "%s%s", text, text_ends(text, "\n") ? "" : "\n");
    }
    for (size_t i = 0; product->marks[i].line; i++)
        if (!found[i])
            return op_fail(op, ERR_INTERNAL, "%s has no %s", product->template, product->marks[i].line);
    return op_ok(op);
}

static bool write(struct op *op, const char *out, const char *path, const char *content)
{
    return file_replace_text(op, op_text(op, "%s/%s", out, path), content, 0644);
}

static bool generate(struct op *op, const char *top, const char *out)
{
    const char *plugins;

    TRY(all_there(op));
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        struct text text = text_begin(op->arena);
        const char *template = file_read(op, op_text(op, "%s/%s", top, products[i].template));

        TRY(template && fill_in(op, &products[i], template, &text));
        TRY(write(op, out, products[i].path, text.data));
    }
    for (const struct provider_entry *e = provider_table; e->name; e++)
        TRY(write(op, out, op_text(op, "docs/providers/%s.md", e->name), provider_page(op, e)));
    TRY(write(op, out, "docs/providers/README.md", provider_index(op)));
    plugins = plugin_table(op, file_read(op, op_text(op, "%s/docs/acmesh-plugins.tsv", top)));
    return plugins && write(op, out, "docs/acmesh-plugins.md", plugins);
}

int main(int argc, char **argv)
{
    struct world world = { .clock = clock_system() };
    struct op *op = op_begin(&world);
    bool good =
        argc == 3 ? generate(op, argv[1], argv[2]) : op_fail(op, ERR_USAGE, "usage: generate TOP OUT");

    if (!good)
        fprintf(stderr, "generate: %s\n", op->err.text);
    op_end(op);
    return good ? 0 : 1;
}

#include "generate.h"

#include <string.h>

#define FIELD_SETS (FIELD_SET_A | FIELD_SET_B | FIELD_SET_C)

/* For the cell of a table. */
static const char *cell(struct op *op, const char *text)
{
    struct text out = text_begin(op->arena);

    for (; *text; text++)
        text_add(&out, strchr("|<*", *text) ? "\\%c" : "%c", *text);
    return out.data;
}

/* "yes", "no", or the sets of alternatives that the field belongs to: "A", "A, B". */
static const char *needed(struct op *op, const struct field *field)
{
    static const unsigned sets[] = { FIELD_SET_A, FIELD_SET_B, FIELD_SET_C };
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < 3; i++)
        if (field->flags & sets[i])
            text_add(&out, "%s%c", out.length ? ", " : "", (char)('A' + i));
    return out.length ? out.data : field->flags & FIELD_REQUIRED ? "yes" : "no";
}

static void add_field(struct op *op, struct text *out, const struct field *field)
{
    text_add(out, "| `%s` | %s | %s%s", field->name, needed(op, field), cell(op, field->help),
             field->flags & FIELD_SECRET ? "; secret" : "");
    if (field->otherwise)
        text_add(out, "; default: `%s`", field->otherwise);
    for (size_t i = 0; i < 4 && field->also[i]; i++)
        text_add(out, "%s`%s`", i ? ", " : "; also read: ", field->also[i]);
    text_add(out, " |\n");
}

static void add_fields(struct op *op, struct text *out, const struct provider *provider)
{
    bool sets = false;

    text_add(out, "## Credentials and settings\n\n");
    if (!provider->fields || !provider->fields->name) {
        text_add(out, "None.\n\n");
        return;
    }
    text_add(out, "| name | needed | what it is |\n|---|---|---|\n");
    for (const struct field *f = provider->fields; f->name; f++) {
        add_field(op, out, f);
        sets = sets || (f->flags & FIELD_SETS);
    }
    text_add(out, "\n");
    if (sets)
        text_add(out,
                 "All that are marked A are needed, or else all that are marked with the next letter.\n\n");
}

/* What is needed stands open, the first way of several; the rest is there to be seen. */
static void add_example(struct text *out, const char *name, const struct provider *provider)
{
    text_add(out, "## Example\n\n`%s.conf`, readable by nobody else (`chmod 600 %s.conf`):\n\n```sh\n", name,
             name);
    for (const struct field *f = provider->fields; f && f->name; f++) {
        bool open = f->flags & FIELD_SETS ? f->flags & FIELD_SET_A : f->flags & FIELD_REQUIRED;

        text_add(out, "%s%s=\"%s\"\n", open ? "" : "# ", f->name, f->otherwise ? f->otherwise : "...");
    }
    text_add(
        out,
        "```\n\n```sh\nmcacme issue -d example.com -d '*.example.com' --dns %s --credentials %s.conf\n```\n",
        name, name);
}

const char *provider_page(struct op *op, const struct provider_entry *entry)
{
    const struct provider *p = entry->provider;
    struct strings aliases = text_split(op, p->alias ? p->alias : "", " ");
    struct text out = text_begin(op->arena);

    text_add(
        &out,
        "<!-- Made from providers/%s.c: change that, then `cmake --build build/dev --target docs`. -->\n\n",
        entry->name);
    text_add(&out, "# %s\n\n`--dns %s`", p->title, entry->name);
    for (size_t i = 0; i < aliases.count; i++)
        text_add(&out, "%s`--dns %s`", i ? ", " : "; acme.sh's name works as well: ", aliases.at[i]);
    text_add(&out, "\n\n");
    if (p->docs)
        text_add(&out, "The other side's own documentation: <%s>\n\n", p->docs);
    if (p->notes)
        text_add(&out, "## Rights, and what else to know\n\n```text\n%s%s```\n\n", p->notes,
                 text_ends(p->notes, "\n") ? "" : "\n");
    add_fields(op, &out, p);
    add_example(&out, entry->name, p);
    return out.data;
}

const char *provider_index(struct op *op)
{
    struct text out = text_begin(op->arena);

    text_add(
        &out,
        "<!-- Made from providers/*.c by `cmake --build build/dev --target docs`. -->\n\n# DNS providers\n\n"
        "What this version of mcacme has built in; `mcacme providers NAME` shows the same at a terminal.\n"
        "Credentials have acme.sh's names, so a file that worked there works here. For a vendor that is\n"
        "not in the list, [acmesh](acmesh.md) drives the [plugins](../acmesh-plugins.md) of an acme.sh that "
        "is\n"
        "installed, [exec](exec.md) calls a program of your own, and `test/new-provider NAME` begins a new\n"
        "provider.\n\n"
        "| `--dns` | for | acme.sh's name |\n|---|---|---|\n");
    for (const struct provider_entry *e = provider_table; e->name; e++)
        text_add(&out, "| [%s](%s.md) | %s | %s |\n", e->name, e->name, cell(op, e->provider->title),
                 e->provider->alias ? e->provider->alias : "");
    return out.data;
}

#include "command.h"
#include "dns01/registry.h"

static void describe_field(struct app *app, const struct field *field)
{
    struct strings also = { 0 };

    for (size_t i = 0; i < 4 && field->also[i]; i++)
        strings_add(app->op, &also, field->also[i]);
    report_line(&app->report, "  %s%s", field->name,
                field->flags & FIELD_REQUIRED                              ? ""
                : field->flags & (FIELD_SET_A | FIELD_SET_B | FIELD_SET_C) ? " (one way of several)"
                                                                           : " (optional)");
    report_line(&app->report, "      %s%s%s", field->help, field->otherwise ? "; default: " : "",
                field->otherwise ? field->otherwise : "");
    if (also.count)
        report_line(&app->report, "      also read: %s", strings_join(app->op, &also, ", "));
}

static void describe(struct app *app, const struct provider_entry *entry)
{
    const struct provider *p = entry->provider;

    report_line(&app->report, "%s: %s", entry->name, p->title);
    if (p->alias)
        report_line(&app->report, "  also called %s", p->alias);
    if (p->docs)
        report_line(&app->report, "  %s", p->docs);
    if (p->notes)
        report_line(&app->report, "\n%s", p->notes);
    report_line(&app->report,
                "\nCredentials and settings (KEY=\"value\" lines of --credentials, or the environment):");
    for (const struct field *f = p->fields; f && f->name; f++)
        describe_field(app, f);
    report_line(&app->report, "\nmcacme issue -d example.com --dns %s --credentials FILE", entry->name);
}

static void put_json(struct text *out, struct op *op, const struct provider_entry *entry)
{
    struct strings aliases = text_split(op, entry->provider->alias ? entry->provider->alias : "", " ");

    json_open(out, NULL, '{');
    json_put(out, "name", entry->name);
    json_put(out, "title", entry->provider->title);
    json_put(out, "docs", entry->provider->docs);
    json_put_strings(out, "aliases", &aliases);
    json_open(out, "fields", '[');
    for (const struct field *f = entry->provider->fields; f && f->name; f++) {
        json_open(out, NULL, '{');
        json_put(out, "name", f->name);
        json_put(out, "help", f->help);
        json_put_bool(out, "required", f->flags & FIELD_REQUIRED);
        json_put_bool(out, "secret", f->flags & FIELD_SECRET);
        json_put(out, "default", f->otherwise);
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}

static const struct provider_entry *find(struct app *app, const char *word)
{
    const struct provider_entry *entry = provider_find(word);
    struct strings names = provider_names(app->op);
    const char *near = text_nearest(app->op, word, &names);

    if (entry)
        return entry;
    op_fail(app->op, ERR_USAGE, "there is no provider \"%s\"", text_printable(app->op, word, 100));
    op_hint(app->op, near ? "did you mean \"%s\"?" : "mcacme providers lists them%s", near ? near : "");
    return NULL;
}

static void print_all(struct app *app)
{
    for (const struct provider_entry *e = provider_table; e->name; e++)
        report_line(&app->report, "%-16s %-34s %s", e->name, e->provider->title,
                    e->provider->alias ? e->provider->alias : "");
}

static int run(struct app *app)
{
    const struct provider_entry *one = NULL;
    struct text members = text_begin(app->op->arena);

    if (app->words.count && !(one = find(app, app->words.at[0])))
        return 0;
    if (app->report.json) {
        json_open(&members, "providers", '[');
        for (const struct provider_entry *e = provider_table; e->name; e++)
            if (!one || one == e)
                put_json(&members, app->op, e);
        json_close(&members, ']');
        report_json(&app->report, members.data, &app->op->err, 0);
    } else if (one) {
        describe(app, one);
    } else {
        print_all(app);
    }
    return 0;
}

const struct command command_providers = {
    .name = "providers",
    .usage = "[NAME] [options]",
    .summary = "Show the DNS providers built in, their credentials, their documentation",
    .bit = FOR_PROVIDERS,
    .needs = 0,
    .run = run,
};

/* docs/acmesh-plugins.md: what becomes of each plugin of acme.sh here. */
#include "generate.h"

#include <string.h>

/* A line of docs/acmesh-plugins.tsv. */
struct plugin {
    const char *name, *vendor, *remark; /* remark: "-" for none */
    const struct provider_entry *native;
    bool refused;
};

static const char *column(struct op *op, const char **line)
{
    size_t length = strcspn(*line, "\t");
    const char *text = text_cut(op, *line, length);

    *line += length + ((*line)[length] == '\t');
    return text;
}

static bool read_line(struct op *op, const char *line, struct plugin *plugin)
{
    *plugin = (struct plugin){ .name = column(op, &line) };
    plugin->vendor = column(op, &line);
    plugin->remark = column(op, &line);
    if (!text_starts(plugin->name, "dns_") || !*plugin->vendor || !*plugin->remark || *line)
        return op_fail(op, ERR_INTERNAL, "docs/acmesh-plugins.tsv: \"%s\" is not PLUGIN, VENDOR, REMARK",
                       plugin->name);
    plugin->native = provider_find(plugin->name);
    plugin->refused = text_starts(plugin->remark, "no: ");
    return true;
}

static void put(struct text *out, const struct plugin *plugin)
{
    const char *remark = text_same(plugin->remark, "-") ? "" : plugin->remark;

    text_add(out, "| %s | %s | ", plugin->name, plugin->vendor);
    if (plugin->native)
        text_add(out, "built in: [%s](providers/%s.md) |\n", plugin->native->name, plugin->native->name);
    else if (plugin->refused)
        text_add(out, "%s |\n", remark);
    else
        text_add(out, "by acme.sh%s%s |\n", *remark ? "; " : "", remark);
}

static const char *table(struct op *op, const char *data, unsigned counts[3])
{
    struct text out = text_begin(op->arena);
    struct plugin plugin;

    for (const char *line = data; *line; line += strcspn(line, "\n") + 1) {
        if (*line == '#')
            continue;
        if (!read_line(op, text_cut(op, line, strcspn(line, "\n")), &plugin))
            return NULL;
        counts[plugin.native ? 0 : plugin.refused ? 2 : 1]++;
        put(&out, &plugin);
    }
    return out.data;
}

const char *plugin_table(struct op *op, const char *data)
{
    unsigned counts[3] = { 0 };
    const char *rows = data ? table(op, data, counts) : NULL;

    if (!rows)
        return NULL;
    return op_text(
        op,
        "<!-- Made from acmesh-plugins.tsv and providers/*.c by `cmake --build build/dev --target docs`. "
        "-->\n\n"
        "# The plugins of acme.sh\n\n"
        "Of acme.sh's DNS plugins %u are built in, %u are driven through an [acme.sh](providers/acmesh.md)\n"
        "that is installed, %u cannot be. `--dns` takes the plugin's name in each case, and the credentials\n"
        "are those that acme.sh wants.\n\n"
        "| plugin | vendor | here |\n|---|---|---|\n%s",
        counts[0], counts[1], counts[2], rows);
}

#include "generate.h"

#include <string.h>

const char *bash_commands(struct op *op)
{
    struct strings names = { 0 };

    for (size_t i = 0; all_commands[i]; i++)
        strings_add(op, &names, all_commands[i]->name);
    return op_text(op, "    local commands='%s'", strings_join(op, &names, " "));
}

const char *bash_options(struct op *op)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; all_commands[i]; i++) {
        text_add(&out, "        %s) words='", all_commands[i]->name);
        for (size_t id = 0, n = 0; id < OPTION_COUNT; id++)
            if (option_table[id].commands & all_commands[i]->bit)
                text_add(&out, "%s--%s", n++ ? " " : "", option_table[id].name);
        text_add(&out, "' ;;\n");
    }
    return out.data;
}

static struct strings key_kinds(struct op *op)
{
    struct strings words = { 0 };

    for (int kind = 0; kind < KEY_KIND_COUNT; kind++)
        strings_add(op, &words, key_kind_name((enum key_kind)kind));
    return words;
}

static struct strings servers(struct op *op)
{
    struct strings words = { 0 };

    for (size_t i = 0; ca_preset_names[i]; i++)
        strings_add(op, &words, ca_preset_names[i]);
    return words;
}

/* "authoritative|resolver|none|SECONDS": what is in small letters is to be written as it is. */
static struct strings alternatives(struct op *op, const char *argument)
{
    struct strings parts = text_split(op, strchr(argument, '|') ? argument : "", "|"), words = { 0 };

    for (size_t i = 0; i < parts.count; i++)
        if (text_same(parts.at[i], text_lower(op, parts.at[i])))
            strings_add(op, &words, parts.at[i]);
    return words;
}

static struct strings values_of(struct op *op, enum option_id id)
{
    if (id == OPT_SERVER)
        return servers(op);
    if (id == OPT_DNS)
        return provider_names(op);
    if (id == OPT_KEY_TYPE)
        return key_kinds(op);
    if (id == OPT_REASON) /* RFC 5280 section 5.3.1, as far as a subscriber may give them */
        return text_split(op, "unspecified keyCompromise affiliationChanged superseded cessationOfOperation",
                          " ");
    return alternatives(op, option_table[id].argument);
}

/* "--config" or "-d | --domain" */
static void add_pattern(struct text *out, const struct option_info *option)
{
    text_add(out, "    ");
    if (option->letter)
        text_add(out, "-%c | ", option->letter);
    text_add(out, "--%s) ", option->name);
}

/* What may stand behind the option: files, folders, words, or nothing that we know. */
static const char *offer(struct op *op, enum option_id id)
{
    const char *argument = option_table[id].argument;
    struct strings words;

    if (text_starts(argument, "FILE") || text_starts(argument, "PATH"))
        return "files=f ;;";
    if (text_starts(argument, "DIR"))
        return "files=d ;;";
    words = values_of(op, id);
    return words.count ? op_text(op, "words='%s' ;;", strings_join(op, &words, " ")) : ";;";
}

const char *bash_values(struct op *op)
{
    struct text out = text_begin(op->arena);

    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (!option_table[id].argument)
            continue;
        add_pattern(&out, &option_table[id]);
        text_add(&out, "%s\n", offer(op, (enum option_id)id));
    }
    return out.data;
}

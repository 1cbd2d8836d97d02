#include "dns01/registry.h"

#include "base/text.h"

#include <string.h>

/* Whether the list "dns_a dns_b" has this word. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (list && *list) {
        size_t part = strcspn(list, " ");

        if (part == length && length && memcmp(list, word, length) == 0)
            return true;
        list += part;
        list += strspn(list, " ");
    }
    return false;
}

const struct provider_entry *provider_find(const char *name)
{
    for (const struct provider_entry *entry = provider_table; entry->name; entry++)
        if (text_same(entry->name, name) || has_word(entry->provider->alias, name))
            return entry;
    return NULL;
}

struct strings provider_names(struct op *op)
{
    struct strings names = { 0 };

    for (const struct provider_entry *entry = provider_table; entry->name; entry++) {
        struct strings aliases = text_split(op, entry->provider->alias ? entry->provider->alias : "", " ");

        strings_add(op, &names, entry->name);
        for (size_t i = 0; i < aliases.count; i++)
            strings_add(op, &names, aliases.at[i]);
    }
    return names;
}

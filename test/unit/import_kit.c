#include "import_kit.h"

#include "family.h"

#include <sys/stat.h>

struct import_scene import_scene(void)
{
    struct import_scene s = { .op = kit_op() };
    struct family f = family(s.op);

    s.run =
        (struct run){ .op = s.op, .store = disk_store(s.op), .conf = conf_parse(s.op, "", "/etc/x.conf") };
    s.dir = here(s.op, "other");
    s.chain = family_pem(s.op, &f);
    s.key = key_pem(s.op, f.leaf.key);
    return s;
}

void import_put(struct import_scene *s, const char *name, const char *content)
{
    char *path = op_text(s->op, "%s/%s", s->dir, name);

    for (char *c = path + 1; *c; c++)
        if (*c == '/') {
            *c = '\0';
            mkdir(path, 0700);
            *c = '/';
        }
    disk_put(path, content, 0600);
}

void import_put_pair(struct import_scene *s, const char *chain, const char *key)
{
    import_put(s, chain, s->chain);
    import_put(s, key, s->key);
}

bool import_of(struct import_scene *s, const char *client)
{
    const struct import_client *c = import_client(s->op, client);

    return c && import_read(s->op, c, s->dir, &s->import);
}

bool import_has(const struct import_cert *cert, const char *words)
{
    for (size_t i = 0; i < cert->lines.count; i++)
        if (strstr(cert->lines.at[i], words))
            return true;
    return false;
}

const char *import_wanted(const struct import_cert *cert, enum option_id id)
{
    return setting(&cert->wanted, id);
}

const char *import_below(struct import_scene *s, const char *name)
{
    return op_text(s->op, "%s/%s", s->dir, name);
}

void import_put_uacme(struct import_scene *s)
{
    import_put(s, "private/key.pem", s->key);
    import_put_pair(s, "a.example/cert.pem", "private/a.example/key.pem");
}

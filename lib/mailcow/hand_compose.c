#include "mailcow/hand.h"

#include "hook.h"

#define LIMIT_MS                                                                                             \
    (2 * 60 * 1000) /* a service has ten seconds to stop, some of them much to do at the start               \
                     */

struct compose {
    struct hand hand;
    const struct mailcow *mailcow;
    bool standalone; /* docker-compose rather than docker compose */
};

static struct strings program(struct op *op, bool standalone)
{
    struct strings words = { 0 };

    strings_add(op, &words, standalone ? "docker-compose" : "docker");
    if (!standalone)
        strings_add(op, &words, "compose");
    return words;
}

static void add_all(struct op *op, struct strings *list, const char *const *words)
{
    for (; *words; words++)
        strings_add(op, list, *words);
}

/* The program with `words`, which end in NULL, for the project in `dir` (NULL: none). */
static bool run(struct op *op, bool standalone, const char *dir, const char *const *words)
{
    struct strings title = program(op, standalone), argv = program(op, standalone);
    struct hook hook = { .limit = LIMIT_MS };
    struct hook_result result;

    if (dir)
        add_all(op, &argv, (const char *const[]){ "--project-directory", dir, NULL });
    add_all(op, &title, words);
    add_all(op, &argv, words);
    strings_add(op, &argv, NULL);
    hook.title = strings_join(op, &title, " ");
    hook.argv = argv.at;
    if (hook_run(op, &hook, &result) && hook_ok(op, ERR_DEPLOY, &hook, &result))
        return true;
    if (op->err.code == ERR_CONFIG)
        op->err.code = ERR_DEPLOY;
    return false;
}

static bool compose(const struct hand *hand, struct op *op, const char *const *words)
{
    const struct compose *self = (const struct compose *)hand;

    return run(op, self->standalone, self->mailcow->dir, words);
}

static bool reload_nginx(const struct hand *hand, struct op *op)
{
    static const char *const words[] = { "exec", "-T", "nginx-mailcow", "nginx", "-s", "reload", NULL };

    return compose(hand, op, words);
}

static bool restart(const struct hand *hand, struct op *op, const char *service)
{
    const char *const words[] = { "restart", service, NULL };

    return compose(hand, op, words);
}

/* False without an error when it does not; why goes to *words. */
static bool works(struct op *op, bool standalone, const char **words)
{
    static const char *const version[] = { "version", NULL };
    struct op *child = op_child(op);
    bool good = run(child, standalone, NULL, version);

    *words = text_dup(op, child->err.text);
    if (child->err.code == ERR_STOPPED || child->err.code == ERR_TIMEOUT)
        op_adopt(op, child);
    op_end(child);
    return good;
}

struct hand *hand_compose(struct op *op, const struct mailcow *mailcow)
{
    struct compose *self = op_new(op, struct compose);
    const char *version = mailcow_value(op, mailcow, "DOCKER_COMPOSE_VERSION");
    const char *first, *second = NULL;

    self->hand = (struct hand){ reload_nginx, restart };
    self->mailcow = mailcow;
    self->standalone = version && text_same(version, "standalone");
    if (works(op, self->standalone, &first))
        return &self->hand;
    self->standalone = !self->standalone;
    if (op_ok(op) && works(op, self->standalone, &second))
        return &self->hand;
    if (op_ok(op)) {
        op_fail(op, ERR_DEPLOY, "docker compose does not work here: %s; %s", first, second);
        op_hint(op, "run mcacme on mailcow's own host, as root or as a member of the group docker");
    }
    return NULL;
}

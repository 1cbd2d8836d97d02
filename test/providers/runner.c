/*
 * The program "providers": plays the transcript of every provider, each case as a test of its own. A case is
 * played once as it stands, and once more for every request in it and every way in which that can go wrong.
 */
#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "dns01/registry.h"
#include "kit.h"
#include "player.h"

#include <dirent.h>
#include <stdlib.h>

#define MOST_CASES 1000u

/* Providers that are tested by real servers or programs on loopback instead. */
static const char *const tested_elsewhere[] = { "rfc2136", "nsupdate",     "knot",  "standalone",
                                                "exec",    "challtestsrv", "acmesh" };

struct test {
    struct kit_test test;
    const char *provider;
    const struct scenario *scenario; /* NULL: `trouble` is the whole test */
    const char *trouble;
};

/* One playing of one case. */
struct run {
    const struct scenario *scenario;
    struct player player;
    struct world world;
    struct op *op; /* of the whole case */
    struct credentials credentials;
    struct instance *instance;
    struct strings names, values, handles; /* what was added so far */
};

static struct test tests[MOST_CASES];
static size_t test_count;

/* "file:NAME" is the path of a file that stands for one of the user's. */
static const char *in_data(struct op *op, const char *value)
{
    return text_starts(value, "file:") ? op_text(op, "%s/data/%s", TRANSCRIPTS, value + strlen("file:"))
                                       : value;
}

static const char *credential_given(const struct credentials *credentials, struct op *op, const char *name)
{
    const struct run *run =
        (const struct run *)((const char *)credentials - offsetof(struct run, credentials));

    for (size_t i = 0; i < run->scenario->names.count; i++)
        if (text_same(run->scenario->names.at[i], name))
            return in_data(op, run->scenario->values.at[i]);
    return NULL;
}

static void remember(struct run *run, const struct record *r)
{
    if (!r->handle)
        return;
    strings_add(run->op, &run->names, r->fqdn);
    strings_add(run->op, &run->values, r->value);
    strings_add(run->op, &run->handles, text_dup(run->op, r->handle));
}

static void recall(const struct run *run, struct record *r)
{
    for (size_t i = 0; i < run->names.count; i++)
        if (text_same(run->names.at[i], r->fqdn) && text_same(run->values.at[i], r->value))
            r->handle = run->handles.at[i];
}

static void fail_at(const struct run *run, const struct action *action, const char *words, const char *more)
{
    const struct player *p = &run->player;
    static const char *const ways[BREAKAGE_COUNT] = { "", "no answer", "status 500", "no JSON",
                                                      "an empty object" };

    if (p->breakage)
        kit_check(false, run->scenario->path, action->line, "with %s to request %zu: %s%s", ways[p->breakage],
                  p->break_at + 1, words, more);
    else
        kit_check(false, run->scenario->path, action->line, "%s%s", words, more);
}

static bool says(const struct op *op, const char *words)
{
    return strstr(op->err.text, words) || (op->err.hint && strstr(op->err.hint, words));
}

/* Whatever goes wrong, and whatever the other side echoes: no secret gets into what the user sees. */
static void check_no_secret(const struct run *run, const struct action *action, struct op *op)
{
    if (secrets_in(op, op->err.text) || secrets_in(op, op->err.hint))
        fail_at(run, action, "a secret in the error: ", op->err.text);
}

static void check_failure(const struct run *run, const struct action *action, struct op *op)
{
    if (op_ok(op)) {
        fail_at(run, action, "it should have failed", "");
        return;
    }
    if (op->err.code != action->code)
        fail_at(run, action, "another error code: ", op->err.text);
    for (size_t i = 0; i < action->words.count; i++)
        if (!says(op, action->words.at[i]))
            fail_at(run, action, op_text(op, "the error lacks \"%s\": ", action->words.at[i]), op->err.text);
    for (size_t i = 0; i < action->no_words.count; i++)
        if (says(op, action->no_words.at[i]))
            fail_at(run, action, op_text(op, "the error has \"%s\": ", action->no_words.at[i]), op->err.text);
}

static void check_outcome(const struct run *run, const struct action *action, struct op *op, bool done,
                          const char *zone)
{
    if (action->outcome == OUTCOME_FAILS)
        check_failure(run, action, op);
    else if (!op_ok(op))
        fail_at(run, action, "it failed: ", op->err.text);
    else if (action->outcome == OUTCOME_NOT_YET ? done : !done)
        fail_at(run, action, done ? "it is settled already" : "it is not settled", "");
    else if (!text_same(zone, action->zone))
        fail_at(run, action, "another zone: ", zone ? zone : "none");
}

/*
 * After the break: the failure is told, unless the transcript says that it does not matter. An answer without
 * sense may do behind a change that was made; it must never be taken for "nothing is there".
 */
static void check_broken(const struct run *run, const struct action *action, struct op *op)
{
    const struct player *p = &run->player;
    const struct exchange *e = action->exchanges[p->break_at - p->played];
    bool harmless = p->breakage != BREAK_LINE && p->breakage != BREAK_SERVER && !text_same(e->method, "GET");

    if (e->may_fail) /* "not yet" cannot be known then, and need not */
        check_outcome(run, action, op, action->outcome != OUTCOME_NOT_YET, action->zone);
    else if (op_ok(op) && !harmless)
        fail_at(run, action, "no error is told", "");
}

static void perform(struct run *run, struct op *op, const struct action *action, bool *done,
                    const char **zone)
{
    struct record *records = op_array(op, MOST_RECORDS, struct record);
    size_t n = action->record_count;

    memcpy(records, action->records, sizeof action->records);
    for (size_t i = 0; action->kind != ACTION_ADD && i < n; i++)
        recall(run, &records[i]);
    if (action->kind == ACTION_ADD)
        instance_add(op, run->instance, records, n);
    else if (action->kind == ACTION_REMOVE)
        instance_remove(op, run->instance, records, n);
    else if (action->kind == ACTION_SETTLED)
        instance_settled(op, run->instance, records, n, done);
    else if (action->kind == ACTION_ZONE)
        *zone = instance_zone(op, run->instance, records->fqdn);
    else if (action->kind == ACTION_CLOSE)
        instance_close(op, run->instance);
    else
        run->handles.count = run->names.count = run->values.count = 0;
    for (size_t i = 0; action->kind == ACTION_ADD && i < n; i++)
        remember(run, &records[i]);
}

/* False when the case cannot go on, for a request was made to fail. */
static bool act(struct run *run, const struct action *action)
{
    struct op *op = op_child(run->op);
    bool broken = run->player.broken, done = true;
    const char *zone = NULL;

    player_begin(&run->player, action);
    perform(run, op, action, &done, &zone);
    check_no_secret(run, action, op);
    broken = run->player.broken && !broken; /* in this very action */
    if (broken)
        check_broken(run, action, op);
    else
        check_outcome(run, action, op, done, zone);
    broken = broken && (run->player.over || !op_ok(op));
    player_end(&run->player);
    op_end(op);
    return !broken;
}

/* Returns the number of exchanges that were played. */
static size_t play_case(const struct test *test, enum breakage breakage, size_t break_at)
{
    struct run run = { .scenario = test->scenario,
                       .world = *kit_world(),
                       .credentials = { credential_given, NULL } };
    const struct scenario *s = test->scenario;
    int64_t began;

    player_init(&run.player);
    run.player.breakage = breakage;
    run.player.break_at = break_at;
    run.world.http = &run.player.http;
    run.op = op_begin(&run.world);
    run.world.secrets = secrets_new(run.op);
    began = op_ticks(run.op);
    run.instance = instance_parse(run.op, test->provider, &run.credentials);
    for (size_t i = 0; i < s->action_count && act(&run, &s->actions[i]);)
        i++;
    player_begin(&run.player, NULL);
    run.player.over = run.player.broken;
    instance_close(run.op, run.instance);
    kit_advance(began - op_ticks(run.op)); /* signatures have the time in them */
    op_end(run.op);
    return run.player.played;
}

static void run_test(void)
{
    const struct test *test = (const struct test *)kit_current();
    size_t exchanges;

    if (!kit_check(test->scenario, test->provider, 0, "%s", test->trouble ? test->trouble : ""))
        return;
    exchanges = play_case(test, BREAK_NOTHING, 0);
    for (size_t i = 0; i < exchanges && !kit_failed(); i++)
        for (enum breakage breakage = BREAK_LINE; breakage < BREAKAGE_COUNT; breakage++)
            play_case(test, breakage, i);
}

static struct world parsing_world;
static struct op *parsing; /* what is read lives to the end of the program */

static void add_test(const char *provider, const struct scenario *scenario, const char *title,
                     const char *trouble)
{
    struct test *test = &tests[test_count++];

    if (test_count == MOST_CASES)
        abort();
    test->test.name = op_text(parsing, "%s: %s", provider, title);
    test->test.run = run_test;
    test->provider = provider;
    test->scenario = scenario;
    test->trouble = trouble;
}

static bool is_tested_elsewhere(const char *provider)
{
    for (size_t i = 0; i < sizeof tested_elsewhere / sizeof *tested_elsewhere; i++)
        if (text_same(tested_elsewhere[i], provider))
            return true;
    return false;
}

static void add_provider(const char *provider)
{
    const char *path = op_text(parsing, "%s/%s.txt", TRANSCRIPTS, provider);
    struct scenario *first;

    if (is_tested_elsewhere(provider))
        return;
    first = transcript_read(parsing, path);
    if (!first)
        add_test(provider, NULL, "its transcript", parsing->err.text);
    op_recover(parsing);
    for (const struct scenario *s = first; s; s = s->next)
        add_test(provider, s, s->title, NULL);
}

/* A transcript that belongs to no provider is never played: somebody misspelt a name. */
static void add_strays(void)
{
    DIR *folder = opendir(TRANSCRIPTS);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        const char *name = text_less(parsing, entry->d_name, ".txt");

        if (name && (!provider_find(name) || is_tested_elsewhere(name)))
            add_test(name, NULL, "its transcript", "a transcript without a provider");
    }
    if (folder)
        closedir(folder);
}

static void clean_up(void)
{
    op_end(parsing);
}

__attribute__((constructor)) static void collect(void)
{
    parsing_world = *kit_world();
    parsing = op_begin(&parsing_world);
    atexit(clean_up);
    for (const struct provider_entry *entry = provider_table; entry->name; entry++)
        add_provider(entry->name);
    add_strays();
    while (test_count) /* the kit runs what was registered last first */
        kit_register(&tests[--test_count].test);
}

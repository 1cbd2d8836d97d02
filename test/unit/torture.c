#include "torture.h"

#include "faults.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the n-th effect ---- */

static size_t bad_effect; /* counted from 1; 0: all are good */
static bool dies;

static bool at_effect(struct world *world, const char *what)
{
    (void)what;
    if (world->effects != bad_effect)
        return true;
    if (dies)
        _exit(0);
    return false;
}

static bool act_in_world(const struct act *act, struct op *op, const struct store *store, size_t n)
{
    bool good;

    bad_effect = n;
    op->world->effects = 0;
    op->world->effect = at_effect;
    good = act->run(op, store);
    op->world->effect = NULL;
    return good;
}

struct life {
    const struct act *act;
    struct op *op;
    const struct store *store;
    size_t n;
};

static void die_at(void *what)
{
    const struct life *life = what;

    act_in_world(life->act, life->op, life->store, life->n);
}

static struct store *fresh_store(struct op *op, const struct act *act)
{
    static unsigned number;
    struct store *store = store_open(op, here(op, op_text(op, "state%u", ++number)));

    if (act->before)
        act->before(op, store);
    CHECK(op_ok(op));
    return store;
}

static void again(const struct act *act, const struct store *store)
{
    struct op *op = op_begin(kit_world());

    act->check(op, store);
    CHECK(act->run(op, store));
    CHECK(op_ok(op));
    act->check(op, store);
    act->done(op, store);
    op_end(op);
}

static void fail_at_nth(const struct act *act, size_t n)
{
    struct op *op = op_begin(kit_world());
    struct store *store = fresh_store(op, act);

    CHECK(!act_in_world(act, op, store, n));
    CHECK_FAILED(op, ERR_STORE, "made to fail");
    again(act, store);
    op_end(op);
}

static void die_at_nth(const struct act *act, size_t n)
{
    struct op *op = op_begin(kit_world());
    struct life life = { act, op, fresh_store(op, act), n };
    int status;

    dies = true;
    status = disk_fork(die_at, &life);
    dies = false;
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    again(act, life.store);
    op_end(op);
}

/* ---- errors of the system ---- */

static const int errors[] = { ENOSPC, EIO, EROFS, EACCES, EMFILE };

/* Only what tidies up may fail in silence: then all must be as if nothing had happened. */
static void meet_error(const struct act *act, size_t n, int error, bool forever)
{
    struct op *op = op_begin(kit_world());
    struct store *store = fresh_store(op, act);
    bool good;

    faults_begin(n, error, forever);
    good = act->run(op, store);
    faults_end();
    CHECK(good == op_ok(op) && faults_hit());
    if (good)
        CHECK_STR(faults_hit(), "unlink");
    if (good)
        act->done(op, store);
    else
        CHECK_FAILED(op, ERR_STORE, strerror(error));
    again(act, store);
    if (kit_failed())
        printf("  (call %zu, %s: %s%s)\n", n, faults_hit(), strerror(error), forever ? ", for ever" : "");
    op_end(op);
}

static size_t calls_of(const struct act *act)
{
    struct op *op = op_begin(kit_world());
    struct store *store = fresh_store(op, act);
    size_t count;

    faults_begin(0, 0, false);
    CHECK(act->run(op, store));
    count = faults_end();
    op_end(op);
    return count;
}

static void meet_errors(const struct act *act)
{
    size_t count = calls_of(act);

    CHECK(count > 0);
    for (size_t n = 1; n <= count && !kit_failed(); n++)
        for (size_t i = 0; i < sizeof errors / sizeof *errors && !kit_failed(); i++) {
            meet_error(act, n, errors[i], false);
            meet_error(act, n, errors[i], true);
        }
}

size_t torture(const struct act *act)
{
    struct op *op = kit_op();
    struct store *store = fresh_store(op, act);
    size_t count;

    CHECK(act_in_world(act, op, store, 0));
    act->check(op, store);
    act->done(op, store);
    count = op->world->effects;
    for (size_t n = 1; n <= count && !kit_failed(); n++) {
        fail_at_nth(act, n);
        die_at_nth(act, n);
        if (kit_failed())
            printf("  (at effect %zu of %zu)\n", n, count);
    }
    meet_errors(act);
    return count;
}

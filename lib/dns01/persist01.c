#include "dns01/persist01.h"

#include "dns01/provider.h"

/* ---- looking ---- */

/* The name servers agree when the best record of each comes to the same. */
static void judge(struct op *op, struct persist_name *name)
{
    for (size_t i = 0; i < name->look.count; i++) {
        const struct view *view = &name->look.views[i];
        struct persist_verdict verdict;

        if (view->failure)
            continue;
        verdict = persist_judge(op, &view->values, &name->wants);
        if (name->view && verdict.state <= name->verdict.state)
            continue;
        name->verdict = verdict;
        name->view = view;
    }
}

bool persist_look(struct op *op, const struct spread_options *options, struct persist_name *names, size_t n)
{
    struct look *looks = op_array(op, n, struct look);

    for (size_t i = 0; i < n; i++)
        looks[i].place.asked = op_text(op, PERSIST_LABEL ".%s", names[i].base);
    TRY(look_at(op, options, looks, n));
    for (size_t i = 0; i < n; i++) {
        names[i].look = looks[i];
        names[i].view = NULL;
        names[i].verdict = (struct persist_verdict){ .state = PERSIST_ABSENT };
        judge(op, &names[i]);
    }
    return op_ok(op);
}

const char *persist_name_words(struct op *op, const struct persist_name *name)
{
    const char *words = persist_words(op, &name->verdict, &name->wants);

    if (!name->view)
        return op_text(op, "no name server answers (%s)", look_failures(op, &name->look));
    if (name->verdict.state == PERSIST_FITS || look_answered(&name->look) < 2)
        return words;
    return op_text(op, "%s (says %s)", words, view_name(name->view));
}

const char *persist_line(struct op *op, const char *base, const struct persist_record *record)
{
    const char *value = persist_write(op, record);

    return value ? op_text(op, PERSIST_LABEL ".%s. IN TXT %s", base, txt_quote(op, value)) : NULL;
}

const char *persist_advice(struct op *op, const struct strings *names)
{
    struct text out = text_begin(op->arena);

    text_add(&out, "mcacme persist publish");
    for (size_t i = 0; i < names->count; i++)
        text_add(&out, text_starts(names->at[i], "*.") ? " -d '%s'" : " -d %s", names->at[i]);
    text_add(&out, " ...");
    return out.data;
}

/* ---- the solver ---- */

static struct persist_name name_of(struct op *op, const struct challenge *challenge)
{
    return (struct persist_name){ .base = challenge->base,
                                  .wants = { .issuers = &challenge->persist.issuers,
                                             .account = challenge->persist.account,
                                             .wildcard = text_starts(challenge->name, "*."),
                                             .now = op_now(op) } };
}

/* The one record that would do for all names of this base. */
static const char *line_for(struct op *op, const struct challenge *const *challenges, size_t n,
                            const struct challenge *bad)
{
    struct persist_record record = { .issuer = bad->persist.issuers.at[0], .account = bad->persist.account };

    for (size_t i = 0; i < n; i++)
        record.wildcard = record.wildcard || (text_same(challenges[i]->base, bad->base) &&
                                              text_starts(challenges[i]->name, "*."));
    return persist_line(op, bad->base, &record);
}

/* The first one that is bad in all words, the others by their names. */
static bool complain(struct op *op, const struct challenge *const *challenges,
                     const struct persist_name *names, size_t n)
{
    struct strings bad = { 0 };
    size_t first = n;

    for (size_t i = n; i-- > 0;)
        first = names[i].verdict.state == PERSIST_FITS ? first : i;
    if (first == n)
        return true;
    for (size_t i = first + 1; i < n; i++)
        if (names[i].verdict.state != PERSIST_FITS)
            strings_add(op, &bad, challenges[i]->name);
    op_fail(op, ERR_PROVIDER, "no record at %s is good for %s: %s%s%s", names[first].look.place.asked,
            challenges[first]->name, persist_name_words(op, &names[first]),
            bad.count ? "; nor is there one for " : "", strings_join(op, &bad, ", "));
    strings_add(op, &bad, challenges[first]->name);
    for (size_t i = 0; i < bad.count; i++)
        op_blame(op, bad.at[i]);
    return op_hint(op, "%s, or put it there yourself: %s", persist_advice(op, &bad),
                   line_for(op, challenges, n, challenges[first]));
}

static void warn(struct op *op, const struct persist_name *name)
{
    if (persist_ends_soon(&name->verdict, name->wants.now))
        op_log(op, LOG_WARN, "the record at %s is %s only: publish it anew", name->look.place.asked,
               persist_name_words(op, name));
}

static bool publish(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                    bool *taken)
{
    const struct persist01 *persist01 = (const struct persist01 *)solver;
    struct persist_name *names = op_array(op, n, struct persist_name);

    for (size_t i = 0; i < n; i++) {
        names[i] = name_of(op, challenges[i]);
        taken[i] = true;
    }
    if (persist01->spread.mode == SPREAD_NONE)
        return op_ok(op);
    op_enter(op, "looking for the records of dns-persist-01");
    if (persist_look(op, &persist01->spread, names, n))
        complain(op, challenges, names, n);
    op_leave(op);
    for (size_t i = 0; op_ok(op) && i < n; i++)
        warn(op, &names[i]);
    return op_ok(op);
}

static bool withdraw(struct solver *solver, struct op *op)
{
    (void)solver;
    return op_ok(op);
}

static const char *type_for(struct solver *solver, const char *name)
{
    (void)solver;
    (void)name;
    return "dns-persist-01";
}

struct solver *persist01_solver(struct persist01 *persist01)
{
    persist01->solver = (struct solver){ .type_for = type_for, .publish = publish, .withdraw = withdraw };
    return &persist01->solver;
}

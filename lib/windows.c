#include "windows.h"

#include "acme/ari.h"
#include "certify.h"

#define DAY  86400
#define HOUR 3600

/* One certificate among those that are asked for. */
struct view {
    struct window_look *look;
    struct desk *desk;       /* NULL: done, or not to be asked */
    const char *serial, *id; /* id: what the CA knows it by (section 4.1); NULL: it has none */
};

bool window_wanted(const struct op *op, const struct lineage *lineage, const char *serial)
{
    const struct lineage_ari *ari = &lineage->ari;
    int64_t now = op_now(op);

    if (lineage->off || lineage->revoked)
        return false;
    /* An answer from a time ahead of us was kept by a clock that was wrong. */
    return !text_same(ari->serial, serial) || now >= ari->look_at || ari->look_at > now + 2 * DAY;
}

/* Under the certificate's lock; one that a run is at work on is left for the next time. */
static bool keep(struct run *run, struct op *op, struct view *view, const struct lineage_ari *ari)
{
    struct lineage *lineage = view->look->lineage, now;
    struct op *aside = op_child(op);

    if (store_lock_cert(aside, run->store, lineage->name, -1) &&
        lineage_load(aside, run->store, lineage->name, &now)) {
        now.ari = *ari;
        lineage_save(aside, run->store, &now);
    }
    if (!op_ok(aside))
        op_log(op, LOG_INFO, "%s", aside->err.text);
    op_end(aside);
    lineage->ari = *ari;
    return op_alive(op);
}

static bool take(struct run *run, struct op *op, struct view *view, const struct ari *answer)
{
    struct op *own = view->look->op;
    struct lineage_ari ari = view->look->lineage->ari;
    bool same = answer->known && text_same(ari.serial, view->serial) && ari.start == answer->start &&
                ari.end == answer->end;

    ari.look_at = answer->look_at;
    if (!answer->known)
        op_log(op, LOG_INFO, "%s: no renewal window (%s)", view->look->lineage->name, answer->failure);
    if (!text_same(ari.serial, view->serial)) /* of a certificate before this one */
        ari.start = ari.end = ari.chosen = 0;
    if (answer->known && !same) {
        ari.start = answer->start;
        ari.end = answer->end;
        ari.chosen = ari_choose(own, answer);
    }
    if (answer->known)
        ari.explanation = text_dup(own, answer->explanation);
    ari.serial = text_dup(own, view->serial);
    return op_ok(own) && keep(run, op, view, &ari);
}

/* Without an answer: the CA does not do this, cannot be reached, or the certificate has no identifier. */
static bool put_off(struct run *run, struct op *op, struct view *view, int64_t pause, const char *why)
{
    struct ari answer = { .look_at = op_now(op) + pause, .failure = why };

    return take(run, op, view, &answer);
}

static bool open_view(struct run *run, struct view *view)
{
    struct window_look *look = view->look;
    struct op *op = op_child(look->op);
    struct policy policy = { 0 };
    struct cert cert;

    if (certificate_held(op, run->store, look->lineage->name, &cert) &&
        policy_read_ca(op, look->settings, run->conf, &policy)) {
        view->serial = text_dup(look->op, cert.serial);
        view->id = text_dup(look->op, cert.ari_id);
        view->desk = run_desk(run, op, &policy, look->settings);
    }
    if (view->desk)
        desk_reach(view->desk, op, &policy);
    op_end(op);
    return view->desk != NULL;
}

/* All certificates of one desk in one go. */
static bool ask(struct run *run, struct op *op, struct desk *desk, struct view *views, size_t n)
{
    struct view **asked = op_array(op, n, struct view *);
    const char **ids = op_array(op, n, const char *);
    struct ari *answers;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (views[i].desk != desk)
            continue;
        views[i].desk = NULL;
        if (!desk->ca)
            TRY(put_off(run, op, &views[i], HOUR, "the CA cannot be reached"));
        else if (!desk->ca->renewal_info || !views[i].id)
            TRY(put_off(run, op, &views[i], DAY, "the CA does not offer it"));
        else
            (asked[count] = &views[i], ids[count++] = views[i].id);
    }
    answers = op_array(op, count, struct ari);
    op->world = &desk->world;
    TRY(!count || ari_fetch(op, desk->ca, ids, answers, count));
    for (size_t i = 0; i < count; i++)
        TRY(take(run, op, asked[i], &answers[i]));
    return true;
}

bool windows_refresh(struct run *run, struct op *op, struct window_look *looks, size_t n)
{
    struct view *views = op_array(op, n, struct view);

    for (size_t i = 0; i < n; i++) {
        views[i].look = &looks[i];
        open_view(run, &views[i]);
    }
    for (size_t i = 0; i < n; i++) {
        struct op *child = op_child(op);
        bool good = !views[i].desk || ask(run, child, views[i].desk, views, n);

        if (!good)
            op_log(op, LOG_INFO, "%s",
                   child->err.text ? child->err.text : "the renewal windows are not known");
        op_end(child);
        TRY(op_alive(op));
    }
    return true;
}

/* What is to be done next with an order: the cases one by one, and walks against a CA that acts at random. */
#include "acme/order.h"

#include "kit.h"

#include <stdio.h>

/* ---- case by case ---- */

/* Authorizations in shorthand: '?' unread, 'o' to publish, 'p' published, 'a' answered, or how it ended. */
static void fill(struct authz *authz, char mark)
{
    *authz = (struct authz){ .read = mark != '?' };
    authz->published = mark == 'p' || mark == 'a';
    authz->answered = mark == 'a';
    authz->status = mark == 'v'   ? AUTHZ_VALID
                    : mark == 'i' ? AUTHZ_INVALID
                    : mark == 'd' ? AUTHZ_DEACTIVATED
                    : mark == 'e' ? AUTHZ_EXPIRED
                    : mark == 'r' ? AUTHZ_REVOKED
                                  : AUTHZ_PENDING;
}

static enum todo next(enum order_status status, const char *marks)
{
    struct authz authzs[8];
    struct order order = { .status = status, .authzs = authzs, .authz_count = strlen(marks) };

    for (size_t i = 0; marks[i]; i++)
        fill(&authzs[i], marks[i]);
    return order_next(&order);
}

TEST(order_next_of_a_pending_order)
{
    static const struct {
        const char *authzs;
        enum todo todo;
    } cases[] = {
        { "?", TODO_READ },    { "??", TODO_READ },   { "v?", TODO_READ },       { "p?", TODO_READ },
        { "i?", TODO_READ },   { "o", TODO_PUBLISH }, { "ov", TODO_PUBLISH },    { "p", TODO_ANSWER },
        { "po", TODO_ANSWER }, { "pa", TODO_ANSWER }, { "ao", TODO_WAIT_AUTHZ }, { "avo", TODO_WAIT_AUTHZ },
        { "a", TODO_WAIT },    { "av", TODO_WAIT },   { "v", TODO_WAIT },        { "vvv", TODO_WAIT },
        { "i", TODO_FAIL },    { "d", TODO_FAIL },    { "e", TODO_FAIL },        { "r", TODO_FAIL },
        { "vvi", TODO_FAIL },  { "pi", TODO_FAIL },   { "oi", TODO_FAIL },       { "ai", TODO_FAIL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        kit_check(next(ORDER_PENDING, cases[i].authzs) == cases[i].todo, __FILE__, __LINE__, "%s: %d",
                  cases[i].authzs, (int)next(ORDER_PENDING, cases[i].authzs));
}

TEST(order_next_of_an_order_past_its_proofs_looks_at_no_authorization)
{
    static const char *const any[] = { "?", "o", "p", "a", "v", "i" };

    for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
        CHECK_INT(next(ORDER_READY, any[i]), TODO_FINALIZE);
        CHECK_INT(next(ORDER_PROCESSING, any[i]), TODO_WAIT);
        CHECK_INT(next(ORDER_VALID, any[i]), TODO_DOWNLOAD);
        CHECK_INT(next(ORDER_INVALID, any[i]), TODO_FAIL);
    }
}

TEST(order_is_finalized_and_downloaded_once)
{
    struct order order = { .status = ORDER_READY, .finalized = true };

    CHECK_INT(order_next(&order), TODO_WAIT);
    order.status = ORDER_VALID;
    CHECK_INT(order_next(&order), TODO_DOWNLOAD);
    order.downloaded = true;
    CHECK_INT(order_next(&order), TODO_DONE);
    order.status = ORDER_INVALID;
    CHECK_INT(order_next(&order), TODO_FAIL);
}

TEST(order_statuses_are_exactly_those_of_the_rfc)
{
    static const char *const others[] = {
        "", "Pending", "pending ", "valid\n", "unknown", "deactivated", NULL
    };
    enum order_status order = ORDER_VALID;
    enum authz_status authz = AUTHZ_VALID;

    CHECK(order_status_parse("pending", &order) && order == ORDER_PENDING);
    CHECK(order_status_parse("ready", &order) && order == ORDER_READY);
    CHECK(order_status_parse("processing", &order) && order == ORDER_PROCESSING);
    CHECK(order_status_parse("valid", &order) && order == ORDER_VALID);
    CHECK(order_status_parse("invalid", &order) && order == ORDER_INVALID);
    for (size_t i = 0; others[i]; i++)
        CHECK(!order_status_parse(others[i], &order) && order == ORDER_INVALID);
    CHECK(!order_status_parse(NULL, &order));
    CHECK(authz_status_parse("pending", &authz) && authz == AUTHZ_PENDING);
    CHECK(authz_status_parse("valid", &authz) && authz == AUTHZ_VALID);
    CHECK(authz_status_parse("invalid", &authz) && authz == AUTHZ_INVALID);
    CHECK(authz_status_parse("deactivated", &authz) && authz == AUTHZ_DEACTIVATED);
    CHECK(authz_status_parse("expired", &authz) && authz == AUTHZ_EXPIRED);
    CHECK(authz_status_parse("revoked", &authz) && authz == AUTHZ_REVOKED);
    CHECK(!authz_status_parse("ready", &authz) && !authz_status_parse(NULL, &authz));
    CHECK_INT(authz, AUTHZ_REVOKED);
}

/* ---- at random ---- */

#define WALKS  20000u
#define AUTHZS 6u
#define OLD    60u
#define STEPS  80u /* more than any walk may take */

/* The CA's side of a walk. `evil` lets it take back what it has said, and forget what it was told. */
struct walk {
    uint64_t seed;
    bool evil, serial;
    struct order order; /* as we know it */
    struct authz known[AUTHZS];
    struct {
        enum authz_status status, fate;
        bool told;
    } at[AUTHZS]; /* as it is, by authz.url - name */
    enum order_status status, fate;
    unsigned patience; /* polls until the CA stops dawdling */
    unsigned age;      /* orders do not live for ever */
    unsigned finalized, downloaded;
    const char *fault;
};

static const char urls[AUTHZS][2] = { "0", "1", "2", "3", "4", "5" };

static unsigned dice(struct walk *w, unsigned sides)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return (unsigned)(w->seed % sides);
}

static void wrong(struct walk *w, bool is_wrong, const char *what)
{
    if (is_wrong && !w->fault)
        w->fault = what;
}

static size_t place_of(const struct authz *authz)
{
    return (size_t)(authz->url[0] - '0');
}

static void read_one(struct walk *w, struct authz *authz)
{
    size_t i = place_of(authz);

    authz->read = true;
    authz->status = w->at[i].status;
    if (w->evil && dice(w, 30) == 0)
        authz->status = (enum authz_status)dice(w, AUTHZ_REVOKED + 1);
    authz->answered = authz->answered || (w->at[i].told && authz_open(authz));
}

static void act_read(struct walk *w, bool again)
{
    unsigned read = 0;

    for (size_t i = 0; i < w->order.authz_count; i++) {
        struct authz *a = &w->known[i];

        if (again ? !(a->answered && authz_open(a)) : a->read)
            continue;
        read_one(w, a);
        read++;
    }
    wrong(w, !read, "read without anything to read");
}

static void act_publish(struct walk *w)
{
    unsigned taken = 0;

    for (size_t i = 0; i < w->order.authz_count; i++) {
        struct authz *a = &w->known[i];

        wrong(w, !a->read, "published before all were read");
        if (!authz_open(a) || a->answered || a->published)
            continue;
        wrong(w, a->status == AUTHZ_VALID, "published what is valid");
        a->published = !w->serial || !taken || dice(w, 2);
        taken += a->published;
    }
    wrong(w, !taken, "published nothing");
}

static void act_answer(struct walk *w)
{
    unsigned answered = 0;

    for (size_t i = 0; i < w->order.authz_count; i++) {
        struct authz *a = &w->known[i];

        if (!authz_open(a) || a->answered || !a->published)
            continue;
        wrong(w, w->at[place_of(a)].told && !w->evil, "answered twice");
        w->at[place_of(a)].told = a->answered = true;
        answered++;
    }
    wrong(w, !answered, "answered what is not published");
}

/* The CA works for a while, in any order; after enough polls it comes to an end. */
static void time_passes(struct walk *w)
{
    bool hurry = !w->patience || !--w->patience;
    size_t valid = 0, bad = 0;

    for (size_t i = 0; i < w->order.authz_count; i++) {
        if (w->at[i].status == AUTHZ_PENDING && w->at[i].told && (hurry || dice(w, 3) == 0))
            w->at[i].status = w->at[i].fate;
        valid += w->at[i].status == AUTHZ_VALID;
        bad += w->at[i].status != AUTHZ_VALID && w->at[i].status != AUTHZ_PENDING;
    }
    if (w->status == ORDER_PENDING && bad)
        w->status = ORDER_INVALID;
    else if (w->status == ORDER_PENDING && valid == w->order.authz_count)
        w->status = ORDER_READY;
    else if (w->status == ORDER_PROCESSING && (hurry || dice(w, 3) == 0))
        w->status = w->fate;
    if (++w->age > OLD && w->status != ORDER_VALID)
        w->status = ORDER_INVALID;
}

static void shuffle(struct walk *w)
{
    for (size_t i = w->order.authz_count; i > 1; i--) {
        size_t j = dice(w, (unsigned)i);
        struct authz swap = w->known[i - 1];

        w->known[i - 1] = w->known[j];
        w->known[j] = swap;
    }
}

static void see_order(struct walk *w)
{
    w->order.status = w->status;
    if (w->evil && w->patience && dice(w, 6) == 0)
        w->order.status = (enum order_status)dice(w, ORDER_INVALID + 1);
    shuffle(w);
}

static void act_finalize(struct walk *w)
{
    wrong(w, w->order.status != ORDER_READY, "finalized an order that is not ready");
    wrong(w, w->finalized++ > 0, "finalized twice");
    w->order.finalized = true;
    if (w->status == ORDER_READY)
        w->status = dice(w, 3) ? ORDER_PROCESSING : w->fate;
    if (w->evil && dice(w, 10) == 0)
        w->status = ORDER_INVALID;
    see_order(w);
}

static void act_download(struct walk *w)
{
    wrong(w, w->order.status != ORDER_VALID, "downloaded from an order that is not valid");
    wrong(w, w->downloaded++ > 0, "downloaded twice");
    w->order.downloaded = true;
}

static void act(struct walk *w, enum todo todo)
{
    time_passes(w);
    switch (todo) {
    case TODO_READ:
        act_read(w, false);
        break;
    case TODO_WAIT_AUTHZ:
        act_read(w, true);
        break;
    case TODO_PUBLISH:
        act_publish(w);
        break;
    case TODO_ANSWER:
        act_answer(w);
        break;
    case TODO_WAIT:
        see_order(w);
        break;
    case TODO_FINALIZE:
        act_finalize(w);
        break;
    case TODO_DOWNLOAD:
        act_download(w);
        break;
    case TODO_DONE:
        wrong(w, !w->downloaded, "done without a download");
        break;
    case TODO_FAIL:
        break;
    }
}

static struct walk *walk_begin(struct walk *w, unsigned number, bool evil)
{
    *w = (struct walk){ .seed = 0x9e3779b97f4a7c15u * (number + 1), .evil = evil };
    w->order.authzs = w->known;
    w->order.authz_count = 1 + dice(w, AUTHZS);
    w->serial = dice(w, 2);
    w->patience = 1 + dice(w, 20);
    w->fate = dice(w, 10) ? ORDER_VALID : ORDER_INVALID;
    for (size_t i = 0; i < w->order.authz_count; i++) {
        w->known[i].url = urls[i];
        w->at[i].status = dice(w, 4) ? AUTHZ_PENDING : AUTHZ_VALID;
        w->at[i].fate = dice(w, 20) ? AUTHZ_VALID : AUTHZ_INVALID;
        w->at[i].told = w->at[i].status == AUTHZ_PENDING && dice(w, 8) == 0; /* by a former run */
    }
    return w;
}

/* The last thing to do, or TODO_WAIT when the walk does not come to an end. */
static enum todo walk(struct walk *w)
{
    for (unsigned step = 0; step < STEPS; step++) {
        enum todo todo = order_next(&w->order);

        act(w, todo);
        if (todo == TODO_DONE || todo == TODO_FAIL)
            return todo;
    }
    return TODO_WAIT;
}

static bool all_well(const struct walk *w)
{
    bool well = w->fate == ORDER_VALID;

    for (size_t i = 0; i < w->order.authz_count; i++)
        well = well && (w->at[i].status == AUTHZ_VALID || w->at[i].fate == AUTHZ_VALID);
    return well;
}

TEST(order_walks_end_where_the_ca_wants_them_to_in_whatever_order_it_acts)
{
    unsigned done = 0;

    for (unsigned i = 0; i < WALKS && !kit_failed(); i++) {
        struct walk w;
        enum todo wanted = all_well(walk_begin(&w, i, false)) ? TODO_DONE : TODO_FAIL;
        enum todo end = walk(&w);

        kit_check(!w.fault && end == wanted, __FILE__, __LINE__, "walk %u: %d, not %d; %s", i, (int)end,
                  (int)wanted, w.fault ? w.fault : "no fault");
        done += end == TODO_DONE;
    }
    CHECK(done > WALKS / 4 && done < WALKS * 19 / 20); /* both ends were reached often */
}

TEST(order_the_same_fates_have_the_same_end_whatever_the_interleaving)
{
    for (unsigned i = 0; i < WALKS / 10 && !kit_failed(); i++) {
        struct walk first, other;
        enum todo end;

        walk_begin(&first, i, false);
        end = walk(&first);
        for (unsigned k = 1; k <= 10; k++) {
            walk_begin(&other, i, false);
            other.seed += k * 0x2545f4914f6cdd1du;
            other.serial = k % 2;
            CHECK_INT(walk(&other), end);
        }
    }
}

TEST(order_walks_with_a_ca_that_breaks_the_rules_end_all_the_same)
{
    for (unsigned i = 0; i < WALKS && !kit_failed(); i++) {
        struct walk w;
        enum todo end = walk(walk_begin(&w, i, true));

        kit_check(!w.fault && end != TODO_WAIT, __FILE__, __LINE__, "walk %u: %d; %s", i, (int)end,
                  w.fault ? w.fault : "no fault");
    }
}

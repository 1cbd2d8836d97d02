/* Who is asked when, what is kept of the answers, and that nothing which goes wrong stops anybody. */
#include "windows.h"

#include "base/clock.h"
#include "crypto/der.h"
#include "disk.h"
#include "material.h"
#include "net/http.h"

#define NOW  1795564800 /* 2026-11-25 */
#define DAY  86400
#define HOUR 3600
#define CA   "https://ca.test/dir"
#define MOST 4u
#define PLAIN                                                                                                \
    "{\"newNonce\": \"https://ca.test/n\", \"newAccount\": \"https://ca.test/a\", "                          \
    "\"newOrder\": \"https://ca.test/o\", \"revokeCert\": \"https://ca.test/r\""

/* A CA that has a directory and windows, the same one for each certificate. */
static struct page {
    struct http http;
    bool away, no_windows;
    long status;
    const char *window, *retry_after;
    unsigned directories, asked, rounds;
} page;

static void answer_one(struct op *op, const struct http_request *request, struct http_response *response)
{
    struct http_header *header = op_array(op, 2, struct http_header);
    bool directory = text_same(request->url, CA);

    page.directories += directory;
    page.asked += !directory;
    if (page.away) {
        *response = (struct http_response){ .failure = "Could not connect to server" };
        return;
    }
    header[0] = (struct http_header){ "Content-Type", "application/json" };
    header[1] = (struct http_header){ "Retry-After", page.retry_after };
    *response = (struct http_response){ .status = directory ? 200 : page.status,
                                        .headers = header,
                                        .header_count = !directory && page.retry_after ? 2 : 1 };
    response->body = !directory        ? page.window
                     : page.no_windows ? PLAIN "}"
                                       : PLAIN ", \"renewalInfo\": \"https://ca.test/ari\"}";
    response->length = strlen(response->body);
}

static bool answer(struct http *http, struct op *op, const struct http_request *requests,
                   struct http_response *responses, size_t n)
{
    (void)http;
    page.rounds++;
    for (size_t i = 0; i < n; i++)
        answer_one(op, &requests[i], &responses[i]);
    return true;
}

struct scene {
    struct op *op;
    struct run run;
    struct settings settings;
    struct lineage lineages[MOST];
    size_t count;
};

static void put_desk(struct scene *s)
{
    struct desk *desk = op_new(s->op, struct desk);

    desk->key = CA "||";
    desk->world = *s->op->world;
    desk->world.http = &page.http;
    desk->op = kit_op();
    desk->op->world = &desk->world;
    s->run.desks = desk;
}

static struct scene begin(void)
{
    struct scene s = { .op = kit_op() };

    page = (struct page){ .http.run = answer, .status = 200, .retry_after = "21600" };
    page.window =
        "{\"suggestedWindow\": {\"start\": \"2027-01-01T00:00:00Z\", \"end\": \"2027-01-02T00:00:00Z\"}}";
    s.run =
        (struct run){ .op = s.op, .store = disk_store(s.op), .conf = conf_parse(s.op, "", "/etc/x.conf") };
    settings_add(s.op, &s.settings, OPT_SERVER, CA);
    put_desk(&s);
    return s;
}

/* One that is held, with a key identifier of its issuer unless `bare`. */
static struct lineage *hold(struct scene *s, const char *name, bool bare)
{
    static const uint8_t id[] = { 1, 2, 3, 4 };
    const struct key *key = fixture_key(s->op, "ec256.pem");
    struct bytes authority =
        der_wrap(s->op, DER_SEQUENCE, der_wrap(s->op, DER_CONTEXT(0), (struct bytes){ id, sizeof id }));
    struct forged wish = { .key = key,
                           .signer = key,
                           .subject = name,
                           .issuer = "Some CA",
                           .from = "261125000000Z",
                           .until = "270223000000Z",
                           .names = san_dns(s->op, name),
                           .extensions = extension(s->op, "2.5.29.35", authority) };
    struct lineage *lineage = &s->lineages[s->count++];
    struct generation gen = { .key_pem = key_pem(s->op, key), .chain_pem = "", .meta_json = "{}" };

    if (bare)
        wish.extensions = (struct bytes){ 0 };
    gen.cert_pem = gen.fullchain_pem = forge_pem(s->op, &wish);
    *lineage = (struct lineage){ .name = name, .wanted = s->settings, .held = true };
    CHECK(generation_install(s->op, s->run.store, name, &gen) && lineage_save(s->op, s->run.store, lineage));
    return lineage;
}

static void refresh(struct scene *s)
{
    struct window_look looks[MOST];
    struct op *op = op_child(s->op);

    for (size_t i = 0; i < s->count; i++)
        looks[i] = (struct window_look){ s->op, &s->settings, &s->lineages[i] };
    CHECK(windows_refresh(&s->run, op, looks, s->count));
    op_end(op);
}

/* What the disk has of it, which must be what the lineage in hand has. */
static struct lineage_ari kept(struct scene *s, const struct lineage *lineage)
{
    struct lineage there;

    CHECK(lineage_load(s->op, s->run.store, lineage->name, &there));
    CHECK_STR(there.ari.serial, lineage->ari.serial);
    CHECK_INT(there.ari.chosen, lineage->ari.chosen);
    CHECK_INT(there.ari.look_at, lineage->ari.look_at);
    return there.ari;
}

TEST(windows_are_asked_for_together_and_kept)
{
    struct scene s = begin();
    struct lineage_ari ari;

    hold(&s, "a.example", false);
    hold(&s, "b.example", false);
    refresh(&s);
    CHECK_INT(page.directories, 1);
    CHECK_INT(page.asked, 2);
    CHECK_INT(page.rounds, 2); /* the directory, and all windows at once */
    ari = kept(&s, &s.lineages[1]);
    CHECK(ari.start < ari.end && ari.chosen >= ari.start && ari.chosen <= ari.end);
    CHECK_INT(ari.look_at, NOW + 6 * HOUR);
    CHECK_STR(ari.serial, "4d");
}

/* The random time is chosen once for a window: to ask again does not move it. */
TEST(windows_that_stay_keep_their_time)
{
    struct scene s = begin();
    const struct lineage *one = hold(&s, "a.example", false);
    int64_t chosen;

    refresh(&s);
    chosen = one->ari.chosen;
    kit_advance(7 * HOUR * 1000);
    refresh(&s);
    CHECK_INT(kept(&s, one).chosen, chosen);
    CHECK_INT(one->ari.look_at, NOW + 13 * HOUR);
    page.window =
        "{\"suggestedWindow\": {\"start\": \"2026-11-26T00:00:00Z\", \"end\": \"2026-11-26T01:00:00Z\"},"
        " \"explanationURL\": \"https://ca.test/why\"}";
    refresh(&s);
    CHECK_INT(kept(&s, one).start, NOW + DAY);
    CHECK(one->ari.chosen >= NOW + DAY && one->ari.chosen <= NOW + DAY + HOUR);
    CHECK_STR(one->ari.explanation, "https://ca.test/why");
}

/* An answer that is none leaves the former window in force, until the next look. */
TEST(windows_that_cannot_be_read)
{
    static const struct {
        long status;
        const char *window, *retry_after;
    } cases[] = {
        { 500, "oops", NULL }, { 200, "[\"never\", {}", NULL }, { 503, "busy", "7200" }, { 200, "{}", NULL }
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene s = begin();
        const struct lineage *one = hold(&s, "a.example", false);
        int64_t chosen;

        refresh(&s);
        chosen = one->ari.chosen;
        page.status = cases[i].status;
        page.window = cases[i].window;
        page.retry_after = cases[i].retry_after;
        refresh(&s);
        CHECK_INT(kept(&s, one).chosen, chosen);
        CHECK(one->ari.look_at > NOW && one->ari.look_at <= NOW + DAY);
        CHECK(!cases[i].retry_after || one->ari.look_at == NOW + 7200);
    }
}

TEST(windows_of_a_ca_that_is_away)
{
    struct scene s = begin();
    const struct lineage *one = hold(&s, "a.example", false);

    page.away = true;
    refresh(&s);
    CHECK_INT(page.asked, 0);
    CHECK(kept(&s, one).look_at >= NOW + HOUR &&
          one->ari.look_at < NOW + HOUR + 60); /* it was tried for a while */
    CHECK_INT(one->ari.chosen, 0);
}

TEST(windows_of_a_ca_that_has_none)
{
    struct scene s = begin();
    const struct lineage *one = hold(&s, "a.example", false);

    page.no_windows = true;
    refresh(&s);
    CHECK_INT(page.asked, 0);
    CHECK_INT(kept(&s, one).look_at, NOW + DAY);
}

/* A certificate without the issuer's key identifier has no name that the CA could be asked by (section 4.1).
 */
TEST(windows_of_a_certificate_without_identifier)
{
    struct scene s = begin();

    hold(&s, "a.example", false);
    hold(&s, "bare.example", true);
    refresh(&s);
    CHECK_INT(page.asked, 1);
    CHECK_INT(kept(&s, &s.lineages[1]).look_at, NOW + DAY);
    CHECK(s.lineages[0].ari.chosen > 0);
}

/* What was said of a certificate that is no more goes with it. */
TEST(windows_of_a_former_certificate)
{
    struct scene s = begin();
    struct lineage *one = hold(&s, "a.example", false);

    one->ari = (struct lineage_ari){ .serial = "99", .start = 1, .end = 2, .chosen = 1, .renewed_at = 3 };
    page.status = 500;
    refresh(&s);
    CHECK_STR(kept(&s, one).serial, "4d");
    CHECK_INT(one->ari.chosen, 0);
    CHECK_INT(one->ari.renewed_at, 3); /* that is about renewals, not about this certificate */
}

/* Another run is at work on one of them: that one is told in the log, the others are kept. */
TEST(windows_with_a_certificate_in_use)
{
    struct scene s = begin();
    struct op *other = op_child(s.op);
    struct lineage there;

    hold(&s, "a.example", false);
    hold(&s, "b.example", false);
    CHECK(store_lock_cert(other, s.run.store, "a.example", 0));
    refresh(&s);
    CHECK(lineage_load(s.op, s.run.store, "a.example", &there) && !there.ari.serial);
    CHECK(s.lineages[0].ari.chosen > 0); /* this run knows it, and decides by it */
    CHECK(kept(&s, &s.lineages[1]).chosen > 0);
    op_end(other);
}

TEST(windows_wanted)
{
    static const struct {
        struct lineage lineage;
        bool wanted;
    } cases[] = {
        { { .ari = { 0 } }, true },
        { { .ari = { .serial = "4d", .look_at = NOW + 1 } }, false },
        { { .ari = { .serial = "4d", .look_at = NOW } }, true },
        { { .ari = { .serial = "4e", .look_at = NOW + 1 } }, true },       /* of another certificate */
        { { .ari = { .serial = "4d", .look_at = NOW + 3 * DAY } }, true }, /* by a clock that was wrong */
        { { .off = true }, false },
        { { .revoked = true }, false },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(window_wanted(op, &cases[i].lineage, "4d"), cases[i].wanted);
}

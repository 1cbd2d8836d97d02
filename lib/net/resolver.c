#include "net/resolver.h"

#include "base/text.h"
#include "net/flight.h"
#include "net/resolv_conf.h"

#include <poll.h>
#include <sys/socket.h>

#define MOST_AT_ONCE 64  /* open sockets */
#define SLICE_MS     250 /* how long a signal may go unnoticed */

struct system {
    struct resolver door;
    struct strings servers;
    struct pace pace;
};

/* The questions of one run: those in the air, and those that wait for their place. */
struct run {
    struct flight *flights;
    size_t count, begun;
    struct flight *flying[MOST_AT_ONCE];
    size_t flying_count;
};

static void fill(struct run *run)
{
    size_t still = 0;

    for (size_t i = 0; i < run->flying_count; i++)
        if (run->flying[i]->flying)
            run->flying[still++] = run->flying[i];
    while (still < MOST_AT_ONCE && run->begun < run->count) {
        struct flight *f = &run->flights[run->begun++];

        flight_begin(f, dns_socket_clock());
        if (f->flying)
            run->flying[still++] = f;
    }
    run->flying_count = still;
}

static int time_out(const struct op *op, const struct run *run)
{
    int64_t now = dns_socket_clock(), wait = SLICE_MS;

    if (op_time_left(op) < wait)
        wait = op_time_left(op);
    for (size_t i = 0; i < run->flying_count; i++)
        if (run->flying[i]->attempt_end - now < wait)
            wait = run->flying[i]->attempt_end - now;
    return wait > 0 ? (int)wait : 0;
}

static void wait_for_some(const struct op *op, struct run *run)
{
    struct pollfd fds[MOST_AT_ONCE];
    int ready;
    int64_t now;

    for (size_t i = 0; i < run->flying_count; i++) {
        const struct dns_socket *s = &run->flying[i]->socket;

        fds[i] = (struct pollfd){ .fd = s->fd, .events = dns_socket_events(s) };
    }
    ready = poll(fds, run->flying_count, time_out(op, run));
    now = dns_socket_clock();
    for (size_t i = 0; i < run->flying_count; i++) {
        struct flight *f = run->flying[i];

        if (ready > 0 && fds[i].revents)
            flight_ready(f, now);
        if (f->flying && now >= f->attempt_end) /* also in a flood of packets that are not for us */
            flight_late(f, now);
    }
}

static void fly(struct op *op, struct run *run)
{
    for (fill(run); run->flying_count && op_alive(op); fill(run))
        wait_for_some(op, run);
    for (size_t i = 0; i < run->flying_count; i++)
        dns_socket_close(&run->flying[i]->socket);
}

static void log_answer(struct op *op, const struct dns_query *q)
{
    const char *type = dns_type_name(op, q->type);

    if (q->answered)
        op_log(op, LOG_DEBUG, "dns: %s %s: %s, %zu in the answer, from %s", q->name, type,
               dns_rcode_name(q->answer.rcode), q->answer.answer.count, q->server);
    else
        op_log(op, LOG_DEBUG, "dns: %s %s: %s", q->name, type, q->failure);
}

/* Readies a query, or refuses it: a name that is none never flies. */
static bool ready(struct dns_query *q)
{
    q->answered = false;
    q->server = NULL;
    q->answer = (struct dns_message){ 0 };
    q->failure = q->name && dns_name_ok(q->name) ? NULL : "not a DNS name";
    return !q->failure;
}

static bool run_in(struct op *op, struct op *scratch, const struct system *system, struct dns_query *queries,
                   size_t n)
{
    struct run run = { .flights = op_array(scratch, n, struct flight) };

    for (size_t i = 0; i < n; i++)
        if (ready(&queries[i]))
            run.flights[run.count++] = (struct flight){
                .op = op,
                .scratch = scratch,
                .pace = &system->pace,
                .query = &queries[i],
                .servers = queries[i].servers ? queries[i].servers : &system->servers,
            };
    fly(op, &run);
    return op_adopt(op, scratch) && op_ok(op);
}

static bool run_system(struct resolver *resolver, struct op *op, struct dns_query *queries, size_t n)
{
    const struct system *system = (const struct system *)(const void *)resolver;
    struct op *scratch = op_child(op);
    bool good = run_in(op, scratch, system, queries, n);

    op_end(scratch);
    for (size_t i = 0; i < n && good; i++)
        log_answer(op, &queries[i]);
    return good;
}

bool resolver_run(struct op *op, struct dns_query *queries, size_t n)
{
    struct resolver *resolver = op->world->resolver;

    if (!n)
        return op_ok(op);
    TRY(op_effect(op, "DNS query"));
    if (!resolver)
        return op_fail(op, ERR_INTERNAL, "a DNS question without a resolver");
    return resolver->run(resolver, op, queries, n);
}

struct resolver *resolver_paced(struct op *op, const struct strings *servers, const struct pace *pace)
{
    struct system *system = op_new(op, struct system);
    struct sockaddr_storage address;
    unsigned length;

    for (size_t i = 0; servers && i < servers->count; i++)
        if (!dns_address(servers->at[i], 53, &address, &length)) {
            op_fail(op, ERR_CONFIG, "the resolver \"%s\" is not an address", servers->at[i]);
            op_hint(op, "write 192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353");
            return NULL;
        }
    system->door.run = run_system;
    system->pace = *pace;
    system->servers = servers && servers->count ? *servers : resolv_conf(op, "/etc/resolv.conf");
    return &system->door;
}

struct resolver *resolver_system(struct op *op, const struct strings *servers)
{
    static const struct pace pace = { .udp_wait = 1000, .tcp_wait = 5000, .whole = 10000, .rounds = 3 };

    return resolver_paced(op, servers, &pace);
}

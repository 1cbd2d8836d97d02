#include "acme/order.h"

bool authz_open(const struct authz *authz)
{
    return authz->status == AUTHZ_PENDING;
}

static enum todo next_pending(const struct order *order)
{
    size_t unread = 0, to_publish = 0, to_answer = 0, under_way = 0, dead = 0;

    for (size_t i = 0; i < order->authz_count; i++) {
        const struct authz *a = &order->authzs[i];

        if (!a->read)
            unread++;
        else if (a->status == AUTHZ_VALID)
            continue;
        else if (!authz_open(a))
            dead++;
        else if (a->answered)
            under_way++;
        else
            *(a->published ? &to_answer : &to_publish) += 1;
    }
    if (unread)
        return TODO_READ;
    if (dead)
        return TODO_FAIL;
    if (to_answer)
        return TODO_ANSWER;
    if (to_publish)
        return under_way ? TODO_WAIT_AUTHZ : TODO_PUBLISH;
    return TODO_WAIT;
}

enum todo order_next(const struct order *order)
{
    switch (order->status) {
    case ORDER_PENDING:
        return next_pending(order);
    case ORDER_READY:
        return order->finalized ? TODO_WAIT : TODO_FINALIZE;
    case ORDER_PROCESSING:
        return TODO_WAIT;
    case ORDER_VALID:
        return order->downloaded ? TODO_DONE : TODO_DOWNLOAD;
    case ORDER_INVALID:
        break;
    }
    return TODO_FAIL;
}

static bool find(const char *word, const char *const *words, size_t n, size_t *index)
{
    for (size_t i = 0; word && i < n; i++) {
        if (text_same(word, words[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool order_status_parse(const char *word, enum order_status *status)
{
    static const char *const words[] = { "pending", "ready", "processing", "valid", "invalid" };
    size_t index;

    if (!find(word, words, sizeof words / sizeof *words, &index))
        return false;
    *status = (enum order_status)index;
    return true;
}

bool authz_status_parse(const char *word, enum authz_status *status)
{
    static const char *const words[] = { "pending", "valid", "invalid", "deactivated", "expired", "revoked" };
    size_t index;

    if (!find(word, words, sizeof words / sizeof *words, &index))
        return false;
    *status = (enum authz_status)index;
    return true;
}

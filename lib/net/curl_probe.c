/*
 * struct peers by libcurl, which knows how SMTP and IMAP come to TLS. It connects, keeps what the handshake
 * brought (CURLOPT_CERTINFO), and goes no further (CURLOPT_CONNECT_ONLY).
 */
#include "base/text.h"
#include "net/peer.h"

#include <curl/curl.h>
#include <string.h>

#define LIMIT_SECONDS 15L /* postscreen lets a stranger wait six seconds for its greeting */
#define PEM_LABEL     "Cert:"

static const char *const schemes[] = { [PEER_TLS] = "https", [PEER_SMTP] = "smtp", [PEER_IMAP] = "imap" };

static int on_progress(void *op, curl_off_t down, curl_off_t got, curl_off_t up, curl_off_t sent)
{
    (void)down, (void)got, (void)up, (void)sent;
    return op_alive(op) ? 0 : 1;
}

static void set_bounds(CURL *easy, struct op *op)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,smtp,imap");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, LIMIT_SECONDS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, LIMIT_SECONDS);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, op);
}

/* No ALPN: what is behind port 443 may be nginx, behind another one anything. */
static void set_tls(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
}

/* What libcurl has kept of the first certificate are lines "Label:value", among them the whole in PEM. */
static const char *leaf(struct op *op, CURL *easy)
{
    struct curl_certinfo *chain = NULL;

    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
        return NULL;
    for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
        if (text_starts(line->data, PEM_LABEL))
            return arena_strdup(op->arena, line->data + strlen(PEM_LABEL));
    return NULL;
}

static void perform(struct op *op, CURL *easy, const struct peer *peer, struct peer_answer *answer)
{
    char *words = op_alloc(op, CURL_ERROR_SIZE); /* the handle knows it until it is closed */
    CURLcode code;

    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(easy, CURLOPT_URL, op_text(op, "%s://%s", schemes[peer->talk], peer->name));
    curl_easy_setopt(easy, CURLOPT_HAPROXYPROTOCOL, peer->proxy_protocol ? 1L : 0L);
    set_bounds(easy, op);
    set_tls(easy);
    code = curl_easy_perform(easy);
    answer->pem = leaf(op, easy); /* whatever became of the talk behind the handshake */
    if (!answer->pem)
        answer->failure = code == CURLE_OK ? "it shows no certificate"
                          : *words         ? text_printable(op, words, SERVER_WORDS_LIMIT)
                                           : curl_easy_strerror(code);
}

static bool look(struct peers *peers, struct op *op, const struct peer *peer, struct peer_answer *answer)
{
    struct curl_slist *there = curl_slist_append(NULL, op_text(op, "::%s", peer->address));
    CURL *easy = curl_easy_init();

    (void)peers;
    *answer = (struct peer_answer){ 0 };
    if (easy && there) {
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, there);
        perform(op, easy, peer, answer);
    } else
        op_fail(op, ERR_INTERNAL, "libcurl gives no handle");
    curl_easy_cleanup(easy);
    curl_slist_free_all(there);
    op_log(op, LOG_INFO, "%s at %s: %s", schemes[peer->talk], peer->address,
           answer->pem ? "a certificate was shown" : answer->failure);
    return op_alive(op);
}

static void release(void *peers)
{
    (void)peers;
    curl_global_cleanup();
}

struct peers *peers_curl(struct op *op)
{
    struct peers *peers = op_new(op, struct peers);

    if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
        op_fail(op, ERR_INTERNAL, "libcurl does not start");
        return NULL;
    }
    arena_defer(op->arena, release, peers);
    peers->look = look;
    return peers;
}

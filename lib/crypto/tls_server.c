#include "crypto/tls_server.h"

#include "base/op.h"
#include "base/text.h"
#include "crypto/psa.h"

#include <errno.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <string.h>
#include <sys/socket.h>

struct tls_server {
    const struct tls_terms *terms;
    mbedtls_ssl_config config;
    const char *protocols[2]; /* ends in NULL */
};

struct tls_peer {
    mbedtls_ssl_context ssl; /* first: the library's callbacks lead from it back to us */
    struct tls_server *server;
    struct op *op;
    int fd;
    size_t got;    /* bytes so far */
    bool found;    /* the name that it asks for is known */
    bool welcomed; /* and it speaks our protocol */
    mbedtls_x509_crt certificate;
    mbedtls_pk_context key;
};

/* ---- where the library's versions differ: 2.28 and 3 want to be given random numbers ---- */

#if MBEDTLS_VERSION_MAJOR < 4
/* Not only our thread draws from PSA's generator; it has a lock. */
static int random_numbers(void *nothing, unsigned char *out, size_t length)
{
    (void)nothing;
    return psa_generate_random(out, length) == PSA_SUCCESS ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

#define use_random(config) mbedtls_ssl_conf_rng(config, random_numbers, NULL)
#else
#define use_random(config) (void)(config)
#endif
#if MBEDTLS_VERSION_MAJOR == 3
#define parse_key(key, text, size) mbedtls_pk_parse_key(key, text, size, NULL, 0, random_numbers, NULL)
#else
#define parse_key(key, text, size) mbedtls_pk_parse_key(key, text, size, NULL, 0)
#endif
#if MBEDTLS_VERSION_MAJOR < 3 /* later ones know nothing below TLS 1.2 */
#define use_tls_1_2(config)                                                                                  \
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3)
#else
#define use_tls_1_2(config) (void)(config)
#endif

static bool did(struct op *op, int status, const char *doing)
{
    return status == 0 || op_fail(op, ERR_INTERNAL, "%s: Mbed TLS error -0x%04x", doing, (unsigned)-status);
}

struct tls_identity tls_identity_copy(struct op *op, const struct tls_identity *identity)
{
    struct bytes certificate = identity->certificate;

    certificate.at = arena_copy(op->arena, certificate.at, certificate.length);
    return (struct tls_identity){ .certificate = certificate, .key = text_dup(op, identity->key) };
}

/* ---- the name that is asked for ---- */

/* The library knows no acmeIdentifier and would refuse it, for it is critical. We have put it there. */
static int accept_extension(void *context, mbedtls_x509_crt const *crt, mbedtls_x509_buf const *oid,
                            int critical, const unsigned char *from, const unsigned char *end)
{
    (void)context, (void)crt, (void)oid, (void)critical, (void)from, (void)end;
    return 0;
}

/* The peer has its own copies: what is known by the name may change meanwhile. */
static bool show(struct tls_peer *peer, const struct tls_identity *identity)
{
    const unsigned char *key = (const unsigned char *)identity->key;

    return did(peer->op,
               mbedtls_x509_crt_parse_der_with_ext_cb(&peer->certificate, identity->certificate.at,
                                                      identity->certificate.length, 1, accept_extension,
                                                      NULL),
               "reading our own certificate") &&
           did(peer->op, parse_key(&peer->key, key, strlen(identity->key) + 1), "reading its key") &&
           did(peer->op, mbedtls_ssl_set_hs_own_cert(&peer->ssl, &peer->certificate, &peer->key),
               "showing it");
}

/* Called once for each ClientHello; a second one (RFC 8446 section 4.1.2) cannot change what was found. */
static int on_name(void *context, mbedtls_ssl_context *ssl, const unsigned char *name, size_t length)
{
    struct tls_peer *peer = (struct tls_peer *)ssl;
    const struct tls_terms *terms = peer->server->terms;
    struct tls_identity identity = { 0 };

    (void)context;
    if (peer->found)
        return 0;
    if (length > TLS_MOST_NAME || memchr(name, '\0', length) ||
        !terms->find(terms->context, peer->op, text_cut(peer->op, (const char *)name, length), &identity))
        return MBEDTLS_ERR_SSL_BAD_INPUT_DATA; /* the library sends unrecognized_name */
    peer->found = show(peer, &identity);
    return peer->found ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

/* ---- bytes ---- */

static int send_some(void *context, const unsigned char *from, size_t length)
{
    struct tls_peer *peer = context;
    ssize_t sent = send(peer->fd, from, length, MSG_NOSIGNAL);

    if (sent >= 0)
        return (int)sent;
    return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int receive_some(void *context, unsigned char *to, size_t room)
{
    struct tls_peer *peer = context;
    size_t left = TLS_MOST_BYTES - peer->got;
    ssize_t got;

    if (!left)
        return MBEDTLS_ERR_SSL_CONN_EOF;
    got = recv(peer->fd, to, room < left ? room : left, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_CONN_EOF;
    peer->got += (size_t)got;
    return (int)got;
}

/* ---- the server ---- */

static void server_release(void *what)
{
    struct tls_server *server = what;

    mbedtls_ssl_config_free(&server->config);
}

/* Our main thread uses PSA meanwhile. */
static bool has_locks(struct op *op)
{
#ifdef MBEDTLS_THREADING_C
    return op_ok(op);
#else
    return op_fail(op, ERR_CONFIG,
                   "this build of Mbed TLS has no locks for threads, which a TLS listener needs");
#endif
}

static bool set_up(struct op *op, struct tls_server *server)
{
    mbedtls_ssl_config *config = &server->config;

    TRY(did(op,
            mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                        MBEDTLS_SSL_PRESET_DEFAULT),
            "setting up TLS"));
    use_random(config);
    use_tls_1_2(config);
    mbedtls_ssl_conf_sni(config, on_name, NULL);
    return did(op, mbedtls_ssl_conf_alpn_protocols(config, server->protocols), "setting up ALPN");
}

struct tls_server *tls_server_new(struct op *op, const struct tls_terms *terms)
{
    struct tls_server *server;

    if (!has_locks(op) || !crypto_ready(op))
        return NULL;
    server = op_new(op, struct tls_server);
    server->terms = terms;
    server->protocols[0] = terms->protocol;
    mbedtls_ssl_config_init(&server->config);
    arena_defer(op->arena, server_release, server);
    return set_up(op, server) ? server : NULL;
}

/* ---- one handshake ---- */

static void peer_release(void *what)
{
    struct tls_peer *peer = what;

    mbedtls_ssl_free(&peer->ssl);
    mbedtls_x509_crt_free(&peer->certificate);
    mbedtls_pk_free(&peer->key);
}

struct tls_peer *tls_server_accept(struct op *op, struct tls_server *server, int fd)
{
    struct tls_peer *peer = op_new(op, struct tls_peer);

    peer->server = server;
    peer->op = op;
    peer->fd = fd;
    mbedtls_ssl_init(&peer->ssl);
    mbedtls_x509_crt_init(&peer->certificate);
    mbedtls_pk_init(&peer->key);
    arena_defer(op->arena, peer_release, peer);
    if (!did(op, mbedtls_ssl_setup(&peer->ssl, &server->config), "setting up a TLS connection"))
        return NULL;
    mbedtls_ssl_set_bio(&peer->ssl, peer, send_some, receive_some, NULL);
    return peer;
}

static enum tls_state state_of(int status)
{
    if (status == MBEDTLS_ERR_SSL_WANT_READ)
        return TLS_READS;
    return status == MBEDTLS_ERR_SSL_WANT_WRITE ? TLS_WRITES : TLS_FAILED;
}

static int refuse(struct tls_peer *peer)
{
    mbedtls_ssl_send_alert_message(&peer->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                   MBEDTLS_SSL_ALERT_MSG_NO_APPLICATION_PROTOCOL);
    return MBEDTLS_ERR_SSL_CONN_EOF;
}

/*
 * Step by step until the ClientHello is read: of who offers other protocols the library takes care, but not
 * of who offers none. Without a name there is no certificate, and the library gives up.
 */
static int welcome(struct tls_peer *peer)
{
    int status = 0;

    while (!status && !peer->welcomed) {
        status = mbedtls_ssl_handshake_step(&peer->ssl);
        if (!status && peer->found && !mbedtls_ssl_get_alpn_protocol(&peer->ssl))
            status = refuse(peer);
        peer->welcomed = !status && peer->found;
    }
    return status;
}

enum tls_state tls_handshake(struct tls_peer *peer)
{
    int status = welcome(peer);

    if (!status)
        status = mbedtls_ssl_handshake(&peer->ssl);
    if (status)
        return state_of(status);
    mbedtls_ssl_close_notify(&peer->ssl);
    return TLS_DONE;
}

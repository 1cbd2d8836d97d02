#include "tls_hello.h"

#include "base/text.h"
#include "kit.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE 5 /* seconds; nothing that goes well takes a noticeable part of it */
#define TLS_1_2  0x0303u

enum record { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22 };
enum message { CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11, SERVER_HELLO_DONE = 14 };
enum extension { SERVER_NAME = 0, GROUPS = 10, POINT_FORMATS = 11, SIGNATURES = 13, ALPN = 16 };

/* ---- writing ---- */

static void number(struct text *out, size_t size, size_t value)
{
    while (size-- > 0)
        text_char(out, (char)(value >> 8 * size & 0xff));
}

static void sized(struct text *out, size_t size, const struct text *content)
{
    number(out, size, content->length);
    text_put(out, content->data, content->length);
}

static void extension(struct text *out, enum extension type, const struct text *content)
{
    number(out, 2, type);
    sized(out, 2, content);
}

/* An extension that is a list of 16-bit numbers with its size before it. */
static void list_extension(struct op *op, struct text *out, enum extension type, size_t value)
{
    struct text content = text_begin(op->arena);

    number(&content, 2, 2);
    number(&content, 2, value);
    extension(out, type, &content);
}

static void server_name(struct op *op, struct text *out, const char *name)
{
    struct text entry = text_begin(op->arena), host = text_begin(op->arena), content = text_begin(op->arena);

    if (!name)
        return;
    text_add(&host, "%s", name);
    text_char(&entry, '\0'); /* host_name */
    sized(&entry, 2, &host);
    sized(&content, 2, &entry);
    extension(out, SERVER_NAME, &content);
}

static void alpn(struct op *op, struct text *out, const char *protocols)
{
    struct strings words = text_split(op, protocols ? protocols : "", " ");
    struct text list = text_begin(op->arena), content = text_begin(op->arena);

    if (!protocols)
        return;
    for (size_t i = 0; i < words.count; i++) {
        struct text word = text_begin(op->arena);

        text_add(&word, "%s", words.at[i]);
        sized(&list, 1, &word);
    }
    sized(&content, 2, &list);
    extension(out, ALPN, &content);
}

static struct text extensions(struct op *op, const struct tls_hello *hello)
{
    struct text out = text_begin(op->arena), formats = text_begin(op->arena);

    if (!hello->name_last)
        server_name(op, &out, hello->name);
    list_extension(op, &out, GROUPS, 23);         /* secp256r1 */
    list_extension(op, &out, SIGNATURES, 0x0403); /* ecdsa_secp256r1_sha256 */
    number(&formats, 2, 0x0100);                  /* uncompressed */
    extension(&out, POINT_FORMATS, &formats);
    alpn(op, &out, hello->protocols);
    if (hello->name_last)
        server_name(op, &out, hello->name);
    return out;
}

struct bytes tls_hello(struct op *op, const struct tls_hello *hello)
{
    struct text body = text_begin(op->arena), message = text_begin(op->arena), record = text_begin(op->arena);
    struct text more = extensions(op, hello);
    unsigned version = hello->version ? hello->version : TLS_1_2;

    number(&body, 2, version);
    for (size_t i = 0; i < 32; i++)
        number(&body, 1, i);  /* the random */
    number(&body, 1, 0);      /* no session */
    number(&body, 2, 2);      /* one suite, */
    number(&body, 2, 0xc02b); /* ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */
    number(&body, 2, 0x0100); /* no compression */
    sized(&body, 2, &more);
    number(&message, 1, CLIENT_HELLO);
    sized(&message, 3, &body);
    number(&record, 1, RECORD_HANDSHAKE);
    number(&record, 2, 0x0301);
    sized(&record, 2, &message);
    return (struct bytes){ (const uint8_t *)record.data, record.length };
}

/* ---- reading ---- */

static bool take(struct bytes *from, size_t length, struct bytes *part)
{
    TRY(from->length >= length);
    *part = (struct bytes){ from->at, length };
    from->at += length;
    from->length -= length;
    return true;
}

static bool take_number(struct bytes *from, size_t size, size_t *value)
{
    struct bytes part;

    TRY(take(from, size, &part));
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value = *value << 8 | part.at[i];
    return true;
}

static bool take_sized(struct bytes *from, size_t size, struct bytes *part)
{
    size_t length;

    return take_number(from, size, &length) && take(from, length, part);
}

static bool read_server_hello(struct op *op, struct bytes body, struct tls_heard *heard)
{
    struct bytes part, content, list, word;
    size_t type;

    TRY(take(&body, 2 + 32, &part) && take_sized(&body, 1, &part) && take(&body, 3, &part) &&
        take_sized(&body, 2, &part));
    while (take_number(&part, 2, &type) && take_sized(&part, 2, &content))
        if (type == ALPN && take_sized(&content, 2, &list) && take_sized(&list, 1, &word))
            heard->protocol = text_cut(op, (const char *)word.at, word.length);
    return part.length == 0;
}

static bool read_certificates(struct bytes body, struct tls_heard *heard)
{
    struct bytes list, der;

    TRY(take_sized(&body, 3, &list));
    for (; take_sized(&list, 3, &der); heard->certificates++)
        if (!heard->certificates)
            heard->certificate = der;
    return list.length == 0;
}

/* What the handshake records hold together; true when the server has said all that it has to say. */
static bool read_messages(struct op *op, struct bytes from, struct tls_heard *heard)
{
    struct bytes body;
    size_t type;

    heard->certificates = 0;
    while (take_number(&from, 1, &type) && take_sized(&from, 3, &body)) {
        if (type == SERVER_HELLO)
            CHECK(read_server_hello(op, body, heard));
        if (type == CERTIFICATE)
            CHECK(read_certificates(body, heard));
        if (type == SERVER_HELLO_DONE)
            return true;
    }
    return false;
}

static bool read_records(struct op *op, struct bytes from, struct tls_heard *heard)
{
    struct text messages = text_begin(op->arena);
    struct bytes content, version;
    size_t type;

    while (take_number(&from, 1, &type) && take(&from, 2, &version) && take_sized(&from, 2, &content)) {
        if (type == RECORD_ALERT && content.length == 2 && content.at[0] == 2)
            heard->alert = content.at[1];
        if (type == RECORD_HANDSHAKE)
            text_put(&messages, content.at, content.length);
    }
    return read_messages(op, (struct bytes){ (const uint8_t *)messages.data, messages.length }, heard);
}

struct tls_heard tls_hear(struct op *op, int fd)
{
    struct tls_heard heard = { .there = true };
    struct text all = text_begin(op->arena);
    uint8_t part[4096];
    ssize_t got;

    while ((got = recv(fd, part, sizeof part, 0)) > 0) {
        text_put(&all, part, (size_t)got);
        if (read_records(op, (struct bytes){ (const uint8_t *)all.data, all.length }, &heard))
            return heard;
    }
    heard.closed = got == 0;
    return heard;
}

/* ---- the connection ---- */

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

unsigned tls_free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

int tls_dial(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    struct timeval patience = { .tv_sec = PATIENCE };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

struct tls_heard tls_ask(struct op *op, unsigned port, const struct tls_hello *hello)
{
    struct bytes record = tls_hello(op, hello);
    struct tls_heard heard = { 0 };
    int fd = tls_dial(port);

    if (fd < 0)
        return heard;
    CHECK(send(fd, record.at, record.length, MSG_NOSIGNAL) == (ssize_t)record.length);
    heard = tls_hear(op, fd);
    close(fd);
    return heard;
}

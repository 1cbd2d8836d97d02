/*
 * tlsa: TLSA records by which clients know a server by its key (RFC 6698, RFC 7671): usage 3 (the server's
 * own key), selector 1 (the public key), type 1 (SHA-256). Such a record stays good over renewals as long as
 * the key does.
 *
 *     tlsa_record(op, 25, "mail.example.com", tlsa_311(op, cert.spki))
 *     // "_25._tcp.mail.example.com. IN TLSA 3 1 1 8d02..."
 */
#ifndef MCACME_TLSA_H
#define MCACME_TLSA_H

#include "base/bytes.h"

struct op;

/* The SHA-256 of a SubjectPublicKeyInfo: 64 hexadecimal digits, small letters. */
const char *tlsa_311(struct op *op, struct bytes spki);

/* A line for a zone file. */
const char *tlsa_record(struct op *op, unsigned port, const char *name, const char *digest);

#endif

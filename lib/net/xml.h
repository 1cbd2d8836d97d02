/*
 * xml: reading what vendors answer in XML, and writing it by templates that escape by construction.
 *
 * A parsed document is immutable and lives as long as the operation. Paths are those of json.h: names of
 * elements with dots between, the root's own name first; "Zone.2" is the third of the Zones side by side
 * (counted from 0), a name without a number the only one, "*" any name, and "@Status" an attribute. Prefixes
 * of namespaces do not count. Reading from NULL gives NULL, so chains need no tests in between.
 *
 *     const struct xml *answer = xml_parse(op, body, length);
 *     const char *id = xml_str(op, answer, "ListHostedZonesResponse.HostedZones.HostedZone.0.Id");
 *
 * Limits: depth 32, 10000 elements side by side, and no document type, so there are no entities but the five
 * of XML itself (XML 1.0 section 4.6).
 */
#ifndef MCACME_NET_XML_H
#define MCACME_NET_XML_H

#include <stdbool.h>
#include <stddef.h>

struct op;
struct xml;

/* Fails with UNTRUSTED. */
const struct xml *xml_parse(struct op *op, const char *bytes, size_t length);

/* The element (or attribute) at a path; NULL where there is none, or several and no number says which. */
const struct xml *xml_at(const struct xml *xml, const char *path);

/* The text of an element without elements inside, or of an attribute; fails with UNTRUSTED without it. */
const char *xml_str(struct op *op, const struct xml *xml, const char *path);

/* The same where it may be missing: NULL, no error. An empty element is "". */
const char *xml_opt(const struct xml *xml, const char *path);

/* Whether the text at the path is exactly this. */
bool xml_is(const struct xml *xml, const char *path, const char *value);

/* The i-th of the elements at a path, which has no number at its end; NULL behind the last one. */
const struct xml *xml_each(const struct xml *xml, const char *path, size_t i);

/*
 * Text from a template in which only %s (escaped, for elements and attributes alike), %u and %% exist. A NULL
 * for %s is an error (INTERNAL), a character that XML cannot hold is one too (CONFIG).
 *
 *     xml_text(op, "<Value>%s</Value>", txt_quote(op, value))
 */
const char *xml_text(struct op *op, const char *template, ...) __attribute__((format(printf, 2, 3)));

#endif

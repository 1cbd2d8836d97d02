#include "net/xml.h"

#include "base/op.h"
#include "base/text.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#define DEPTH_LIMIT 32u
#define CROWD_LIMIT 10000u

/* An element, or an attribute, whose name begins with "@". The root lies in a nameless one: the document. */
struct xml {
    const char *name, *text;
    struct xml *first, *last, *next;
    size_t children;
    bool has_elements;
};

struct reader {
    struct op *op;
    XML_Parser parser;
    struct xml *open[DEPTH_LIMIT + 1]; /* the document, the root, ... down to where we are */
    struct text texts[DEPTH_LIMIT + 1];
    size_t depth;
    const char *fault; /* of ours, where expat had none */
};

/* "soap:Body" and "Body" are the same to us: whoever writes paths cannot know the prefixes. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void refuse(struct reader *r, const char *fault)
{
    r->fault = fault;
    XML_StopParser(r->parser, XML_FALSE);
}

static struct xml *append(struct reader *r, const char *name)
{
    struct xml *parent = r->open[r->depth], *child = op_new(r->op, struct xml);

    child->name = name;
    child->text = "";
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    if (++parent->children > CROWD_LIMIT)
        refuse(r, "too many elements side by side");
    return child;
}

static void XMLCALL begin_element(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = data;

    if (r->depth == DEPTH_LIMIT) {
        refuse(r, "nested too deep");
        return;
    }
    r->open[r->depth]->has_elements = true;
    r->open[r->depth + 1] = append(r, text_dup(r->op, local_name(name)));
    r->texts[++r->depth] = text_begin(r->op->arena);
    for (; attributes[0]; attributes += 2)
        append(r, op_text(r->op, "@%s", local_name(attributes[0])))->text = text_dup(r->op, attributes[1]);
}

static void XMLCALL end_element(void *data, const XML_Char *name)
{
    struct reader *r = data;

    (void)name; /* expat has compared them */
    r->open[r->depth]->text = r->texts[r->depth].data;
    r->depth--;
}

static void XMLCALL characters(void *data, const XML_Char *text, int length)
{
    struct reader *r = data;

    text_put(&r->texts[r->depth], text, (size_t)length);
}

/* A document type brings entities, which read files and swell without end; no vendor's answer needs one. */
static void XMLCALL document_type(void *data, const XML_Char *name, const XML_Char *system,
                                  const XML_Char *public, int internal_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal_subset;
    refuse(data, "with a document type");
}

static void release(void *parser)
{
    XML_ParserFree(parser);
}

static XML_Parser new_parser(struct reader *r)
{
    XML_Parser parser = XML_ParserCreate(NULL);

    if (!parser) {
        op_fail(r->op, ERR_INTERNAL, "no memory for reading XML");
        return NULL;
    }
    arena_defer(r->op->arena, release, parser);
    XML_SetUserData(parser, r);
    XML_SetElementHandler(parser, begin_element, end_element);
    XML_SetCharacterDataHandler(parser, characters);
    XML_SetStartDoctypeDeclHandler(parser, document_type);
    return parser;
}

const struct xml *xml_parse(struct op *op, const char *bytes, size_t length)
{
    struct reader r = { .op = op };

    if (!op_ok(op) || !(r.parser = new_parser(&r)))
        return NULL;
    r.open[0] = op_new(op, struct xml);
    r.texts[0] = text_begin(op->arena);
    if (length > INT_MAX)
        op_fail(op, ERR_UNTRUSTED, "XML of %zu bytes", length);
    else if (XML_Parse(r.parser, bytes, (int)length, XML_TRUE) == XML_STATUS_OK)
        return r.open[0];
    else
        op_fail(op, ERR_UNTRUSTED, "XML that cannot be read (%s): %s",
                r.fault ? r.fault : XML_ErrorString(XML_GetErrorCode(r.parser)),
                text_printable(op, text_cut(op, bytes, strnlen(bytes, length)), 80));
    return NULL;
}

static bool named(const struct xml *xml, const char *name, size_t length)
{
    if (length == 1 && *name == '*')
        return *xml->name != '@';
    return strlen(xml->name) == length && memcmp(xml->name, name, length) == 0;
}

/* The index-th child of this name; with a negative index the only one. */
static const struct xml *child_named(const struct xml *xml, const char *name, size_t length, int64_t index)
{
    const struct xml *found = NULL;
    int64_t seen = 0;

    for (const struct xml *child = xml->first; child; child = child->next) {
        if (!named(child, name, length))
            continue;
        if (index >= 0 && seen == index)
            return child;
        if (seen++ == 0 && index < 0)
            found = child;
    }
    return seen == 1 ? found : NULL;
}

/* The number that follows a name, as in ".12"; -1 where another name does, or nothing. */
static int64_t index_behind(const char **path)
{
    const char *at = *path;
    int64_t index = 0;

    if (at[0] != '.' || at[1] < '0' || at[1] > '9')
        return -1;
    for (at++; *at >= '0' && *at <= '9' && index < (int64_t)CROWD_LIMIT; at++)
        index = index * 10 + (*at - '0');
    *path = at;
    return index;
}

/* Along the part of a path that ends at `end`. */
static const struct xml *walk(const struct xml *xml, const char *path, const char *end)
{
    while (xml && path < end) {
        const char *name = path;
        size_t length = strcspn(path, ".");

        path += length;
        xml = child_named(xml, name, length, index_behind(&path));
        path += *path == '.';
    }
    return xml;
}

const struct xml *xml_at(const struct xml *xml, const char *path)
{
    return walk(xml, path, path + strlen(path));
}

const char *xml_opt(const struct xml *xml, const char *path)
{
    const struct xml *at = xml_at(xml, path);

    return at && !at->has_elements ? at->text : NULL;
}

const char *xml_str(struct op *op, const struct xml *xml, const char *path)
{
    const char *text = op_ok(op) ? xml_opt(xml, path) : NULL;

    if (xml && !text)
        op_fail(op, ERR_UNTRUSTED, "the answer has no \"%s\"", path);
    return text;
}

bool xml_is(const struct xml *xml, const char *path, const char *value)
{
    const char *text = xml_opt(xml, path);

    return text && text_same(text, value);
}

const struct xml *xml_each(const struct xml *xml, const char *path, size_t i)
{
    const char *dot = strrchr(path, '.');
    const char *name = dot ? dot + 1 : path;
    const struct xml *parent = walk(xml, path, name);

    return parent && i < CROWD_LIMIT ? child_named(parent, name, strlen(name), (int64_t)i) : NULL;
}

#include "net/xml.h"

#include "base/text.h"
#include "kit.h"

static const struct xml *parse(struct op *op, const char *text)
{
    return xml_parse(op, text, strlen(text));
}

TEST(xml_reads_paths)
{
    struct op *op = kit_op();
    const struct xml *x =
        parse(op, "<?xml version=\"1.0\"?>\n"
                  "<Zones xmlns=\"urn:x\"><Zone><Id>z&amp;1</Id></Zone>\n"
                  "<Zone Kind='private &lt;'><Id><![CDATA[z<2]]></Id><Note/></Zone></Zones>");

    CHECK_STR(xml_str(op, x, "Zones.Zone.0.Id"), "z&1");
    CHECK_STR(xml_str(op, x, "Zones.Zone.1.Id"), "z<2");
    CHECK_STR(xml_str(op, x, "Zones.Zone.1.Id.0"), "z<2");
    CHECK_STR(xml_str(op, x, "Zones.Zone.1.@Kind"), "private <");
    CHECK_STR(xml_opt(x, "Zones.Zone.1.Note"), "");
    CHECK(xml_is(x, "Zones.Zone.1.Id", "z<2") && !xml_is(x, "Zones.Zone.1.Id", "z<"));
    CHECK(!xml_is(x, "Zones.Zone.1.None", NULL));
    CHECK(!xml_at(x, "Zones.Zone.2") && !xml_at(x, "Zones.Zone.99999999999999999999.Id"));
    CHECK(!xml_at(x, "Zone") && !xml_at(x, "Zones.Zon.0"));
    CHECK(op_ok(op));
}

/* A reader that picked the first of two would disagree with one that picks the last. */
TEST(xml_wants_a_number_among_several)
{
    struct op *op = kit_op();
    const struct xml *x = parse(op, "<a><b>1</b><b>2</b></a>");

    CHECK(!xml_opt(x, "a.b"));
    CHECK(!xml_str(op, x, "a.b"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "no \"a.b\"");
}

TEST(xml_gives_text_of_leaves_only)
{
    struct op *op = kit_op();
    const struct xml *x = parse(op, "<a><b>text<c>1</c></b><d e='f'> x &#233; </d></a>");

    CHECK(!xml_opt(x, "a.b") && !xml_opt(x, "a"));
    CHECK_STR(xml_opt(x, "a.d"), " x \xc3\xa9 ");
    CHECK(!xml_opt(NULL, "a") && !xml_str(op, NULL, "a") && op_ok(op));
}

TEST(xml_goes_through_all_of_a_name)
{
    struct op *op = kit_op();
    const struct xml *x = parse(op, "<s:a xmlns:s='urn:s'><s:b><i>1</i></s:b><c/><b><i>2</i></b></s:a>"),
                     *one;
    struct strings seen = { 0 };

    for (size_t i = 0; (one = xml_each(x, "a.b", i)); i++)
        strings_add(op, &seen, xml_str(op, one, "i"));
    CHECK_STR(strings_join(op, &seen, ","), "1,2");
    CHECK_STR(xml_opt(x, "*.*.1"), "");
    CHECK_STR(xml_opt(x, "*.*.2.*"), "2");
    CHECK(!xml_at(x, "*.*") && !xml_at(x, "*.*.3"));
    CHECK(xml_each(x, "a", 0) && !xml_each(x, "a", 1));
    CHECK(!xml_each(x, "a.b.0", 0) && !xml_each(x, "x.b", 0) && !xml_each(NULL, "a", 0));
}

TEST(xml_refuses_what_is_not_well_formed)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a b='1' b='2'/>",
        "<a>&nbsp;</a>",
        "<a>\x01</a>",
        "<a>\xff</a>",
        "<a/> x",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct op *op = kit_op();

        CHECK(!parse(op, wrong[i]));
        CHECK_FAILED(op, ERR_UNTRUSTED, "XML that cannot be read");
    }
}

TEST(xml_refuses_document_types)
{
    static const char *const types[] = {
        "<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM \"http://192.0.2.1/a.dtd\"><a/>",
        "<!DOCTYPE html><html/>",
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct op *op = kit_op();

        CHECK(!parse(op, types[i]));
        CHECK_FAILED(op, ERR_UNTRUSTED, "document type");
    }
}

static struct text repeated(struct op *op, const char *piece, int times)
{
    struct text out = text_begin(op->arena);

    while (times-- > 0)
        text_add(&out, "%s", piece);
    return out;
}

TEST(xml_refuses_depth_and_crowds)
{
    struct op *deep = kit_op(), *crowd = kit_op(), *most = kit_op();

    CHECK(
        parse(most, op_text(most, "%s%s", repeated(most, "<a>", 32).data, repeated(most, "</a>", 32).data)));
    CHECK(!parse(deep,
                 op_text(deep, "%s<a/>%s", repeated(deep, "<a>", 32).data, repeated(deep, "</a>", 32).data)));
    CHECK_FAILED(deep, ERR_UNTRUSTED, "too deep");
    CHECK(parse(most, op_text(most, "<a>%s</a>", repeated(most, "<b/>", 10000).data)));
    CHECK(!parse(crowd, op_text(crowd, "<a>%s</a>", repeated(crowd, "<b/>", 10001).data)));
    CHECK_FAILED(crowd, ERR_UNTRUSTED, "side by side");
}

TEST(xml_templates_escape)
{
    struct op *op = kit_op();
    const char *text = xml_text(op, "<a b='%s'>%s</a><n>%u%%</n>", "x'\"\n", "<&>\xc3\xa9", 7u);
    const struct xml *x;

    CHECK_STR(text, "<a b='x&#39;&#34;&#10;'>&#60;&#38;&#62;\xc3\xa9</a><n>7%</n>");
    x = parse(op, op_text(op, "<r>%s</r>", text));
    CHECK_STR(xml_str(op, x, "r.a"), "<&>\xc3\xa9");
    CHECK_STR(xml_str(op, x, "r.a.@b"), "x'\"\n");
}

TEST(xml_templates_refuse_what_cannot_be_said)
{
    struct op *missing = kit_op(), *control = kit_op();
    const char *none = xml_opt(NULL, "x");

    CHECK(!xml_text(missing, "<a>%s</a>", none));
    CHECK_FAILED(missing, ERR_INTERNAL, "missing");
    CHECK(!xml_text(control, "<a>%s</a>", "\x1b"));
    CHECK_FAILED(control, ERR_CONFIG, "control character");
}

#include "fake_provider.h"
#include "kit.h"

TEST(registry_finds_names_and_aliases)
{
    CHECK_STR(provider_find("fake")->name, "fake");
    CHECK_STR(provider_find("dns_fake")->name, "fake");
    CHECK_STR(provider_find("dns_fk")->name, "fake");
    CHECK_STR(provider_find("dns_set")->name, "fake_set");
}

TEST(registry_takes_whole_words_only)
{
    static const char *const none[] = { "",     " ",      "fak", "fakes", "dns_", "dns_f", "dns_fake dns_fk",
                                        "FAKE", "dns_fkx" };

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        kit_check(!provider_find(none[i]), __FILE__, __LINE__, "\"%s\" was found", none[i]);
}

TEST(registry_lists_all_for_suggestions)
{
    struct op *op = kit_op();
    struct strings names = provider_names(op);

    CHECK(strings_have(&names, "fake_rest"));
    CHECK(strings_have(&names, "dns_fk"));
    CHECK(strings_have(&names, "dns_set"));
    CHECK_STR(names.at[0], "fake");
}

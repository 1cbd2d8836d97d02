#include "tlsa.h"

#include "material.h"

/* openssl pkey -in ec256.pem -pubout -outform DER | sha256sum */
TEST(tlsa_is_the_hash_of_the_public_key)
{
    struct op *op = kit_op();
    const char *digest = tlsa_311(op, key_public(op, fixture_key(op, "ec256.pem")));

    CHECK_STR(digest, "d1126bdcfc483ad9a8d7a340449665caee4004006ec90349dab2fe605728776e");
    CHECK_STR(tlsa_record(op, 465, "mail.example.com", digest),
              op_text(op, "_465._tcp.mail.example.com. IN TLSA 3 1 1 %s", digest));
    CHECK_STR(tlsa_record(op, 25, "a.example", NULL), NULL);
}

/* SPDX-License-Identifier: MIT */
#include "ful_test.h"

static void digest(char out[65], const char *data, size_t size, size_t step)
{
    ful_sha256 hash;
    ful_sha256_init(&hash);
    for (size_t i = 0; i < size; i += step)
        ful_sha256_add(&hash, data + i, size - i < step ? size - i : step);
    ful_sha256_finish(&hash, out);
}

/* FIPS 180-4 examples and the empty message. */
static void the_published_examples_come_out(void **state)
{
    (void)state;
    static const struct {
        const char *message, *digest;
    } known[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char out[65];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        digest(out, known[i].message, strlen(known[i].message), 7);
        assert_string_equal(out, known[i].digest);
    }
}

static void a_million_letters_in_any_portions(void **state)
{
    (void)state;
    const size_t size = 1000000;
    char *letters = malloc(size);
    assert_non_null(letters);
    memset(letters, 'a', size);
    char out[65];
    for (size_t step = 1; step <= size; step = step * 9 + 1) {
        digest(out, letters, size, step);
        assert_string_equal(out, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
    free(letters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_examples_come_out),
        cmocka_unit_test(a_million_letters_in_any_portions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

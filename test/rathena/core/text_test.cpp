#include <custom/ai_ipc/codepage.h>
#include <custom/ai_ipc/text.h>

#include "check.h"

using namespace ai_ipc;

static std::string hex_of(const std::string& bytes) {
	std::string out;
	append_hex_literal(out, bytes);
	return out;
}

TEST("text", "characters of one to four bytes are UTF-8") {
	for (const char* text : {"", "a~\x7F", "\xC3\xA9", "\xED\x95\x9C\xEA\xB8\x80", "\xF0\x9F\x98\x80", "\xED\x9F\xBF",
	                         "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
		CHECK_SAME(utf8_fault_at(text), std::string::npos);
}

TEST("text", "what is no character is found where it begins") {
	CHECK_SAME(utf8_fault_at("ab\xFF"), 2u);
	CHECK_SAME(utf8_fault_at("\x80"), 0u);
	// Overlong, halves of surrogate pairs, above U+10FFFF, cut off.
	for (const char* text : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
	                         "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE3\x81", "\xF0\x9F\x98", "\xE3\x81x"})
		CHECK_SAME(utf8_fault_at(text), 0u);
	CHECK_SAME(utf8_fault_at(std::string("a\xE3\x81\0", 4)), 1u);
}

TEST("text", "mending puts one ? for each byte that is no part of a character") {
	CHECK_SAME(mend_utf8("a\xFF\xE3\x81z\xED\x95\x9C"), "a???z\xED\x95\x9C");
}

TEST("text", "cutting counts characters and never halves one") {
	CHECK_SAME(cut_characters("\xED\x95\x9C\xEA\xB8\x80 ab", 2), "\xED\x95\x9C\xEA\xB8\x80");
	CHECK_SAME(cut_characters("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 1), "\xF0\x9F\x98\x80");
	CHECK_SAME(cut_characters("ab", 5), "ab");
	CHECK_SAME(cut_characters("ab", 0), "");
}

TEST("text", "a hex literal holds every byte and nothing that SQL could read otherwise") {
	CHECK_SAME(hex_of(""), "x''");
	CHECK_SAME(hex_of("'; DROP TABLE ai_requests; -- \\"), "x'273B2044524F50205441424C452061695F72657175657374733B202D2D205C'");
	CHECK_SAME(hex_of(std::string("\x00\x7F\x80\xFF", 4)), "x'007F80FF'");
}

TEST("text", "code points go to UTF-8 and back") {
	for (uint32_t code : {0x24u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x1F600u, 0x10FFFFu}) {
		std::string text;
		append_utf8(text, code);
		CHECK_SAME(utf8_length(text, 0), text.size());
		CHECK_SAME(utf8_code_point(text, 0, text.size()), code);
	}
}

TEST("text", "a codepage is a plain name of a character set whose ASCII is ASCII") {
	for (const char* name : {"utf8mb4", "euckr", "tis620", "latin1", "gbk", "cp1251"})
		CHECK(is_codepage_name(name));
	for (const char* name : {"", "UTF8", "a'b", "gbk;", "utf16", "ucs2", "utf32", "utf16le", "binary",
	                         "abcdefghijklmnopqrstuvwxyz0123456"})
		CHECK(!is_codepage_name(name));
}

TEST("text", "a connection of any UTF-8 is taken for all of UTF-8") {
	CHECK_SAME(full_codepage("utf8"), "utf8mb4");
	CHECK_SAME(full_codepage("utf8mb3"), "utf8mb4");
	CHECK_SAME(full_codepage("binary"), "utf8mb4");
	CHECK_SAME(full_codepage("euckr"), "euckr");
	CHECK_SAME(full_codepage("sjis"), "cp932");
}

TEST("text", "what the database could not convert is seen by its marks") {
	CHECK(!was_mended("why\x81\x5C?", "why\xE4\xB9\x97?"));
	CHECK(was_mended("\xFF", "?"));
	CHECK(was_mended("a?\xFF", "a??"));
	CHECK(was_mended("\xFC", "\xEF\xBF\xBD"));
}

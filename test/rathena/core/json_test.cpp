#include <custom/ai_ipc/json_get.h>

#include "check.h"

using namespace ai_ipc;

static bool is_json(const std::string& text) {
	return json_fault_at(text, ANY_DEPTH) == std::string::npos;
}

TEST("json", "what JSON.parse takes is JSON") {
	for (const char* text :
	     {"{}", "[]", "null", "true", "false", "0", "-0", "12", "-1.5e+10", "1E5", "0.0", "\"\"", "\"a\\u00e9\\n\\/\"",
	      " \t\r\n{ \"a\" : [ 1 , { } , [ ] , \"x\" ] , \"b\" : { \"c\" : null } } \n", "[[[1],2],3]", "\"\\ud800\"",
	      "{\"a\":1,\"a\":2}", "\"\x7F\xED\x95\x9C\"", "{\"\":0}"})
		CHECK(is_json(text));
}

TEST("json", "what JSON.parse refuses is not JSON") {
	for (const char* text :
	     {"", " ", "{", "}", "[", "]", "[1,]", "{,}", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "[1 2]",
	      "01", "1.", ".5", "-", "+1", "1e", "1e+", "0x1", "nul", "True", "NaN", "\"", "\"a", "\"\\x\"", "\"\\u12g4\"",
	      "\"\\u123", "\"a\nb\"", "\"a\tb\"", "[1]]", "{}{}", "[}", "{]", "{\"a\":1]", "[\"a\":1]", "1,2", "\xEF\xBB\xBF{}",
	      "{\"a\":\"say \"hi\"\"}", "\\", "/* */ 1"})
		CHECK(!is_json(text));
	CHECK(!is_json(std::string("1\0", 2)));
	CHECK(!is_json(std::string("\"\0\"", 3)));
}

TEST("json", "every cut of a text that is JSON is not JSON") {
	std::string text = "{\"a\":[1.5e3,\"\\u00e9\\\\\",{\"b\":null}],\"c\":true}";
	CHECK(is_json(text));
	for (size_t length = 0; length < text.size(); ++length)
		CHECK(!is_json(text.substr(0, length)));
}

TEST("json", "65,535 brackets need no stack") {
	std::string open(65535, '[');
	CHECK(!is_json(open));
	CHECK(is_json(open + std::string(65535, ']')));
}

TEST("json", "nesting is counted where it is bounded") {
	std::string most = std::string(64, '[') + std::string(64, ']');
	CHECK_SAME(json_fault_at(most, 64), std::string::npos);
	CHECK(json_fault_at("[" + most + "]", 64) != std::string::npos);
	CHECK(json_fault_at("{\"a\":" + most + "}", 64) != std::string::npos);
}

TEST("json", "the place of a fault is told") {
	CHECK_SAME(json_fault_at("{\"a\":x}", ANY_DEPTH), 5u);
	CHECK_SAME(json_fault_at("{\"a\":1} x", ANY_DEPTH), 8u);
}

TEST("json", "escaped text stands between quotes as it was") {
	std::string text = "say \"hi\" \\ /\n\r\t\b\f\x01\x1F\x7F \xED\x95\x9C \xF0\x9F\x98\x80 'x'; --";
	for (bool only_ascii : {false, true}) {
		std::string json = '"' + escape_json(text, only_ascii) + '"';
		CHECK(is_json(json));
		CHECK_SAME(json_get(json, ""), text);
		CHECK(!only_ascii || is_ascii(json));
	}
}

TEST("json", "escaping mends what is no UTF-8, so the result is always JSON") {
	CHECK_SAME(escape_json("a\xFF\"\xE3\x81", false), "a?\\\"??");
	CHECK_SAME(escape_json("\xF0\x9F\x98\x80\xC3\xA9", true), "\\ud83d\\ude00\\u00e9");
}

TEST("json", "values are found by their path") {
	std::string json = "{ \"text\" : \"Hi\", \"n\":-1.50, \"ok\":true, \"no\":false, \"nil\":null, \"o\":{\"a\":[10,{\"b\":"
	                   "\"deep\"},[1, 2]]}, \"\":7 }";
	CHECK_SAME(json_get(json, "text"), "Hi");
	CHECK_SAME(json_get(json, "n"), "-1.50");
	CHECK_SAME(json_get(json, "ok"), "true");
	CHECK_SAME(json_get(json, "no"), "false");
	CHECK_SAME(json_get(json, "nil"), "");
	CHECK_SAME(json_get(json, "o.a[0]"), "10");
	CHECK_SAME(json_get(json, "o.a[1].b"), "deep");
	CHECK_SAME(json_get(json, "o.a[2]"), "[1,2]");
	CHECK_SAME(json_get(json, "o.a[2][1]"), "2");
	CHECK_SAME(json_get(json, "o"), "{\"a\":[10,{\"b\":\"deep\"},[1,2]]}");
	CHECK_SAME(json_get(" [1,[2]] ", "[1][0]"), "2");
	CHECK_SAME(json_get("\"just words\"", ""), "just words");
}

TEST("json", "what is not there is empty") {
	std::string json = "{\"a\":[1],\"s\":\"text\",\"e\":[],\"o\":{}}";
	for (const char* path : {"b", "a[1]", "a.b", "s.length", "s[0]", "a[99999999]", "e[0]", "o.x", "a[0].x", "a[0][0]",
	                         "a[4294967296]", "A"})
		CHECK_SAME(json_get(json, path), "");
}

TEST("json", "a path that is none finds nothing") {
	for (const char* path : {".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a]", "a[0]b", "a[0", "[", "a[ 0]",
	                         "a[99999999999999999999]"})
		CHECK_SAME(json_get("{\"a\":[{\"b\":1}]}", path), "");
	std::string deep;
	for (int step = 0; step < 65; ++step)
		deep += "[0]";
	CHECK_SAME(json_get("[0]", deep), "");
}

TEST("json", "the first member of a name counts, and names are compared unescaped") {
	CHECK_SAME(json_get("{\"a\":1,\"a\":2}", "a"), "1");
	CHECK_SAME(json_get("{\"\\u0061\":3}", "a"), "3");
	CHECK_SAME(json_get("{ \"a\" : [ 1 ,\t\"b c\" , { } ] }", "a"), "[1,\"b c\",{}]");
	CHECK_SAME(json_get("[\"\\u00e9\\u0022\\n\\ud83d\\u0000\"]", ""), "[\"\xC3\xA9\\u0022\\n??\"]");
}

TEST("json", "text that is not JSON, or nested deeper than 64, has no values") {
	CHECK_SAME(json_get("{\"a\":1", "a"), "");
	CHECK_SAME(json_get("", ""), "");
	CHECK_SAME(json_get("plain words", ""), "");
	CHECK_SAME(json_get("{\"a\":1,\"b\":" + std::string(64, '[') + std::string(64, ']') + "}", "a"), "");
}

TEST("json", "escapes in a string become what they mean, halves of pairs and NUL become ?") {
	CHECK_SAME(json_get("\"\\ud83d\\ude00\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\"", ""), "\xF0\x9F\x98\x80\xC3\xA9\"\\/\b\f\n\r\t");
	CHECK_SAME(json_get("\"\\ud83d\"", ""), "?");
	CHECK_SAME(json_get("\"\\ud83dx\\ude00\"", ""), "?x?");
	CHECK_SAME(json_get("\"\\ud83d\\u0041\"", ""), "?A");
	CHECK_SAME(json_get("\"a\\u0000b\"", ""), "a?b");
}

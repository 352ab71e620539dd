#include <climits>

#include <custom/ai_ipc/request_rules.h>
#include <custom/ai_ipc/statements.h>
#include <custom/ai_ipc/status.h>

#include "check.h"

using namespace ai_ipc;

TEST("request", "a type has 1 to 50 bytes of text") {
	CHECK_SAME(type_refusal("dialogue").code, "");
	CHECK_SAME(type_refusal(std::string(50, 'a')).code, "");
	CHECK_SAME(type_refusal("").code, "bad_type");
	CHECK_SAME(type_refusal(std::string(51, 'a')).code, "bad_type");
	CHECK_SAME(type_not_text().code, "bad_type");
}

TEST("request", "an endpoint is a path on the AI service and nothing else") {
	for (const char* endpoint : {"/", "/api/v1/npc/dialogue", "/a?b=c&d=/e%20f", "/a.b/c~d"})
		CHECK_SAME(endpoint_refusal(endpoint).code, "");
	CHECK_SAME(endpoint_refusal("/" + std::string(254, 'a')).code, "");
	CHECK_SAME(endpoint_refusal("/" + std::string(255, 'a')).code, "bad_endpoint");
	for (const char* endpoint : {"", "api", "http://x/", "//x", "/a//b", "/../x", "/a..b", "/a#b", "/a\\b", "/%2E%2e",
	                             "/a%2fb", "/a%5Cb", "/a b", "/a\tb", "/a\x7F", "/\xC3\xA9", "/a\r\nHost: x"})
		CHECK_SAME(endpoint_refusal(endpoint).code, "bad_endpoint");
}

TEST("request", "a message shows no query, which may hold what a player said") {
	std::string message = endpoint_refusal("/a//b?message=secret").message;
	CHECK_SAME(message.find("secret"), std::string::npos);
	CHECK(message.find("/a//b?...") != std::string::npos);
}

TEST("request", "data is JSON of at most 65,535 bytes, and no message holds it") {
	std::string most = '"' + std::string(65533, 'a') + '"';
	CHECK_SAME(data_refusal("{}").code, "");
	CHECK_SAME(data_refusal(most).code, "");
	CHECK_SAME(data_refusal(most + " ").code, "data_too_large");
	CHECK_SAME(data_refusal("").code, "bad_json");
	CHECK_SAME(data_refusal("{\"a\":\"secret").code, "bad_json");
	CHECK_SAME(data_not_text().code, "bad_json");
	CHECK_SAME(data_refusal("{\"a\":\"secret").message.find("secret"), std::string::npos);
}

TEST("request", "numbers are brought to the nearest that is allowed") {
	CHECK_SAME(clamp_priority(INT64_MIN), 1);
	CHECK_SAME(clamp_priority(0), 1);
	CHECK_SAME(clamp_priority(7), 7);
	CHECK_SAME(clamp_priority(INT64_MAX), 10);
	CHECK_SAME(clamp_timeout_seconds(-5), 1);
	CHECK_SAME(clamp_timeout_seconds(31536001), 31536000);
	CHECK_SAME(clamp_age_seconds(59), 60);
	CHECK_SAME(clamp_age_seconds(INT64_MAX), 2592000);
}

TEST("request", "a message is ASCII and cut, whatever it quotes") {
	Refusal refusal = type_refusal(std::string(300, '\n') + "\xED\x95\x9C");
	CHECK(is_ascii(refusal.text()));
	CHECK(refusal.text().size() < 400);
	CHECK_SAME(refusal.text().compare(0, 10, "bad_type: "), 0);
	CHECK(Refusal().is_none());
	CHECK_SAME(Refusal().text(), "");
}

TEST("request", "the INSERT is plain ASCII with every text in hex") {
	NewRequest request;
	request.type = "dialogue";
	request.endpoint = "/a";
	request.data = "{\"m\":\"'\xED\x95\x9C\"}";
	request.timeout_seconds = 45;
	request.source_npc = "\xED\x95\x9C'";
	request.source_map = std::string(31, 'm');
	CHECK_SAME(insert_request(request),
	           "INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, source_npc, source_map, "
	           "expires_at) VALUES (CONVERT(x'6469616C6F677565' USING utf8mb4),CONVERT(x'2F61' USING utf8mb4),"
	           "CONVERT(x'7B226D223A2227ED959C227D' USING utf8mb4),5,45,"
	           "CONVERT(x'ED959C27' USING utf8mb4),CONVERT(x'6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D6D' "
	           "USING utf8mb4),"
	           "FROM_UNIXTIME(UNIX_TIMESTAMP(NOW(3)) + 45))");
}

TEST("request", "a script without NPC and map leaves their columns NULL") {
	CHECK(insert_request(NewRequest()).find(",30,NULL,NULL,FROM_UNIXTIME") != std::string::npos);
}

TEST("request", "a list of ids is theirs, up to the largest") {
	CHECK_SAME(comma_list({1, 4294967296u, 18446744073709551615u}), "1,4294967296,18446744073709551615");
}

TEST("request", "each status has its code, and one that does not exist is pending") {
	CHECK_SAME(status_code("pending"), 1);
	CHECK_SAME(status_code("processing"), 2);
	CHECK_SAME(status_code("completed"), 3);
	CHECK_SAME(status_code("failed"), 4);
	CHECK_SAME(status_code("timeout"), 5);
	CHECK_SAME(status_code("cancelled"), 6);
	CHECK_SAME(status_code(""), 1);
	CHECK(!is_ended(AI_REQ_PENDING) && !is_ended(AI_REQ_PROCESSING) && is_ended(AI_REQ_NOT_FOUND) && is_ended(AI_REQ_CANCELLED));
}

#include <custom/ai_ipc/settings.h>

#include "check.h"

using namespace ai_ipc;

static Settings read(const std::string& text, std::vector<std::string>& warnings) {
	return SettingsReader("ai_ipc.conf", warnings).read(text);
}

TEST("settings", "each setting is read, whatever the line ends and comments") {
	std::vector<std::string> warnings;
	Settings settings = read("\xEF\xBB\xBF// comment: no\r\nclient_codepage: euckr // Korean\r\n\r\n"
	                         "  max_open_requests_per_character :3\nmax_open_requests: 0\r\ndoorbell: no\n"
	                         "print_cost_every_seconds: 60",
	                         warnings);
	CHECK_SAME(warnings.size(), 0u);
	CHECK_SAME(settings.client_codepage, "euckr");
	CHECK_SAME(settings.max_open_requests_per_character, 3);
	CHECK_SAME(settings.max_open_requests, 0);
	CHECK_SAME(settings.doorbell, false);
	CHECK_SAME(settings.print_cost_every_seconds, 60);
}

TEST("settings", "every name of UTF-8 means all of UTF-8, and capitals do not matter") {
	std::vector<std::string> warnings;
	for (const char* name : {"utf8", "UTF8MB4", "utf8mb3"})
		CHECK_SAME(read(std::string("client_codepage: ") + name, warnings).client_codepage, "utf8mb4");
	CHECK_SAME(read("client_codepage: EUCKR", warnings).client_codepage, "euckr");
	CHECK_SAME(read("client_codepage: Connection", warnings).client_codepage, "connection");
	CHECK_SAME(warnings.size(), 0u);
}

TEST("settings", "an empty file means the defaults") {
	std::vector<std::string> warnings;
	Settings settings = read("", warnings);
	CHECK_SAME(settings.client_codepage, "connection");
	CHECK_SAME(settings.max_open_requests, 10000);
	CHECK(settings.doorbell);
}

TEST("settings", "a line that is not understood is told with file, line and what is allowed, and changes nothing") {
	std::vector<std::string> warnings;
	Settings settings = read("max_open_request: 5\nmax_open_requests: -1\nmax_open_requests: 100001\nmax_open_requests: 1x\n"
	                         "max_open_requests:\nclient_codepage: EUC-KR'\nclient_codepage: utf16\ndoorbell: true\nnonsense\n"
	                         "max_open_requests: 99999999999999999999",
	                         warnings);
	CHECK_SAME(warnings.size(), 10u);
	CHECK_SAME(warnings[0], "ai_ipc.conf line 1: there is no setting \"max_open_request\". There are client_codepage, "
	                        "max_open_requests_per_character, max_open_requests, doorbell, print_cost_every_seconds and "
	                        "max_answer_bytes.");
	CHECK_SAME(warnings[1], "ai_ipc.conf line 2: max_open_requests \"-1\" is not a whole number from 0 to 100000. It stays 10000.");
	CHECK_SAME(warnings[7], "ai_ipc.conf line 8: doorbell \"true\" is neither yes nor no. It stays yes.");
	CHECK_SAME(settings.max_open_requests, 10000);
	CHECK_SAME(settings.client_codepage, "connection");
}

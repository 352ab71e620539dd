#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <unistd.h>

#include <custom/ai_ipc/login.h>

#include "check.h"

using namespace ai_ipc;

static void write(const std::string& file, const std::string& text) {
	std::ofstream(file, std::ios::binary) << text;
}

static std::string new_folder() {
	char name[] = "/tmp/ai-ipc-login-XXXXXX";
	return mkdtemp(name);
}

TEST("login", "is that of rAthena's own files, the last line of a key wins, and a file may name another") {
	std::string folder = new_folder();
	write(folder + "/import", "map_server_pw:  p:w // d \r\nMAP_SERVER_DB: other\nchar_server_id: nobody\n");
	write(folder + "/main", "// map_server_id: no\nmap_server_ip: db.example\nmap_server_port: 3307\nmap_server_id: game\n"
	              "map_server_pw: first\nnonsense\nmap_server_db:\ndefault_codepage: euckr\nimport: " +
	                  folder + "/import\n");
	Login login = LoginReader().read(folder + "/main");
	CHECK_SAME(login.host, "db.example");
	CHECK_SAME(login.port, 3307);
	CHECK_SAME(login.user, "game");
	CHECK_SAME(login.password, "p:w // d ");
	CHECK_SAME(login.database, "other");
	CHECK_SAME(login.codepage, "euckr");
	for (const char* name : {"/main", "/import", ""})
		std::remove((folder + name).c_str());
}

TEST("login", "without a file it is rAthena's default, and a file that names itself is read to an end") {
	CHECK_SAME(LoginReader().read("/no/such/file").user, "ragnarok");
	std::string folder = new_folder(), file = folder + "/main";
	write(file, "map_server_id: x\nimport: " + file + "\n");
	CHECK_SAME(LoginReader().read(file).user, "x");
	std::remove(file.c_str());
	std::remove(folder.c_str());
}

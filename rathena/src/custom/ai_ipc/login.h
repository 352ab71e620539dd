// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_LOGIN_H
#define AI_IPC_LOGIN_H

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "text.h"

namespace ai_ipc {

// How the map server logs in to its database. rAthena has it in variables whose type changed over the years, so it is read
// from the same files, by the same rules.
struct Login {
	std::string host = "127.0.0.1", user = "ragnarok", password, database = "ragnarok";
	uint16_t port = 3306;
	// The character set that rAthena sets on its connections; "" for the client library's own.
	std::string codepage;
};

// A file may name others, as rAthena's inter_athena.conf does; one that names itself is read so often at most.
const int MOST_IMPORTS = 20;

class LoginReader {
  public:
	Login read(const std::string& file) {
		read_file(file);
		return login_;
	}

  private:
	Login login_;
	int imports_ = 0;

	void read_file(const std::string& file) {
		if (++imports_ > MOST_IMPORTS)
			return;
		std::ifstream stream(file);
		std::string line;
		while (std::getline(stream, line))
			read_line(line);
	}

	// "key: value". As rAthena reads it, blanks before the value do not count, and those behind it do.
	void read_line(const std::string& line) {
		size_t colon = line.find(':');
		if (line.compare(0, 2, "//") == 0 || colon == std::string::npos)
			return;
		size_t begin = line.find_first_not_of(" \t", colon + 1);
		size_t end = line.find_first_of("\r\n", colon);
		if (begin == std::string::npos || begin >= (end == std::string::npos ? line.size() : end))
			return;
		take(lower_ascii(line.substr(0, colon)), line.substr(begin, end == std::string::npos ? end : end - begin));
	}

	void take(const std::string& key, const std::string& value) {
		if (key == "map_server_ip")
			login_.host = value;
		else if (key == "map_server_port")
			login_.port = static_cast<uint16_t>(atoi(value.c_str()));
		else if (key == "map_server_id")
			login_.user = value;
		else if (key == "map_server_pw")
			login_.password = value;
		else if (key == "map_server_db")
			login_.database = value;
		else if (key == "default_codepage")
			login_.codepage = value;
		else if (key == "import")
			read_file(value);
	}
};

} // namespace ai_ipc

#endif

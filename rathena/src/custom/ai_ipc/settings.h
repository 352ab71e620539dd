// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_SETTINGS_H
#define AI_IPC_SETTINGS_H

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "codepage.h"

namespace ai_ipc {

const char* const SETTINGS_FILE = "conf/import/ai_ipc.conf";
const char* const CONNECTIONS_CODEPAGE = "connection";

struct Settings {
	// A character set of the database, or "connection".
	std::string client_codepage = CONNECTIONS_CODEPAGE;
	// A player who clicks fast, or a script in a loop, fills the queue for all. The benchmark NPC has 100 open.
	int64_t max_open_requests_per_character = 200;
	int64_t max_open_requests = 10000;
	bool doorbell = true;
	int64_t print_cost_every_seconds = 0;
	// What a command hands back at most: longer text in `mes` (32,758 bytes) ends the map server.
	int64_t max_answer_bytes = 16384;
};

const int64_t MOST_ANSWER_BYTES = 32000;

// Reads "key: value" lines, with comments after //. Each line that is not understood leaves the default and a warning.
class SettingsReader {
  public:
	SettingsReader(const std::string& file, std::vector<std::string>& warnings) : file_(file), warnings_(warnings) {}

	Settings read(const std::string& text) {
		// The byte order mark that Windows editors put in front.
		std::istringstream lines(text.compare(0, 3, "\xEF\xBB\xBF") == 0 ? text.substr(3) : text);
		std::string line;
		for (line_ = 1; std::getline(lines, line); ++line_)
			read_line(trimmed(line.substr(0, line.find("//"))));
		return settings_;
	}

  private:
	std::string file_;
	std::vector<std::string>& warnings_;
	Settings settings_;
	int line_ = 0;

	static std::string trimmed(const std::string& text) {
		size_t begin = text.find_first_not_of(" \t\r");
		if (begin == std::string::npos)
			return std::string();
		return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
	}

	void warn(const std::string& what) {
		warnings_.push_back(file_ + " line " + std::to_string(line_) + ": " + what);
	}

	void read_line(const std::string& line) {
		if (line.empty())
			return;
		size_t colon = line.find(':');
		if (colon == std::string::npos)
			warn("\"" + line + "\" is not a setting. Write key: value, or // before a comment.");
		else
			read_setting(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
	}

	void read_setting(const std::string& key, const std::string& value) {
		if (key == "client_codepage")
			read_codepage(value);
		else if (key == "max_open_requests_per_character")
			read_number(key, value, 100000, settings_.max_open_requests_per_character);
		else if (key == "max_open_requests")
			read_number(key, value, 100000, settings_.max_open_requests);
		else if (key == "doorbell")
			read_switch(key, value, settings_.doorbell);
		else if (key == "print_cost_every_seconds")
			read_number(key, value, 3600, settings_.print_cost_every_seconds);
		else if (key == "max_answer_bytes")
			read_number(key, value, MOST_ANSWER_BYTES, settings_.max_answer_bytes);
		else
			warn("there is no setting \"" + key + "\". There are client_codepage, max_open_requests_per_character, "
			     "max_open_requests, doorbell, print_cost_every_seconds and max_answer_bytes.");
	}

	void read_codepage(const std::string& value) {
		std::string name = lower_ascii(value);
		if (name == CONNECTIONS_CODEPAGE)
			settings_.client_codepage = name;
		else if (is_codepage_name(name))
			settings_.client_codepage = full_codepage(name);
		else
			warn("client_codepage \"" + value + "\" is not a character set that clients use. Write connection, or one "
			     "such as utf8mb4, euckr, tis620, latin1, gbk, big5 or cp932.");
	}

	void read_number(const std::string& key, const std::string& value, int64_t most, int64_t& out) {
		bool is_number = !value.empty() && value.size() <= 9 && value.find_first_not_of("0123456789") == std::string::npos;
		int64_t number = is_number ? std::stoll(value) : -1;
		if (number >= 0 && number <= most)
			out = number;
		else
			warn(key + " \"" + value + "\" is not a whole number from 0 to " + std::to_string(most) + ". It stays " +
			     std::to_string(out) + ".");
	}

	void read_switch(const std::string& key, const std::string& value, bool& out) {
		if (value == "yes" || value == "no")
			out = value == "yes";
		else
			warn(key + " \"" + value + "\" is neither yes nor no. It stays " + (out ? "yes." : "no."));
	}
};

} // namespace ai_ipc

#endif

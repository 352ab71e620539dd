// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REPERTOIRE_H
#define AI_IPC_REPERTOIRE_H

#include <string>
#include <unordered_map>
#include <vector>

#include "database_desk.h"
#include "json_check.h"
#include "game_text.h"
#include "statements.h"

namespace ai_ipc {

// As many characters as are kept: more than any language writes with, and 2 MB.
const size_t MOST_KNOWN_CHARACTERS = 20000;
// First the text's own characters, then what may stand in their place, and what that makes with a mark.
const int MOST_LESSONS = 5;

// What the clients' codepage has. The database knows it, and is asked once for each character that comes up.
class Repertoire {
  public:
	explicit Repertoire(DatabaseDesk& desk) : desk_(desk) {}

	void set_codepage(const std::string& codepage) {
		codepage_ = codepage;
		bytes_.clear();
	}

	// The text in the codepage: folded where it lacks something. False when the database is not there.
	bool encode(const std::string& utf8, bool may_be_json, std::string& out) {
		if (bytes_.size() > MOST_KNOWN_CHARACTERS)
			bytes_.clear();
		if (encode_known(utf8, out))
			return true;
		auto has = [this](const std::string& character) { return knows(character); };
		std::string folded = utf8;
		bool is_json = may_be_json && json_fault_at(utf8, ANY_DEPTH) == std::string::npos;
		for (int lesson = 0; lesson < MOST_LESSONS; ++lesson) {
			wanted_.clear();
			folded = fold_text(utf8, is_json, has);
			if (wanted_.empty())
				break;
			if (!learn())
				return false;
		}
		return encode_known(folded, out);
	}

  private:
	DatabaseDesk& desk_;
	std::string codepage_;
	// By a character in UTF-8; "" where the codepage lacks it.
	std::unordered_map<std::string, std::string> bytes_;
	// What was asked for and is not known yet.
	std::unordered_map<std::string, bool> wanted_;

	// An unknown character counts as there: so its substitutes are asked for only when it is lacking.
	bool knows(const std::string& character) {
		auto known = bytes_.find(character);
		if (known != bytes_.end())
			return !known->second.empty();
		wanted_[character] = true;
		return true;
	}

	// False at the first character that is not known to be there.
	bool encode_known(const std::string& utf8, std::string& out) const {
		out.clear();
		out.reserve(utf8.size());
		for (size_t at = 0; at < utf8.size();) {
			size_t length = utf8_length(utf8, at);
			if (length == 1) {
				out += utf8[at++];
				continue;
			}
			auto known = bytes_.find(utf8.substr(at, length));
			if (length == 0 || known == bytes_.end() || known->second.empty())
				return false;
			out += known->second;
			at += length;
		}
		return true;
	}

	// All in one statement, a character a line: no character of two bytes has a line end in it.
	bool learn() {
		std::vector<std::string> characters;
		std::string lines;
		for (const auto& wanted : wanted_) {
			characters.push_back(wanted.first);
			lines += wanted.first + "\n";
		}
		std::string answer;
		if (!desk_.first_value("SELECT " + as_client_bytes(utf8_literal(lines), codepage_), answer))
			return false;
		size_t at = 0;
		for (const std::string& character : characters) {
			size_t end = answer.find('\n', at);
			std::string bytes = end == std::string::npos ? std::string() : answer.substr(at, end - at);
			bytes_[character] = bytes == "?" ? std::string() : bytes;
			at = end == std::string::npos ? answer.size() : end + 1;
		}
		return true;
	}
};

} // namespace ai_ipc

#endif

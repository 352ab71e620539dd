// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_FOLDS_H
#define AI_IPC_FOLDS_H

#include <string>
#include <unordered_map>
#include <vector>

#include "fold_table.h"
#include "json_scan.h"

namespace ai_ipc {

// The table as it is looked up: what may stand in place of a character, and which letter a mark makes of another one.
// All in UTF-8.
class Folds {
  public:
	Folds() {
		std::string table;
		for (const char* piece : FOLD_TABLE)
			table += piece;
		for (size_t at = 0; at + 1 < table.size();) {
			size_t end = table.find('|', at + 1);
			read_entry(table.substr(at + 1, end - at - 1));
			at = end;
		}
	}

	// nullptr where nothing may.
	const std::vector<std::string>* candidates(const std::string& character) const {
		auto found = candidates_.find(character);
		return found == candidates_.end() ? nullptr : &found->second;
	}

	// "" where the two make no letter.
	std::string composed(const std::string& base, const std::string& mark) const {
		auto found = composed_.find(base + mark);
		return found == composed_.end() ? std::string() : found->second;
	}

  private:
	std::unordered_map<std::string, std::vector<std::string>> candidates_;
	std::unordered_map<std::string, std::string> composed_;

	// C3A9=65+CC81,
	void read_entry(const std::string& entry) {
		size_t at = entry.find('=') + 1;
		std::string character = bytes_of(entry.substr(0, at - 1));
		if (entry[at] == '&')
			++at;
		std::vector<std::string>& candidates = candidates_[character];
		while (at < entry.size()) {
			size_t end = entry.find(',', at);
			std::string candidate = entry.substr(at, end - at);
			size_t plus = candidate.find('+');
			candidates.push_back(bytes_of(candidate.substr(0, plus)));
			if (plus != std::string::npos)
				composed_[candidates.back() + bytes_of(candidate.substr(plus + 1))] = character;
			at = end + 1;
		}
	}

	static std::string bytes_of(const std::string& hex) {
		std::string bytes;
		for (size_t at = 0; at + 1 < hex.size(); at += 2)
			bytes += static_cast<char>(hex_digit(hex[at]) << 4 | hex_digit(hex[at + 1]));
		return bytes;
	}
};

inline const Folds& folds() {
	static const Folds instance;
	return instance;
}

} // namespace ai_ipc

#endif

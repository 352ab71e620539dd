// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_TRANSLATION_H
#define AI_IPC_TRANSLATION_H

#include <string>
#include <unordered_map>
#include <utility>

#include "codepage.h"
#include "database_desk.h"
#include "repertoire.h"
#include "text.h"

namespace ai_ipc {

// Text from the clients' codepage to UTF-8 and back. The database does it, which knows them all; where the text is ASCII
// or the codepage is UTF-8, nothing needs to be done and no statement is sent.
class Translation {
  public:
	explicit Translation(DatabaseDesk& desk) : desk_(desk), repertoire_(desk) {}

	void set_codepage(const std::string& codepage) {
		codepage_ = codepage;
		is_utf8_ = codepage == UTF8_CODEPAGE;
		repertoire_.set_codepage(codepage);
	}

	const std::string& codepage() const {
		return codepage_;
	}

	bool is_utf8() const {
		return is_utf8_;
	}

	// False when the database is not there, or too slow. Of text in another codepage than UTF-8, what is no character becomes '?'.
	bool to_utf8(const std::string& text, std::string& utf8) {
		if (is_utf8_ || is_ascii(text)) {
			utf8 = text;
			return true;
		}
		if (text != last_text_) {
			if (!desk_.first_value("SELECT CAST(" + client_literal(text, codepage_) + " AS BINARY)", utf8))
				return false;
			// A script that asks an answer for three fields has it converted once.
			last_text_ = text;
			last_utf8_ = std::move(utf8);
		}
		utf8 = last_utf8_;
		return true;
	}

	// Whether all of the text was characters of the codepage. utf8 is what to_utf8 made of it.
	bool was_whole(const std::string& text, const std::string& utf8) const {
		return is_utf8_ ? utf8_fault_at(text) == std::string::npos : !was_mended(text, utf8);
	}

	// The name of an NPC or a map, mended rather than refused. There are few, so each is converted once.
	std::string name_to_utf8(const std::string& name) {
		auto known = names_.find(name);
		if (known != names_.end())
			return known->second;
		std::string utf8;
		if (!to_utf8(name, utf8))
			return without_other_than_ascii(name);
		// Instances make maps and NPCs with new names without end.
		if (names_.size() >= 1000)
			names_.clear();
		return names_[name] = mend_utf8(utf8);
	}

	// What the codepage lacks is folded into what it has. Of a codepage that cannot be asked for, since the database is
	// away, ASCII alone is known.
	std::string from_utf8(std::string utf8, bool may_be_json = false) {
		if (is_utf8_)
			return utf8;
		// Two controls that no client shows: the function library over SQL marks with them what goes away.
		for (char& c : utf8)
			if (c == '\x01' || c == '\x02')
				c = ' ';
		if (is_ascii(utf8))
			return utf8;
		std::string text;
		if (repertoire_.encode(utf8, may_be_json, text))
			return text;
		bool is_json = may_be_json && json_fault_at(utf8, ANY_DEPTH) == std::string::npos;
		return fold_text(utf8, is_json, [](const std::string&) { return false; });
	}

	static std::string without_other_than_ascii(std::string text) {
		for (char& c : text)
			if (static_cast<unsigned char>(c) >= 0x80)
				c = '?';
		return text;
	}

  private:
	DatabaseDesk& desk_;
	std::string codepage_ = UTF8_CODEPAGE;
	bool is_utf8_ = true;
	Repertoire repertoire_;
	std::string last_text_, last_utf8_;
	std::unordered_map<std::string, std::string> names_;
};

} // namespace ai_ipc

#endif

// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_CODEPAGE_H
#define AI_IPC_CODEPAGE_H

#include <algorithm>
#include <string>

#include "text.h"

namespace ai_ipc {

const char* const UTF8_CODEPAGE = "utf8mb4";

// Whether this may be the name of a character set: it goes into statements as it stands.
inline bool is_codepage_name(const std::string& name) {
	if (name.empty() || name.size() > 32)
		return false;
	for (char c : name)
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	// No client speaks these: their ASCII is not ASCII, or they have no characters at all.
	for (const char* wide : {"ucs2", "utf16", "utf16le", "utf32", "binary"})
		if (name == wide)
			return false;
	return true;
}

// MariaDB's utf8 has no emoji; the bytes are the same, so all of UTF-8 is taken. So it is for a connection whose character
// set no client can have. Its sjis is JIS X 0208 alone: what Japanese clients show is cp932, which has more signs and letters.
inline std::string full_codepage(const std::string& character_set) {
	bool is_utf8 = character_set == "utf8" || character_set == "utf8mb3" || !is_codepage_name(character_set);
	if (character_set == "sjis")
		return "cp932";
	return is_utf8 ? UTF8_CODEPAGE : character_set;
}

// Whether converting lost something: the database puts '?' or U+FFFD in place of what the codepage does not have. No
// character of two bytes has '?' (0x3F) in it, in any codepage that clients speak.
inline bool was_mended(const std::string& before, const std::string& after) {
	auto marks = [](const std::string& text) { return std::count(text.begin(), text.end(), '?'); };
	return marks(after) > marks(before) || after.find("\xEF\xBF\xBD") != std::string::npos;
}

} // namespace ai_ipc

#endif

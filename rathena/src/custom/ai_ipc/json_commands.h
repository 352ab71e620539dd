// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_JSON_COMMANDS_H
#define AI_IPC_JSON_COMMANDS_H

#include <string>

#include "json_get.h"
#include "plugin.h"

namespace ai_ipc {

// Escaped after it was converted: the second byte of a character may look like a backslash. Outside of UTF-8 the result
// is plain ASCII, which no later conversion can change. Without a database, which also takes no request then, characters
// outside ASCII become '?'.
inline std::string json_escaped(Plugin& ai, const std::string& text) {
	std::string utf8;
	if (!ai.translation.to_utf8(text, utf8))
		utf8 = Translation::without_other_than_ascii(text);
	else if (!ai.translation.was_whole(text, utf8))
		ai.tell_wrong_codepage(text);
	return escape_json(utf8, !ai.translation.is_utf8());
}

inline std::string json_value(Plugin& ai, const std::string& json, const std::string& path) {
	std::string utf8, utf8_path;
	if (!ai.translation.to_utf8(path, utf8_path) || !ai.translation.to_utf8(json, utf8))
		return std::string();
	std::string value = json_get(utf8, utf8_path);
	// A text is none, even where it looks like a number.
	bool may_be_json = !value.empty() && (value[0] == '{' || value[0] == '[');
	return ai.fitting(ai.translation.from_utf8(value, may_be_json));
}

} // namespace ai_ipc

#endif

// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_JSON_GET_H
#define AI_IPC_JSON_GET_H

#include <cstddef>
#include <string>
#include <vector>

#include "json_check.h"
#include "json_text.h"

namespace ai_ipc {

// No answer that a script can use is nested deeper, and what is deeper costs time to walk over.
const size_t MAX_JSON_DEPTH = 64;

struct JsonStep {
	bool is_index;
	size_t index;
	std::string key;
};

// Reads one [12] at this place; false when it is none.
inline bool read_json_index(const std::string& path, size_t& at, std::vector<JsonStep>& steps) {
	size_t close = path.find(']', at);
	if (close == std::string::npos || close == at + 1 || close - at > 10)
		return false;
	size_t index = 0;
	for (size_t digit = at + 1; digit < close; ++digit) {
		if (!is_digit(path[digit]))
			return false;
		index = index * 10 + static_cast<size_t>(path[digit] - '0');
	}
	steps.push_back({true, index, std::string()});
	at = close + 1;
	return true;
}

// Reads "path.to[0].field" into steps; false when it is no path. The empty path is the whole.
inline bool read_json_path(const std::string& path, std::vector<JsonStep>& steps) {
	size_t at = 0;
	while (at < path.size()) {
		if (steps.size() == MAX_JSON_DEPTH)
			return false;
		if (path[at] == '[') {
			if (!read_json_index(path, at, steps))
				return false;
			continue;
		}
		bool is_first = at == 0;
		if (!is_first && path[at++] != '.')
			return false;
		size_t end = path.find_first_of(".[", at);
		if (end == std::string::npos)
			end = path.size();
		if (end == at)
			return false;
		steps.push_back({false, 0, path.substr(at, end - at)});
		at = end;
	}
	return true;
}

// Where the value at this place ends, in text that is known to be JSON.
inline const char* json_value_end(const char* at, const char* end) {
	size_t depth = 0;
	do {
		if (*at == '"') {
			at = json_string_end(at, end);
		} else {
			if (*at == '{' || *at == '[')
				++depth;
			else if (*at == '}' || *at == ']')
				--depth;
			else if (depth == 0)
				return json_scalar_end(at, end);
			++at;
		}
	} while (depth > 0);
	return at;
}

// The member of an object; the first one of a name counts, as in the database, which the function library over SQL asks.
// nullptr when there is none.
inline const char* find_json_member(const char* at, const char* end, const std::string& key) {
	if (*at != '{')
		return nullptr;
	at = skip_json_space(at + 1, end);
	while (*at != '}') {
		const char* name_end = json_string_end(at, end);
		bool is_it = json_string_text(at, name_end) == key;
		// Past the colon.
		at = skip_json_space(skip_json_space(name_end, end) + 1, end);
		if (is_it)
			return at;
		at = skip_json_space(json_value_end(at, end), end);
		if (*at == ',')
			at = skip_json_space(at + 1, end);
	}
	return nullptr;
}

inline const char* find_json_element(const char* at, const char* end, size_t index) {
	if (*at != '[')
		return nullptr;
	at = skip_json_space(at + 1, end);
	for (size_t here = 0; *at != ']'; ++here) {
		if (here == index)
			return at;
		at = skip_json_space(json_value_end(at, end), end);
		if (*at == ',')
			at = skip_json_space(at + 1, end);
	}
	return nullptr;
}

// A string with its quotes, and with the characters that its \uXXXX mean; what JSON needs stays escaped.
inline void append_plain_string(std::string& out, const char* at, const char* end) {
	while (at < end) {
		if (*at != '\\') {
			out += *at++;
			continue;
		}
		uint32_t code = at[1] == 'u' ? unicode_escape(at) : 0x20;
		bool is_needed = at[1] != 'u' || (code != 0 && code < 0x20) || code == '"' || code == '\\';
		size_t length = at[1] == 'u' ? 6 : 2;
		if (is_needed)
			out.append(at, length);
		at = is_needed ? at + length : append_unicode(out, at, end);
	}
}

// JSON without the blanks and line ends between its parts.
inline std::string json_compact(const char* at, const char* end) {
	std::string out;
	while (at < end) {
		const char* part_end = *at == '"' ? json_string_end(at, end) : at + 1;
		if (*at == '"')
			append_plain_string(out, at, part_end);
		else if (skip_json_space(at, end) == at)
			out += *at;
		at = part_end;
	}
	return out;
}

// The value at the path: a string's text; numbers, true and false as they are written; objects and arrays as JSON.
// "" for null, for what is not there, for text that is not JSON, and for JSON nested deeper than 64.
inline std::string json_get(const std::string& json, const std::string& path) {
	std::vector<JsonStep> steps;
	if (!read_json_path(path, steps) || json_fault_at(json, MAX_JSON_DEPTH) != std::string::npos)
		return std::string();
	const char* end = json.data() + json.size();
	const char* at = skip_json_space(json.data(), end);
	for (const JsonStep& step : steps) {
		at = step.is_index ? find_json_element(at, end, step.index) : find_json_member(at, end, step.key);
		if (at == nullptr)
			return std::string();
	}
	const char* value_end = json_value_end(at, end);
	if (*at == '"')
		return json_string_text(at, value_end);
	return *at == 'n' ? std::string() : json_compact(at, value_end);
}

} // namespace ai_ipc

#endif

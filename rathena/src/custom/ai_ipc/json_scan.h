// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_JSON_SCAN_H
#define AI_IPC_JSON_SCAN_H

#include <cstddef>
#include <cstring>

namespace ai_ipc {

// The pieces of JSON (RFC 8259), by pointers into the text. Each returns where its piece ends, or nullptr when the text
// is not such a piece. What they accept is what JSON.parse accepts.

inline bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

inline const char* skip_json_space(const char* at, const char* end) {
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		++at;
	return at;
}

// -1 for what is no hexadecimal digit.
inline int hex_digit(char c) {
	if (is_digit(c))
		return c - '0';
	char lower = static_cast<char>(c | 0x20);
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

inline const char* json_escape_end(const char* at, const char* end) {
	if (end - at < 2)
		return nullptr;
	if (at[1] != 'u')
		return std::memchr("\"\\/bfnrt", at[1], 8) == nullptr ? nullptr : at + 2;
	if (end - at < 6)
		return nullptr;
	for (int digit = 2; digit < 6; ++digit)
		if (hex_digit(at[digit]) < 0)
			return nullptr;
	return at + 6;
}

inline const char* json_string_end(const char* at, const char* end) {
	if (at == end || *at != '"')
		return nullptr;
	++at;
	while (at < end) {
		unsigned char byte = static_cast<unsigned char>(*at);
		if (byte == '"')
			return at + 1;
		if (byte < 0x20)
			return nullptr;
		if (byte != '\\') {
			++at;
			continue;
		}
		at = json_escape_end(at, end);
		if (at == nullptr)
			return nullptr;
	}
	return nullptr;
}

inline const char* digits_end(const char* at, const char* end) {
	const char* begin = at;
	while (at < end && is_digit(*at))
		++at;
	return at == begin ? nullptr : at;
}

inline const char* json_number_end(const char* at, const char* end) {
	if (at < end && *at == '-')
		++at;
	if (at == end)
		return nullptr;
	at = *at == '0' ? at + 1 : digits_end(at, end);
	if (at != nullptr && at < end && *at == '.')
		at = digits_end(at + 1, end);
	if (at == nullptr || at == end || (*at | 0x20) != 'e')
		return at;
	++at;
	if (at < end && (*at == '+' || *at == '-'))
		++at;
	return digits_end(at, end);
}

inline const char* json_word_end(const char* at, const char* end) {
	for (const char* word : {"true", "false", "null"}) {
		size_t length = std::strlen(word);
		if (static_cast<size_t>(end - at) >= length && std::memcmp(at, word, length) == 0)
			return at + length;
	}
	return nullptr;
}

// A string, number, true, false or null.
inline const char* json_scalar_end(const char* at, const char* end) {
	if (at == end)
		return nullptr;
	if (*at == '"')
		return json_string_end(at, end);
	return *at == '-' || is_digit(*at) ? json_number_end(at, end) : json_word_end(at, end);
}

} // namespace ai_ipc

#endif

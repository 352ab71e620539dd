// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_TEXT_H
#define AI_IPC_TEXT_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace ai_ipc {

inline bool is_ascii(const std::string& text) {
	for (unsigned char byte : text)
		if (byte >= 0x80)
			return false;
	return true;
}

inline std::string lower_ascii(std::string text) {
	for (char& c : text)
		if (c >= 'A' && c <= 'Z')
			c = static_cast<char>(c | 0x20);
	return text;
}

// The bytes of the UTF-8 character at this place (1 to 4); 0 when there is none (RFC 3629: no surrogates, nothing
// overlong, nothing above U+10FFFF).
inline size_t utf8_length(const std::string& text, size_t at) {
	auto byte = [&](size_t offset) -> unsigned {
		return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0u;
	};
	auto follows = [&](size_t offset) { return (byte(offset) & 0xC0) == 0x80; };
	unsigned first = byte(0), second = byte(1);
	if (first < 0x80)
		return 1;
	if (first >= 0xC2 && first <= 0xDF)
		return follows(1) ? 2 : 0;
	if (first >= 0xE0 && first <= 0xEF) {
		bool is_real = !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second > 0x9F);
		return is_real && follows(1) && follows(2) ? 3 : 0;
	}
	if (first >= 0xF0 && first <= 0xF4) {
		bool is_real = !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second > 0x8F);
		return is_real && follows(1) && follows(2) && follows(3) ? 4 : 0;
	}
	return 0;
}

// Where the text stops being UTF-8; npos when all of it is.
inline size_t utf8_fault_at(const std::string& text) {
	for (size_t at = 0; at < text.size();) {
		if (static_cast<unsigned char>(text[at]) < 0x80) {
			++at;
			continue;
		}
		size_t length = utf8_length(text, at);
		if (length == 0)
			return at;
		at += length;
	}
	return std::string::npos;
}

// The number of the character at this place, which must be one.
inline uint32_t utf8_code_point(const std::string& text, size_t at, size_t length) {
	unsigned char first = static_cast<unsigned char>(text[at]);
	if (length == 1)
		return first;
	uint32_t code = first & (0xFFu >> (length + 1));
	for (size_t offset = 1; offset < length; ++offset)
		code = (code << 6) | (static_cast<unsigned char>(text[at + offset]) & 0x3Fu);
	return code;
}

inline void append_utf8(std::string& out, uint32_t code) {
	if (code < 0x80) {
		out += static_cast<char>(code);
	} else if (code < 0x800) {
		out += static_cast<char>(0xC0 | (code >> 6));
		out += static_cast<char>(0x80 | (code & 0x3F));
	} else if (code < 0x10000) {
		out += static_cast<char>(0xE0 | (code >> 12));
		out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
		out += static_cast<char>(0x80 | (code & 0x3F));
	} else {
		out += static_cast<char>(0xF0 | (code >> 18));
		out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
		out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
		out += static_cast<char>(0x80 | (code & 0x3F));
	}
}

// Every byte that is no part of a UTF-8 character becomes '?'.
inline std::string mend_utf8(const std::string& text) {
	std::string out;
	out.reserve(text.size());
	for (size_t at = 0; at < text.size();) {
		size_t length = utf8_length(text, at);
		if (length == 0)
			out += '?';
		else
			out.append(text, at, length);
		at += length == 0 ? 1 : length;
	}
	return out;
}

// At most so many characters, never half of one.
inline std::string cut_characters(const std::string& utf8, size_t characters) {
	size_t at = 0;
	while (characters > 0 && at < utf8.size()) {
		size_t length = utf8_length(utf8, at);
		at += length == 0 ? 1 : length;
		--characters;
	}
	return utf8.substr(0, at);
}

// x'48656C6C6F': a string for SQL that no character set can give a second meaning. Escaping can: with gbk or sjis, the
// last byte of a character may be a backslash.
inline void append_hex_literal(std::string& out, const std::string& bytes) {
	static const char DIGITS[] = "0123456789ABCDEF";
	size_t at = out.size();
	out.resize(at + bytes.size() * 2 + 3);
	out[at++] = 'x';
	out[at++] = '\'';
	for (unsigned char byte : bytes) {
		out[at++] = DIGITS[byte >> 4];
		out[at++] = DIGITS[byte & 0x0F];
	}
	out[at] = '\'';
}

} // namespace ai_ipc

#endif

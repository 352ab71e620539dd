// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REQUEST_RULES_H
#define AI_IPC_REQUEST_RULES_H

#include <cstdint>
#include <string>

#include "json_check.h"
#include "json_text.h"
#include "refusal.h"

// The limits of a request, the same as those of the worker and of every other client. Text is counted in UTF-8 bytes.

namespace ai_ipc {

const size_t MAX_TYPE_BYTES = 50;
const size_t MAX_ENDPOINT_BYTES = 255;
const size_t MAX_DATA_BYTES = 65535;
const size_t MAX_NPC_CHARACTERS = 100;
const size_t MAX_MAP_CHARACTERS = 30;
const int64_t DEFAULT_PRIORITY = 5;
const int64_t DEFAULT_TIMEOUT_SECONDS = 30;
const int64_t DEFAULT_AGE_SECONDS = 3600;

inline int64_t clamp(int64_t value, int64_t least, int64_t most) {
	return value < least ? least : value > most ? most : value;
}

inline int64_t clamp_priority(int64_t priority) {
	return clamp(priority, 1, 10);
}

// A year is the most: TIMESTAMP columns end in 2038.
inline int64_t clamp_timeout_seconds(int64_t seconds) {
	return clamp(seconds, 1, 31536000);
}

inline int64_t clamp_age_seconds(int64_t seconds) {
	return clamp(seconds, 60, 2592000);
}

// Visible, cut and in ASCII: what a script gives may hold anything, and a message may be shown in any codepage.
inline std::string quoted(const std::string& text) {
	std::string mended = mend_utf8(text);
	std::string cut = cut_characters(mended, 80);
	return '"' + escape_json(cut, true) + (cut.size() < mended.size() ? "...\"" : "\"");
}

inline Refusal type_refusal(const std::string& type) {
	if (!type.empty() && type.size() <= MAX_TYPE_BYTES)
		return {};
	return {"bad_type", "The request type " + quoted(type) + " has " + std::to_string(type.size()) +
	                        " bytes; it takes 1 to 50, such as dialogue."};
}

inline Refusal type_not_text() {
	return {"bad_type", "The request type is not text in the client's codepage. Use a plain word, such as dialogue."};
}

inline std::string reason_against_endpoint(const std::string& endpoint) {
	if (endpoint.empty() || endpoint[0] != '/')
		return "does not begin with /";
	if (endpoint.size() > MAX_ENDPOINT_BYTES)
		return "has more than 255 bytes";
	// What may stand in the request line of HTTP/1.1 without a second meaning.
	for (char c : endpoint)
		if (c < 0x21 || c > 0x7e)
			return "has a character outside visible ASCII; percent-encode it";
	// Each of these could leave the configured service or reach another path than the one that is written.
	std::string lower = lower_ascii(endpoint);
	for (const char* part : {"//", "..", "#", "\\", "%2e", "%2f", "%5c"})
		if (lower.find(part) != std::string::npos)
			return std::string("contains ") + part;
	return std::string();
}

inline Refusal endpoint_refusal(const std::string& endpoint) {
	std::string reason = reason_against_endpoint(endpoint);
	if (reason.empty())
		return {};
	size_t query = endpoint.find('?');
	std::string shown = query == std::string::npos ? endpoint : endpoint.substr(0, query) + "?...";
	return {"bad_endpoint", "The endpoint " + quoted(shown) + " " + reason +
	                            ". Give a path on the AI service, such as /api/v1/npc/dialogue."};
}

inline Refusal data_too_large(size_t bytes) {
	return {"data_too_large",
	        "The request data has " + std::to_string(bytes) + " bytes; the most is 65535. Send less of it."};
}

inline Refusal data_not_text() {
	return {"bad_json", "The request data is not text in the client's codepage. Set client_codepage to what the game clients "
	                    "use, and cut what players type between characters only."};
}

// None of the messages says what is in the data: that is what a player said.
inline Refusal data_refusal(const std::string& utf8) {
	if (utf8.size() > MAX_DATA_BYTES)
		return data_too_large(utf8.size());
	size_t fault = json_fault_at(utf8, ANY_DEPTH);
	if (fault == std::string::npos)
		return {};
	return {"bad_json", "The request data is not JSON (from byte " + std::to_string(fault) +
	                        " on). Put what players type through ai_json_escape."};
}

} // namespace ai_ipc

#endif

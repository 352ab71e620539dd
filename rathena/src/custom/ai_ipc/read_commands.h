// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_READ_COMMANDS_H
#define AI_IPC_READ_COMMANDS_H

#include <string>

#include "plugin.h"

namespace ai_ipc {

// An hour: a script that waits longer than any request lives waits for nothing.
const int64_t MAX_WAIT_MS = 3600000;
// With so many waiting, another one leaves the first read to the next look.
const size_t MOST_FIRST_READS = 32;

// The answer as the client can show it; "" while there is none. True when nothing more will come.
inline bool read_answer(Plugin& ai, int64_t id, std::string& answer) {
	answer.clear();
	if (id <= 0 || !ai.run(read_answers({static_cast<uint64_t>(id)})))
		return true;
	bool is_final = true;
	if (ai.database.next_row()) {
		is_final = is_ended(status_code(ai.database.column(1)));
		answer = ai.database.column(2);
	}
	ai.database.done();
	answer = ai.fitting(ai.translation.from_utf8(answer, true));
	if (is_final)
		ai.open_requests.ended(static_cast<uint64_t>(id));
	return is_final;
}

// What a script gets without sleeping. A few that begin to wait read for themselves; where many do, the next look, a tenth
// of a second away at most, reads for all: 300 reads at once would hold up the game for 12 ms.
inline bool answer_at_once(Plugin& ai, int64_t id, int64_t wait_ms, std::string& answer) {
	if (id > 0 && wait_ms > 0 && ai.waiting_room.size() >= MOST_FIRST_READS)
		return false;
	return read_answer(ai, id, answer) || wait_ms <= 0;
}

// 0 to 6; 0 when there is no such request or the database is away.
inline int status(Plugin& ai, int64_t id) {
	if (id <= 0 || !ai.run(read_status(id)))
		return AI_REQ_NOT_FOUND;
	int code = ai.database.next_row() ? status_code(ai.database.column(0)) : AI_REQ_NOT_FOUND;
	ai.database.done();
	if (is_ended(code))
		ai.open_requests.ended(static_cast<uint64_t>(id));
	return code;
}

inline Refusal no_such_request(int64_t id) {
	return {"bad_id", "There is no request " + std::to_string(id) + ": it never was, or cleanup has deleted it."};
}

inline std::string error_of_row(int64_t id, int code, const std::string& error_code, const std::string& message) {
	if (code == AI_REQ_NOT_FOUND)
		return no_such_request(id).text();
	if (code == AI_REQ_CANCELLED)
		return "aborted: The request was cancelled.";
	if (code != AI_REQ_FAILED && code != AI_REQ_TIMEOUT)
		return std::string();
	// A worker that is not ours may leave out one or the other.
	std::string reason = message.empty() ? "The request ended without an answer." : message;
	return (error_code.empty() ? "expired" : error_code) + ": " + reason;
}

// "code: message" of a failed, timed-out or cancelled request; "" of one that did not fail. -1: of the last refusal.
inline std::string error(Plugin& ai, int64_t id) {
	if (id == -1)
		return ai.last_refusal.text();
	if (id <= 0)
		return no_such_request(id).text();
	if (!ai.run(read_error(id)))
		return ai.last_refusal.text();
	int code = ai.database.next_row() ? status_code(ai.database.column(0)) : AI_REQ_NOT_FOUND;
	std::string error_code = ai.database.column(1);
	std::string message = ai.database.column(2);
	ai.database.done();
	return ai.translation.from_utf8(error_of_row(id, code, error_code, message));
}

} // namespace ai_ipc

#endif

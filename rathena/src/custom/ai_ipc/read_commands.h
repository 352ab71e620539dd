// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_READ_COMMANDS_H
#define AI_IPC_READ_COMMANDS_H

#include <memory>
#include <string>
#include <vector>

#include "wait_for_errand.h"

namespace ai_ipc {

// An hour: a script that waits longer than any request lives waits for nothing.
const int64_t MAX_WAIT_MS = 3600000;
// So long a script waits for what it reads or changes.
const int64_t MOST_ERRAND_MS = 2000;

// What is known of the request without asking the database; nullptr where it must be asked. The plain way always asks.
inline const RequestBoard::Entry* known(Plugin& ai, int64_t id) {
	return HAS_THREAD ? ai.board.known(static_cast<uint64_t>(id), gettick()) : nullptr;
}

inline std::shared_ptr<ReadErrand> read_errand(int64_t id) {
	return std::make_shared<ReadErrand>(std::vector<KnownRequest>{{static_cast<uint64_t>(id), AI_REQ_UNKNOWN}});
}

// Why it was not, ai_db_error(-1) tells.
inline bool is_done(Plugin& ai, const Errand& errand, bool is_over) {
	if (is_over && ai.desk.conclude(errand))
		return true;
	ai.last_refusal = ai.desk.refusal_of(errand, is_over);
	return false;
}

// What an errand brought, put on the board; nullptr when it is not over, or failed.
inline const RequestBoard::Entry* brought(Plugin& ai, const std::shared_ptr<ReadErrand>& errand, bool is_over) {
	if (!is_done(ai, *errand, is_over))
		return nullptr;
	int64_t now_ms = gettick();
	uint64_t id = errand->requests.front().id;
	ai.board.watch(id, now_ms);
	ai.take_news(*errand);
	return &ai.board.watch(id, now_ms);
}

inline std::string answer_of_errand(Plugin& ai, const std::shared_ptr<ReadErrand>& errand, bool is_over) {
	const RequestBoard::Entry* entry = brought(ai, errand, is_over);
	return entry == nullptr ? std::string() : ai.answer_of(*entry);
}

inline int64_t status_of_errand(Plugin& ai, const std::shared_ptr<ReadErrand>& errand, bool is_over) {
	const RequestBoard::Entry* entry = brought(ai, errand, is_over);
	return entry == nullptr ? AI_REQ_NOT_FOUND : entry->code;
}

// Whether there can be anything to read, for a script that may wait for it.
inline bool can_read(Plugin& ai, script_state* st, int64_t id) {
	if (id <= 0)
		return false;
	if (ai.desk.is_open() && can_wait_for_errand(ai, st))
		return true;
	ai.last_refusal = DatabaseDesk::unavailable();
	return false;
}

// The answer for a script that does not wait for one.
inline int answer_at_once(Plugin& ai, script_state* st, int64_t id) {
	const RequestBoard::Entry* entry = id > 0 ? known(ai, id) : nullptr;
	if (entry != nullptr)
		return wake_with(st, ai.answer_of(*entry));
	if (!can_read(ai, st, id))
		return wake_with(st, std::string());
	return run_errand(ai, st, read_errand(id), MOST_ERRAND_MS, answer_of_errand);
}

// For one that does: "" at once where nothing will come, the answer at once where it is there, and else it waits.
inline int answer_in_time(Plugin& ai, script_state* st, int64_t id, int64_t wait_ms) {
	if (!can_read(ai, st, id))
		return wake_with(st, std::string());
	const RequestBoard::Entry* entry = known(ai, id);
	// Where many begin to wait in one round, the next look reads for all.
	if (entry == nullptr && ai.desk.has_a_moment()) {
		auto errand = read_errand(id);
		ai.desk.send(errand);
		if (!ai.desk.await_briefly(*errand)) {
			errand->abandon();
		} else if (!errand->was_locked()) {
			entry = brought(ai, errand, true);
			if (entry == nullptr)
				return wake_with(st, std::string());
		}
	}
	if (entry == nullptr)
		ai.board.forget(static_cast<uint64_t>(id));
	if (entry != nullptr && entry->is_ended())
		return wake_with(st, ai.answer_of(*entry));
	int64_t until_ms = gettick() + clamp(wait_ms, 0, MAX_WAIT_MS);
	return begin_wait(ai, st, until_ms, static_cast<uint64_t>(id), nullptr);
}

// 0 to 6; 0 when there is no such request or the database is away.
inline int status(Plugin& ai, script_state* st, int64_t id) {
	const RequestBoard::Entry* entry = id > 0 ? known(ai, id) : nullptr;
	if (entry != nullptr)
		return wake_with(st, static_cast<int64_t>(entry->code));
	if (!can_read(ai, st, id))
		return wake_with(st, static_cast<int64_t>(AI_REQ_NOT_FOUND));
	return run_errand(ai, st, read_errand(id), MOST_ERRAND_MS, status_of_errand);
}

inline Refusal no_such_request(int64_t id) {
	return {"bad_id", "There is no request " + std::to_string(id) + ": it never was, or cleanup has deleted it."};
}

inline std::string error_of_row(const ReasonErrand& row) {
	if (row.code == AI_REQ_NOT_FOUND)
		return no_such_request(row.id).text();
	if (row.code == AI_REQ_CANCELLED)
		return "aborted: The request was cancelled.";
	if (row.code != AI_REQ_FAILED && row.code != AI_REQ_TIMEOUT)
		return std::string();
	// A worker that is not ours may leave out one or the other.
	std::string reason = row.message.empty() ? "The request ended without an answer." : row.message;
	return (row.error_code.empty() ? "expired" : row.error_code) + ": " + reason;
}

inline std::string error_of_errand(Plugin& ai, const std::shared_ptr<ReasonErrand>& errand, bool is_over) {
	if (!is_done(ai, *errand, is_over))
		return ai.last_refusal.text();
	return ai.translation.from_utf8(error_of_row(*errand));
}

// "code: message" of a failed, timed-out or cancelled request; "" of one that did not fail. -1: of the last refusal.
inline int error(Plugin& ai, script_state* st, int64_t id) {
	if (id == -1)
		return wake_with(st, ai.last_refusal.text());
	if (id <= 0)
		return wake_with(st, no_such_request(id).text());
	if (!can_read(ai, st, id))
		return wake_with(st, ai.last_refusal.text());
	return run_errand(ai, st, std::make_shared<ReasonErrand>(id), MOST_ERRAND_MS, error_of_errand);
}

} // namespace ai_ipc

#endif

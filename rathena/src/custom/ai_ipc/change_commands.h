// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_CHANGE_COMMANDS_H
#define AI_IPC_CHANGE_COMMANDS_H

#include <cstdint>
#include <memory>

#include "cleanup_errand.h"
#include "read_commands.h"

namespace ai_ipc {

inline int64_t cancelled_by(Plugin& ai, const std::shared_ptr<CancelErrand>& errand, bool is_over) {
	if (!is_done(ai, *errand, is_over))
		return 0;
	if (!errand->is_cancelled) {
		// Somebody else has ended it: as what, stands in the database.
		ai.board.forget(errand->id);
		return 0;
	}
	ai.has_become(errand->id, AI_REQ_CANCELLED, errand->number());
	return 1;
}

// 1 when the request was open and is cancelled now.
inline int cancel(Plugin& ai, script_state* st, int64_t id) {
	if (!can_read(ai, st, id))
		return wake_with(st, int64_t{0});
	auto errand = std::make_shared<CancelErrand>(static_cast<uint64_t>(id));
	return run_errand(ai, st, errand, MOST_ERRAND_MS, cancelled_by);
}

// In a script that cannot pause, the most at once: 2,000 requests.
const int CLEANUP_CHUNKS_AT_ONCE = 10;
// A cleanup whose database answers nothing for so long returns what it has.
const int64_t MOST_CLEANUP_CHUNK_MS = 10000;

// It tells what it has deleted by now, also of a chunk that failed.
inline int64_t deleted_by(Plugin& ai, const std::shared_ptr<CleanupErrand>& errand, bool is_over) {
	is_done(ai, *errand, is_over);
	return errand->deleted.load();
}

// Deletes ended requests, and gives how many. The script sleeps meanwhile, and the next chunk begins a round
// of the game later.
inline int clean_up(Plugin& ai, script_state* st, int64_t age_seconds) {
	if (!ai.desk.is_open() || !can_wait_for_errand(ai, st)) {
		ai.last_refusal = DatabaseDesk::unavailable();
		return wake_with(st, int64_t{0});
	}
	int chunks = can_sleep(st) ? 1 : CLEANUP_CHUNKS_AT_ONCE;
	auto errand = std::make_shared<CleanupErrand>(clamp_age_seconds(age_seconds), chunks);
	ai.desk.send(errand);
	if (can_sleep(st))
		return begin_wait(ai, st, gettick() + MOST_CLEANUP_CHUNK_MS, NO_REQUEST, errand);
	ai.desk.stand_still_for(*errand);
	return wake_with(st, value_or_leave(ai, errand, deleted_by));
}

inline int go_on_cleaning(Plugin& ai, script_state* st) {
	Waiter waiter = *wait_of(ai, st);
	auto errand = std::static_pointer_cast<CleanupErrand>(waiter.errand);
	bool is_over = errand->is_over();
	if (!is_over && gettick() < waiter.until_ms)
		return wait_on(st, waiter);
	bool may_go_on = is_over && (errand->is_done() || errand->was_locked()) && errand->has_more;
	if (!may_go_on)
		return end_wait(ai, st, waiter, [&] { return value_or_leave(ai, errand, deleted_by); });
	errand->begin_anew();
	ai.desk.send(errand);
	waiter.until_ms = gettick() + MOST_CLEANUP_CHUNK_MS;
	ai.waiters.add(waiter);
	return wait_on(st, waiter);
}

} // namespace ai_ipc

#endif

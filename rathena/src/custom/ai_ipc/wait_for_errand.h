// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAIT_FOR_ERRAND_H
#define AI_IPC_WAIT_FOR_ERRAND_H

#include <cstdint>
#include <memory>

#include "waits.h"

namespace ai_ipc {

// Whether the script may send an errand: one that cannot sleep holds up the game, and does so no second time in a second in
// which it was in vain.
inline bool can_wait_for_errand(Plugin& ai, script_state* st) {
	return can_sleep(st) || ai.desk.can_stand_still();
}

// What the script gets of it. Of an errand that is not over in time nothing is read any more: it may be over the next moment.
template <typename Kind, typename ValueOf>
auto value_or_leave(Plugin& ai, const std::shared_ptr<Kind>& errand, ValueOf value_of) {
	bool is_over = errand->is_over();
	if (!is_over)
		ai.loose_ends.leave(errand, gettick());
	return value_of(ai, errand, is_over);
}

// A command whose result the database has. value_of(ai, errand, is_over) makes it, also of an errand that is not over in time.
// The script sleeps, or is held, where that is not now.
template <typename Kind, typename ValueOf>
int run_errand(Plugin& ai, script_state* st, const std::shared_ptr<Kind>& errand, int64_t most_ms, ValueOf value_of) {
	ai.desk.send(errand);
	bool may_sleep = can_sleep(st);
	bool is_over = may_sleep ? ai.desk.await_briefly(*errand) : ai.desk.stand_still_for(*errand);
	if (!may_sleep || (is_over && !errand->was_locked()))
		return wake_with(st, value_or_leave(ai, errand, value_of));
	return begin_wait(ai, st, gettick() + most_ms, NO_REQUEST, errand);
}

// The same command, run again. What others hold locked is tried again until the time is over.
template <typename Kind, typename ValueOf> int go_on_with_errand(Plugin& ai, script_state* st, ValueOf value_of) {
	Waiter waiter = *wait_of(ai, st);
	auto errand = std::static_pointer_cast<Kind>(waiter.errand);
	bool has_time = gettick() < waiter.until_ms;
	// Looked at once: what is sent again may be over, and locked, at once.
	bool is_over = errand->is_over();
	bool is_locked = is_over && errand->was_locked();
	if (is_locked && has_time) {
		errand->begin_anew();
		ai.desk.send(errand);
	}
	if ((is_locked || !is_over) && has_time)
		return wait_on(st, waiter);
	return end_wait(ai, st, waiter, [&] { return value_or_leave(ai, errand, value_of); });
}

} // namespace ai_ipc

#endif

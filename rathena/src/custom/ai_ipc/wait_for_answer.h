// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAIT_FOR_ANSWER_H
#define AI_IPC_WAIT_FOR_ANSWER_H

#include <cstdint>
#include <string>

#include "change_commands.h"
#include "read_commands.h"
#include "waits.h"

// Uses of rAthena: gettick, run_script_main, and what script_access.h has of the script engine.

namespace ai_ipc {

inline bool is_late(int64_t until_ms, int64_t now_ms) {
	return now_ms - until_ms > LONGEST_WAIT_FOR_TURN_MS;
}

// Many whose answers came, or whose time is over, in the same moment go on one after the other.
inline bool may_end(Plugin& ai, script_state* st, const Waiter& waiter, int64_t now_ms) {
	return ai.takes_turn(now_ms, st->id, is_late(waiter.until_ms, now_ms));
}

// So long after its end a wait has not been looked after: the map server itself stood still, past its end.
const int64_t OVERSLEPT_MS = 5 * ROUND_MS;
const int64_t MOST_LAST_LOOK_MS = 500;

// Whether an answer may have come in time and nobody has looked.
inline bool is_overslept(Plugin& ai, const Waiter& waiter, const RequestBoard::Entry& entry, int64_t now_ms) {
	bool was_looked_for = entry.learnt_at_ms >= waiter.until_ms;
	return !entry.is_ended() && !was_looked_for && now_ms - waiter.until_ms > OVERSLEPT_MS && ai.desk.is_open();
}

// One look for this script alone, which then goes on with an errand.
inline int look_once_more(Plugin& ai, script_state* st, Waiter waiter, int64_t now_ms) {
	waiter.errand = read_errand(static_cast<int64_t>(waiter.request));
	waiter.until_ms = now_ms + MOST_LAST_LOOK_MS;
	ai.desk.send(waiter.errand);
	ai.waiters.add(waiter);
	return wait_on(st, waiter);
}

inline int go_on_waiting(Plugin& ai, script_state* st) {
	int64_t now_ms = gettick();
	Waiter waiter = *wait_of(ai, st);
	const RequestBoard::Entry& entry = ai.board.watch(waiter.request, now_ms);
	if ((!entry.is_ended() && now_ms < waiter.until_ms) || !may_end(ai, st, waiter, now_ms))
		return wait_on(st, waiter);
	if (is_overslept(ai, waiter, entry, now_ms))
		return look_once_more(ai, st, waiter, now_ms);
	return end_wait(ai, st, waiter, [&] { return entry.is_ended() ? ai.answer_of(entry) : std::string(); });
}

// A script that will ask waits here while others do.
inline int wait_for_turn(Plugin& ai, script_state* st) {
	int64_t now_ms = gettick();
	const Waiter* waits = wait_of(ai, st);
	if (waits == nullptr) {
		if (!can_sleep(st) || ai.takes_turn(now_ms, st->id, false))
			return wake_with(st, int64_t{1});
		return begin_wait(ai, st, now_ms, NO_REQUEST, nullptr);
	}
	Waiter waiter = *waits;
	if (!may_end(ai, st, waiter, now_ms))
		return wait_on(st, waiter);
	return end_wait(ai, st, waiter, [] { return int64_t{1}; });
}

inline bool has_ended(Plugin& ai, const Waiter& waiter, int64_t now_ms) {
	if (now_ms >= waiter.until_ms)
		return true;
	if (waiter.errand != nullptr)
		return waiter.errand->is_over();
	return ai.board.watch(waiter.request, now_ms).is_ended();
}

// One with an errand goes on as soon as that is over: the errands were done one after the other.
inline bool may_go_on(Plugin& ai, const Waiter& waiter, int64_t now_ms) {
	return waiter.errand != nullptr || ai.has_turn(now_ms, is_late(waiter.until_ms, now_ms));
}

inline void go_on(const Waiter& waiter, script_state* st) {
	if (waiter.is_held)
		run_script_main(st);
	else
		wake(st);
}

// False when it is over for this one and others come first.
inline bool resume(Plugin& ai, const Waiter& waiter, int64_t now_ms) {
	script_state* st = waiter.is_held ? held_state(waiter) : sleeping_state(waiter);
	if (st == nullptr) {
		drop(ai, waiter);
		if (waiter.is_held)
			give_back_guard(waiter.player);
		return true;
	}
	if (!has_ended(ai, waiter, now_ms))
		return true;
	if (!may_go_on(ai, waiter, now_ms))
		return false;
	go_on(waiter, st);
	return true;
}

// Without a look at the script: most wait for a long time.
inline bool may_be_over(const Waiter& waiter, bool has_news, int64_t now_ms) {
	if (now_ms >= waiter.until_ms)
		return true;
	return waiter.errand != nullptr ? waiter.errand->is_over() : has_news;
}

// So much of a round may be spent on scripts that go on; the others do in the next one.
const int64_t MOST_RESUMING_NANOSECONDS = 8000000;

// Those who wait go on when what they wait for is there, or their time is over.
inline void resume_waiters(Plugin& ai, int64_t now_ms) {
	int64_t began = ai.cost.spent();
	bool has_news = ai.board.take_news();
	bool is_roll_call = ai.is_roll_call(now_ms);
	bool is_somebody_left = false;
	auto is_due = [&](const Waiter& waiter) { return is_roll_call || may_be_over(waiter, has_news, now_ms); };
	for (uint64_t place : ai.waiters.places(is_due)) {
		const Waiter* waiter = ai.waiters.at(place);
		if (waiter == nullptr)
			continue;
		bool has_time = ai.cost.spent() - began < MOST_RESUMING_NANOSECONDS;
		if (!has_time || !resume(ai, Waiter(*waiter), now_ms))
			is_somebody_left = true;
		if (!has_time)
			break;
	}
	if (is_somebody_left)
		ai.board.keep_news();
}

inline TIMER_FUNC(look_timer) {
	(void)tid, (void)tick, (void)id, (void)data;
	CostMeter::Measure measure(plugin().cost);
	plugin().look(gettick());
	resume_waiters(plugin(), gettick());
	return 0;
}

} // namespace ai_ipc

#endif

// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAIT_FOR_ANSWER_H
#define AI_IPC_WAIT_FOR_ANSWER_H

#include <cstdint>
#include <string>

#include "change_commands.h"
#include "held_scripts.h"
#include "read_commands.h"
#include "script_access.h"

// Uses of rAthena: gettick, and what script_access.h has of the script engine.

namespace ai_ipc {

// While a script waits, the place of one of its arguments holds the deadline, and two flags.
const int ANSWER_WAIT_AT = 3;
const int TURN_WAIT_AT = 2;
const int64_t WAS_NEAR = 1;
const int64_t IS_HELD = 2;

struct Wait {
	uint64_t request = 0;
	int64_t until_ms = 0;
	bool was_near = false;
	bool is_held = false;
};

// A held script runs again with sleep.tick 0, as at first.
inline bool is_waiting(script_state* st) {
	return st->sleep.tick != 0 || held_scripts().has(st->id);
}

inline Wait wait_of(script_state* st, int argument) {
	int64_t packed = script_getdata(st, argument)->u.num;
	Wait wait;
	if (argument == ANSWER_WAIT_AT)
		wait.request = static_cast<uint64_t>(script_getnum64(st, 2));
	wait.until_ms = packed >> 2;
	wait.was_near = (packed & WAS_NEAR) != 0;
	wait.is_held = (packed & IS_HELD) != 0;
	return wait;
}

inline Wait new_wait(script_state* st, uint64_t request, int64_t until_ms) {
	Wait wait;
	wait.request = request;
	wait.until_ms = until_ms;
	wait.was_near = is_player_near(st);
	wait.is_held = can_hold(st);
	return wait;
}

inline void begin_wait(script_state* st, int argument, const Wait& wait) {
	script_getdata(st, argument)->u.num = wait.until_ms << 2 | (wait.was_near ? WAS_NEAR : 0) | (wait.is_held ? IS_HELD : 0);
	if (!wait.is_held)
		return;
	stop_player(st);
	held_scripts().add({st->rid, st->oid, st->id, wait.request, wait.until_ms});
}

// Nobody reads the answer of a player who has left.
inline void give_up(Plugin& ai, uint64_t request, uint32_t script) {
	if (request != NO_REQUEST && ai.waiting_room.leave(request, script, gettick()))
		cancel(ai, static_cast<int64_t>(request));
}

// The player who went away while the script slept would be stuck at its next button: the server refuses it from afar,
// and `end` alone frees him and gives his window a close button. He goes on walking under a script: he is stopped first.
template <typename Value> int end_wait(Plugin& ai, script_state* st, const Wait& wait, const Value& value) {
	held_scripts().remove(st->id);
	if (wait.was_near) {
		stop_player(st);
		if (!is_player_near(st)) {
			give_up(ai, wait.request, st->id);
			return end_script(st);
		}
	}
	if (wait.request != NO_REQUEST)
		ai.waiting_room.leave(wait.request, st->id, gettick());
	return wake_with(st, value);
}

inline int wait_on(script_state* st, const Wait& wait, int64_t ms) {
	return wait.is_held ? hold(st) : sleep_for(st, ms);
}

inline bool is_late(int64_t until_ms, int64_t now_ms) {
	return now_ms - until_ms > LONGEST_WAIT_FOR_TURN_MS;
}

// Many whose answers came, or whose time is over, in the same moment go on one after the other.
inline bool may_end(Plugin& ai, script_state* st, const Wait& wait, int64_t now_ms) {
	return ai.takes_turn(now_ms, st->id, is_late(wait.until_ms, now_ms));
}

inline int go_on_waiting(Plugin& ai, script_state* st) {
	int64_t now_ms = gettick();
	Wait wait = wait_of(st, ANSWER_WAIT_AT);
	ai.look(now_ms);
	const std::string* answer = ai.waiting_room.ask(wait.request, st->id, now_ms);
	int64_t left_ms = wait.until_ms - now_ms;
	if (answer == nullptr && left_ms > 0)
		return wait_on(st, wait, clamp(ai.next_wake_ms() - now_ms, 1, left_ms));
	if (!may_end(ai, st, wait, now_ms))
		return wait_on(st, wait, TURN_SPAN_MS);
	return end_wait(ai, st, wait, answer == nullptr ? std::string() : *answer);
}

// A script that will ask waits here while others do.
inline int wait_for_turn(Plugin& ai, script_state* st) {
	int64_t now_ms = gettick();
	if (!is_waiting(st)) {
		if (!can_sleep(st) || ai.takes_turn(now_ms, st->id, false))
			return wake_with(st, int64_t{1});
		begin_wait(st, TURN_WAIT_AT, new_wait(st, NO_REQUEST, now_ms));
	}
	Wait wait = wait_of(st, TURN_WAIT_AT);
	if (!may_end(ai, st, wait, now_ms))
		return wait_on(st, wait, TURN_SPAN_MS);
	return end_wait(ai, st, wait, int64_t{1});
}

inline bool is_over(Plugin& ai, const HeldScript& held, int64_t now_ms) {
	if (held.request != NO_REQUEST && ai.waiting_room.ask(held.request, held.script, now_ms) != nullptr)
		return true;
	return now_ms >= held.until_ms;
}

// Those who are held go on when their answer is there, or their time is over.
inline void resume_held(Plugin& ai, int64_t now_ms) {
	for (const HeldScript& held : held_scripts().all()) {
		script_state* st = held_state(held);
		if (st == nullptr) {
			held_scripts().remove(held.script);
			give_up(ai, held.request, held.script);
			give_back_guard(held.player);
		} else if (is_over(ai, held, now_ms) && ai.has_turn(now_ms, is_late(held.until_ms, now_ms))) {
			run_script_main(st);
		}
	}
}

inline TIMER_FUNC(look_timer) {
	(void)tid, (void)tick, (void)id, (void)data;
	CostMeter::Measure measure(plugin().cost);
	plugin().look(gettick());
	resume_held(plugin(), gettick());
	return 0;
}

} // namespace ai_ipc

#endif

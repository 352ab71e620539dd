// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAITS_H
#define AI_IPC_WAITS_H

#include <cstdint>
#include <memory>

#include "plugin.h"
#include "request_errand.h"
#include "script_access.h"

// Uses of rAthena: gettick, and what script_access.h has of the script engine.

namespace ai_ipc {

// Who sleeps is woken by our timer, and looks for itself this seldom: each time costs the game some 50 us.
const int64_t MOST_SLEEP_MS = 10000;

// The wait that the script is in; nullptr when its command runs for the first time. A held script runs again with sleep.tick
// 0, as at first. It may have another one's number, NPC and player: a client that sends "close" ends the script that holds it,
// the engine begins its numbers anew when none is left, and the next click is there before the roll call.
inline const Waiter* wait_of(Plugin& ai, script_state* st) {
	const Waiter* waiter = ai.waiters.find(st->id, st->oid);
	if (waiter == nullptr || st->state != RERUNLINE)
		return nullptr;
	bool is_in_it = waiter->is_held ? waiter->player == st->rid : st->sleep.tick != 0;
	return is_in_it ? waiter : nullptr;
}

inline int wait_on(script_state* st, const Waiter& waiter) {
	int64_t left_ms = waiter.until_ms - gettick();
	return waiter.is_held ? hold(st) : sleep_for(st, left_ms > 0 && left_ms < MOST_SLEEP_MS ? left_ms : MOST_SLEEP_MS);
}

// Nobody reads the answer of a player who has left.
inline void give_up(Plugin& ai, const Waiter& waiter) {
	if (auto request = std::dynamic_pointer_cast<RequestErrand>(waiter.errand)) {
		ai.open_requests.end_asking(request->source.character);
		request->is_kept = request->is_fact;
	}
	if (waiter.errand != nullptr)
		ai.loose_ends.leave(waiter.errand, gettick());
	if (waiter.request != NO_REQUEST && !ai.waiters.has_other(waiter.request, waiter.script))
		ai.cancel_later(waiter.request);
}

// Its script is no more.
inline void drop(Plugin& ai, const Waiter& waiter) {
	ai.waiters.remove(waiter.script);
	give_up(ai, waiter);
}

// Whoever waited under this script's number is gone before the roll call: by "close", or by @reloadscript, after which the
// numbers begin anew in the same tick.
inline void drop_namesake(Plugin& ai, const Waiter& waiter) {
	const Waiter* found = ai.waiters.of_script(waiter.script);
	if (found == nullptr)
		return;
	Waiter gone = *found;
	// What this script waits for itself is not cancelled, and its own guard stays.
	if (gone.request == waiter.request)
		gone.request = NO_REQUEST;
	drop(ai, gone);
	if (gone.is_held && gone.player != waiter.player)
		give_back_guard(gone.player);
}

inline int begin_wait(Plugin& ai, script_state* st, int64_t until_ms, uint64_t request, const std::shared_ptr<Errand>& errand) {
	Waiter waiter;
	waiter.player = st->rid;
	waiter.npc = st->oid;
	waiter.script = st->id;
	waiter.request = request;
	waiter.errand = errand;
	waiter.until_ms = until_ms;
	waiter.was_near = is_player_near(st);
	waiter.is_held = can_hold(st);
	if (waiter.is_held)
		stop_player(st);
	drop_namesake(ai, waiter);
	ai.waiters.add(waiter);
	return wait_on(st, waiter);
}

// The player who went away while the script waited would be stuck at its next button: the server refuses it from afar, and
// `end` alone frees him and gives his window a close button. He goes on walking under a script: he is stopped first. True
// when the script has ended here.
inline bool give_up_if_gone(Plugin& ai, script_state* st, const Waiter& waiter) {
	if (!waiter.was_near)
		return false;
	stop_player(st);
	if (is_player_near(st))
		return false;
	give_up(ai, waiter);
	return true;
}

// make() gives what the script gets.
template <typename Make> int end_wait(Plugin& ai, script_state* st, const Waiter& waiter, Make make) {
	ai.waiters.remove(st->id);
	if (give_up_if_gone(ai, st, waiter))
		return end_script(st);
	return wake_with(st, make());
}

} // namespace ai_ipc

#endif

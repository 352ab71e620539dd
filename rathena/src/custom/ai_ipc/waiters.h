// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAITERS_H
#define AI_IPC_WAITERS_H

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ai_ipc {

class Errand;

// Of a script that waits for something else than an answer.
const uint64_t NO_REQUEST = 0;

// A script that waits: for the answer of a request, for an errand, or for its turn. Where a dialogue is open its player is
// held, as `next` holds him, and cannot walk off, click something else or lose another dialogue; else it sleeps. It is known
// by numbers alone: log-out, a warp, death and @reloadscript free the script without a word.
struct Waiter {
	int32_t player = 0;
	int32_t npc = 0;
	uint32_t script = 0;
	uint64_t request = NO_REQUEST;
	std::shared_ptr<Errand> errand;
	int64_t until_ms = 0;
	bool was_near = false;
	bool is_held = false;
};

class Waiters {
  public:
	// A script waits once; it comes behind all others.
	void add(const Waiter& waiter) {
		remove(waiter.script);
		waiters_[++last_place_] = waiter;
		places_[waiter.script] = last_place_;
	}

	void remove(uint32_t script) {
		auto place = places_.find(script);
		if (place == places_.end())
			return;
		waiters_.erase(place->second);
		places_.erase(place);
	}

	// Also one that has gone since: the number of a script that has ended is given to another one.
	const Waiter* of_script(uint32_t script) const {
		auto place = places_.find(script);
		return place == places_.end() ? nullptr : at(place->second);
	}

	const Waiter* find(uint32_t script, int32_t npc) const {
		const Waiter* waiter = of_script(script);
		return waiter == nullptr || waiter->npc != npc ? nullptr : waiter;
	}

	// Whether somebody else than this script waits for this request.
	bool has_other(uint64_t request, uint32_t script) const {
		return std::any_of(waiters_.begin(), waiters_.end(), [request, script](const auto& waiter) {
			return waiter.second.request == request && waiter.second.script != script;
		});
	}

	// Those of whom this is true, in the order in which they came. One that goes on may change where others wait: at() tells
	// who is still there.
	template <typename IsTrue> std::vector<uint64_t> places(IsTrue is_true) const {
		std::vector<uint64_t> found;
		for (const auto& waiter : waiters_)
			if (is_true(waiter.second))
				found.push_back(waiter.first);
		return found;
	}

	const Waiter* at(uint64_t place) const {
		auto waiter = waiters_.find(place);
		return waiter == waiters_.end() ? nullptr : &waiter->second;
	}

	size_t size() const {
		return waiters_.size();
	}

  private:
	std::map<uint64_t, Waiter> waiters_;
	std::unordered_map<uint32_t, uint64_t> places_;
	uint64_t last_place_ = 0;
};

} // namespace ai_ipc

#endif

// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAITERS_H
#define AI_IPC_WAITERS_H

#include <algorithm>
#include <cstdint>
#include <memory>
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

	bool is_same_wait(const Waiter& other) const {
		return request == other.request && errand == other.errand && until_ms == other.until_ms;
	}
};

class Waiters {
	static auto is_of(uint32_t script) {
		return [script](const Waiter& waiter) { return waiter.script == script; };
	}

  public:
	void add(const Waiter& waiter) {
		remove(waiter.script);
		waiters_.push_back(waiter);
	}

	void remove(uint32_t script) {
		waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(), is_of(script)), waiters_.end());
	}

	// The number of a script that has ended is given to another one.
	const Waiter* find(uint32_t script, int32_t npc) const {
		auto waiter = std::find_if(waiters_.begin(), waiters_.end(), is_of(script));
		return waiter == waiters_.end() || waiter->npc != npc ? nullptr : &*waiter;
	}

	// Whether somebody else than this script waits for this request.
	bool has_other(uint64_t request, uint32_t script) const {
		return std::any_of(waiters_.begin(), waiters_.end(), [request, script](const Waiter& waiter) {
			return waiter.request == request && waiter.script != script;
		});
	}

	// In the order in which they came. A copy: a script that goes on may wait again at once.
	std::vector<Waiter> all() const {
		return waiters_;
	}

	size_t size() const {
		return waiters_.size();
	}

  private:
	std::vector<Waiter> waiters_;
};

} // namespace ai_ipc

#endif

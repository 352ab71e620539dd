// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_LOOSE_ENDS_H
#define AI_IPC_LOOSE_ENDS_H

#include <cstdint>
#include <iterator>
#include <list>
#include <memory>

#include "errands.h"

namespace ai_ipc {

// A row that somebody holds is tried for so long.
const int64_t MOST_CANCEL_MS = 10000;

// What goes on without a script: requests whose script was told -1, or is gone, before they had an id, and cancels.
class LooseEnds {
  public:
	// An errand that nobody waits for any more: where it still makes a request, that is cancelled.
	void leave(const std::shared_ptr<InsertErrand>& errand) {
		errand->abandon();
		inserts_.push_back(errand);
	}

	template <typename Send> void cancel(uint64_t id, int64_t now_ms, Send send) {
		auto errand = std::make_shared<CancelErrand>(id);
		send(errand);
		cancels_.push_back({errand, now_ms + MOST_CANCEL_MS});
	}

	template <typename Send> void go_on(int64_t now_ms, Send send) {
		for (auto insert = inserts_.begin(); insert != inserts_.end();) {
			if (!(*insert)->is_over()) {
				++insert;
				continue;
			}
			if ((*insert)->is_done())
				cancel((*insert)->id, now_ms, send);
			insert = inserts_.erase(insert);
		}
		for (auto cancel = cancels_.begin(); cancel != cancels_.end();) {
			bool is_locked = cancel->errand->was_locked() && now_ms < cancel->until_ms;
			if (is_locked) {
				cancel->errand->begin_anew();
				send(cancel->errand);
			}
			cancel = cancel->errand->is_over() ? cancels_.erase(cancel) : std::next(cancel);
		}
	}

	size_t size() const {
		return inserts_.size() + cancels_.size();
	}

  private:
	struct Cancel {
		std::shared_ptr<CancelErrand> errand;
		int64_t until_ms;
	};
	std::list<std::shared_ptr<InsertErrand>> inserts_;
	std::list<Cancel> cancels_;
};

} // namespace ai_ipc

#endif

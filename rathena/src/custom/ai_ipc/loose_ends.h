// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_LOOSE_ENDS_H
#define AI_IPC_LOOSE_ENDS_H

#include <cstdint>
#include <iterator>
#include <list>
#include <memory>

#include "database_desk.h"
#include "errands.h"

namespace ai_ipc {

// A row that somebody holds, or a database that is away, is tried for so long.
const int64_t MOST_CANCEL_MS = 60000;

// What goes on without a script: errands whose script was told that they came too late, or is gone, and cancels.
class LooseEnds {
  public:
	explicit LooseEnds(DatabaseDesk& desk) : desk_(desk) {}

	// An errand that nobody waits for any more. It is done only if it has begun, and a request that it makes, or may have made, is
	// cancelled. A cancel goes on, and what is kept.
	void leave(const std::shared_ptr<Errand>& errand, int64_t now_ms) {
		if (errand == nullptr)
			return;
		if (auto cancel = std::dynamic_pointer_cast<CancelErrand>(errand)) {
			cancels_.push_back({cancel->id, cancel, now_ms + MOST_CANCEL_MS});
			return;
		}
		auto insert = std::dynamic_pointer_cast<InsertErrand>(errand);
		if (insert == nullptr || !insert->is_kept)
			errand->abandon();
		errands_.push_back(errand);
	}

	void cancel(uint64_t id, int64_t now_ms) {
		cancels_.push_back({id, nullptr, now_ms + MOST_CANCEL_MS});
		go_on_cancelling(cancels_.back(), now_ms);
	}

	void go_on(int64_t now_ms) {
		for (auto errand = errands_.begin(); errand != errands_.end();) {
			bool is_over = (*errand)->is_over();
			if (is_over)
				conclude(**errand, now_ms);
			errand = is_over ? errands_.erase(errand) : std::next(errand);
		}
		for (auto cancel = cancels_.begin(); cancel != cancels_.end();)
			cancel = go_on_cancelling(*cancel, now_ms) ? std::next(cancel) : cancels_.erase(cancel);
	}

	size_t size() const {
		return errands_.size() + cancels_.size();
	}

  private:
	struct Cancel {
		uint64_t id;
		std::shared_ptr<CancelErrand> errand;
		int64_t until_ms;
	};
	DatabaseDesk& desk_;
	std::list<std::shared_ptr<Errand>> errands_;
	std::list<Cancel> cancels_;

	void conclude(const Errand& errand, int64_t now_ms) {
		desk_.conclude(errand);
		auto insert = dynamic_cast<const InsertErrand*>(&errand);
		if (insert != nullptr && insert->id != 0 && !insert->is_kept)
			cancel(insert->id, now_ms);
	}

	// False when there is nothing more to do.
	bool go_on_cancelling(Cancel& cancel, int64_t now_ms) {
		if (cancel.errand != nullptr) {
			if (!cancel.errand->is_over())
				return true;
			if (desk_.conclude(*cancel.errand) || cancel.errand->trouble() == Trouble::FAILED)
				return false;
			cancel.errand.reset();
		}
		if (now_ms >= cancel.until_ms)
			return false;
		if (desk_.is_open()) {
			cancel.errand = std::make_shared<CancelErrand>(cancel.id);
			desk_.send(cancel.errand);
		}
		return true;
	}
};

} // namespace ai_ipc

#endif

// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_ERRAND_H
#define AI_IPC_ERRAND_H

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "database.h"

namespace ai_ipc {

// Something that is to be done in the database. It belongs to the game loop until it is sent, then to the database's thread
// until it is over, and then to the game loop again: so no field of it is ever in the hands of both. Only whether it is over,
// and whether it is still wanted, is looked at from both sides.
class Errand {
  public:
	using Clock = std::chrono::steady_clock;

	virtual ~Errand() = default;

	// Errands are carried out in the order of these.
	void set_number(uint64_t number) {
		number_ = number;
	}

	uint64_t number() const {
		return number_;
	}

	// From here on, what it brought back may be looked at.
	bool is_over() const {
		return is_over_.load(std::memory_order_acquire);
	}

	// One that has not begun is never begun.
	void abandon() {
		is_abandoned_.store(true, std::memory_order_relaxed);
	}

	void carry_out(Database& database) {
		auto began = Clock::now();
		if (is_abandoned_.load(std::memory_order_relaxed)) {
			trouble_ = Trouble::ABANDONED;
		} else {
			trouble_ = run(database) ? Trouble::NONE : database.trouble();
			reason_ = trouble_ == Trouble::NONE ? std::string() : database.reason();
		}
		ended_at_ = Clock::now();
		took_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(ended_at_ - began).count();
		is_over_.store(true, std::memory_order_release);
	}

	// Where there is nobody to carry it out.
	void fail(const std::string& reason) {
		trouble_ = Trouble::AWAY;
		reason_ = reason;
		ended_at_ = Clock::now();
		is_over_.store(true, std::memory_order_release);
	}

	// Before it is sent once more.
	void begin_anew() {
		is_over_.store(false, std::memory_order_relaxed);
	}

	bool is_done() const {
		return is_over() && trouble_ == Trouble::NONE;
	}

	bool was_locked() const {
		return is_over() && trouble_ == Trouble::LOCKED;
	}

	Trouble trouble() const {
		return trouble_;
	}

	Clock::time_point ended_at() const {
		return ended_at_;
	}

	int64_t took_ms() const {
		return took_ms_;
	}

	// What the database said.
	const std::string& reason() const {
		return reason_;
	}

  protected:
	// False when a statement of it failed.
	virtual bool run(Database& database) = 0;

  private:
	std::atomic<bool> is_over_{false};
	std::atomic<bool> is_abandoned_{false};
	Trouble trouble_ = Trouble::NONE;
	std::string reason_;
	Clock::time_point ended_at_;
	int64_t took_ms_ = 0;
	uint64_t number_ = 0;
};

} // namespace ai_ipc

#endif

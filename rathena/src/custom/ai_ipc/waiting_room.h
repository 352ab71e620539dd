// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAITING_ROOM_H
#define AI_IPC_WAITING_ROOM_H

#include <cstdint>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ai_ipc {

// One look at the database serves all that wait, ten times a second.
const int64_t LOOK_EVERY_MS = 100;
// A script that waits asks at every look. One that has not asked for so long is gone: @reloadscript and log-out free
// sleeping scripts without a word, and so nothing here points to a script.
const int64_t GONE_AFTER_MS = 2000;
// One statement reads so many; with more waiting, it is the turn of the others at the next look.
const size_t MOST_PER_LOOK = 1000;

// The requests that scripts wait for, by id. Several scripts may wait for the same one.
class WaitingRoom {
  public:
	// The answer, once the request has ended ("" when it ended without one); nullptr while it has not. The script that asks
	// is waiting from now on.
	const std::string* ask(uint64_t id, uint32_t script, int64_t now_ms) {
		Seat& seat = seats_[id];
		seat.asked_at_ms = now_ms;
		seat.scripts[script] = now_ms;
		return seat.is_ended ? &seat.answer : nullptr;
	}

	// A script gives up its place. True when nobody else waits for an answer of this request.
	bool leave(uint64_t id, uint32_t script, int64_t now_ms) {
		auto seat = seats_.find(id);
		if (seat == seats_.end())
			return true;
		auto& scripts = seat->second.scripts;
		scripts.erase(script);
		for (auto other = scripts.begin(); other != scripts.end();)
			other = now_ms - other->second > GONE_AFTER_MS ? scripts.erase(other) : std::next(other);
		return scripts.empty();
	}

	std::vector<uint64_t> ids_to_look_for() const {
		std::vector<uint64_t> ids;
		for (const auto& seat : seats_)
			if (!seat.second.is_ended)
				ids.push_back(seat.first);
		if (ids.size() <= MOST_PER_LOOK)
			return ids;
		return turn_of(std::move(ids));
	}

	void settle(uint64_t id, std::string answer) {
		auto seat = seats_.find(id);
		if (seat == seats_.end())
			return;
		seat->second.is_ended = true;
		seat->second.answer = std::move(answer);
	}

	void drop_gone(int64_t now_ms) {
		for (auto seat = seats_.begin(); seat != seats_.end();)
			seat = now_ms - seat->second.asked_at_ms > GONE_AFTER_MS ? seats_.erase(seat) : std::next(seat);
	}

	size_t size() const {
		return seats_.size();
	}

  private:
	struct Seat {
		int64_t asked_at_ms = 0;
		bool is_ended = false;
		std::string answer;
		// When each of them asked last.
		std::unordered_map<uint32_t, int64_t> scripts;
	};
	std::unordered_map<uint64_t, Seat> seats_;
	mutable size_t turn_ = 0;

	std::vector<uint64_t> turn_of(std::vector<uint64_t> ids) const {
		std::vector<uint64_t> some;
		for (size_t count = 0; count < MOST_PER_LOOK; ++count)
			some.push_back(ids[(turn_ + count) % ids.size()]);
		turn_ = (turn_ + MOST_PER_LOOK) % ids.size();
		return some;
	}
};

} // namespace ai_ipc

#endif

// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REQUEST_BOARD_H
#define AI_IPC_REQUEST_BOARD_H

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "status.h"

namespace ai_ipc {

// A script that looked after a request will look again soon: so long after the last time, each look at the database has it.
const int64_t WATCHED_MS = 2000;
// What an open request was is told so long after it was read. Watched, it is read 50 times a second, and is older only while
// the database does not answer: then what was known holds for a while.
const int64_t KNOWN_MS = 100;
const int64_t KNOWN_WHILE_AWAY_MS = 5000;
// An ended one changes only when an operator has it asked again.
const int64_t KNOWN_ENDED_MS = 1000;
// One statement reads so many, in a millisecond; with more, it is the turn of the others at the next look.
const size_t MOST_PER_LOOK = 500;

const int AI_REQ_UNKNOWN = -1;

// A request, and the status that it is known to have.
struct KnownRequest {
	uint64_t id = 0;
	int code = AI_REQ_UNKNOWN;
};

// What the database says of one.
struct RequestRow {
	uint64_t id = 0;
	int code = AI_REQ_NOT_FOUND;
	// In UTF-8; "" while there is none, and in place of one that no script could be given.
	std::string answer;
	uint64_t answer_bytes = 0;
};

// What is known of the requests that scripts look after. The database's answers come with a number, which says in which
// order they were asked for: what was read before a change is no news after it.
class RequestBoard {
  public:
	struct Entry {
		int code = AI_REQ_UNKNOWN;
		std::string answer;
		uint64_t answer_bytes = 0;
		uint64_t number = 0;
		int64_t learnt_at_ms = 0;
		int64_t watched_until_ms = 0;

		bool is_known() const {
			return code != AI_REQ_UNKNOWN;
		}
		bool is_ended() const {
			return is_known() && ai_ipc::is_ended(code);
		}
	};

	// A script looks after it: it is watched from now on. What was learnt before it was watched may be old.
	const Entry& watch(uint64_t id, int64_t now_ms) {
		Entry& entry = entries_[id];
		bool is_new = now_ms > entry.watched_until_ms;
		if (is_new && now_ms - entry.learnt_at_ms > (entry.is_ended() ? KNOWN_ENDED_MS : KNOWN_MS))
			entry.code = AI_REQ_UNKNOWN;
		entry.watched_until_ms = now_ms + WATCHED_MS;
		return entry;
	}

	// The same, where it can be told at once; nullptr where the database must be asked.
	const Entry* known(uint64_t id, int64_t now_ms) {
		const Entry& entry = watch(id, now_ms);
		int64_t age_ms = now_ms - entry.learnt_at_ms;
		return entry.is_known() && age_ms <= (entry.is_ended() ? KNOWN_ENDED_MS : KNOWN_WHILE_AWAY_MS) ? &entry : nullptr;
	}

	// Nothing is known of it any more; who waits for it waits for the next look.
	void forget(uint64_t id) {
		auto entry = entries_.find(id);
		if (entry != entries_.end())
			entry->second.code = AI_REQ_UNKNOWN;
	}

	// Of a request that nobody looks after nothing is kept.
	void learn(RequestRow row, uint64_t number, int64_t now_ms) {
		auto found = entries_.find(row.id);
		if (found == entries_.end() || number < found->second.number)
			return;
		Entry& entry = found->second;
		entry.code = row.code;
		entry.answer = std::move(row.answer);
		entry.answer_bytes = row.answer_bytes;
		entry.number = number;
		entry.learnt_at_ms = now_ms;
		has_news_ = has_news_ || entry.is_ended();
	}

	// They are what they were, but for what is learnt next.
	void confirm(const std::vector<KnownRequest>& requests, uint64_t number, int64_t now_ms) {
		for (const KnownRequest& request : requests) {
			auto found = entries_.find(request.id);
			if (found != entries_.end() && found->second.code == request.code && number >= found->second.number)
				found->second.learnt_at_ms = now_ms;
		}
	}

	// Those that may have changed, going round where there are too many.
	std::vector<KnownRequest> to_look_for() {
		std::vector<KnownRequest> open;
		for (const auto& entry : entries_)
			if (!entry.second.is_ended())
				open.push_back({entry.first, entry.second.code});
		return open.size() <= MOST_PER_LOOK ? open : turn_of(std::move(open));
	}

	void drop_unwatched(int64_t now_ms) {
		for (auto entry = entries_.begin(); entry != entries_.end();)
			entry = now_ms > entry->second.watched_until_ms ? entries_.erase(entry) : std::next(entry);
	}

	// Whether a request has ended since the last time.
	bool take_news() {
		bool has_news = has_news_;
		has_news_ = false;
		return has_news;
	}

	void keep_news() {
		has_news_ = true;
	}

	size_t size() const {
		return entries_.size();
	}

  private:
	std::unordered_map<uint64_t, Entry> entries_;
	uint64_t last_id_ = 0;
	bool has_news_ = false;

	std::vector<KnownRequest> turn_of(std::vector<KnownRequest> open) {
		auto by_id = [](const KnownRequest& one, const KnownRequest& other) { return one.id < other.id; };
		std::sort(open.begin(), open.end(), by_id);
		auto next = std::upper_bound(open.begin(), open.end(), KnownRequest{last_id_, AI_REQ_UNKNOWN}, by_id);
		std::rotate(open.begin(), next, open.end());
		open.resize(MOST_PER_LOOK);
		last_id_ = open.back().id;
		return open;
	}
};

} // namespace ai_ipc

#endif

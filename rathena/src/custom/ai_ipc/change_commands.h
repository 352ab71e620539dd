// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_CHANGE_COMMANDS_H
#define AI_IPC_CHANGE_COMMANDS_H

#include <cstdint>
#include <iterator>
#include <unordered_map>
#include <vector>

#include "plugin.h"

namespace ai_ipc {

// True when the request was open and is cancelled now.
inline bool cancel(Plugin& ai, int64_t id) {
	if (id <= 0)
		return false;
	Database& database = ai.database;
	bool is_cancelled = database.transact([&] {
		return database.run(cancel_request(id)) && database.affected_rows() == 1 && database.run(log_cancelled(id));
	});
	if (is_cancelled)
		ai.open_requests.ended(static_cast<uint64_t>(id));
	else if (!database.is_open())
		ai.last_refusal = Database::unavailable();
	return is_cancelled;
}

// One DELETE of so many takes a few milliseconds; the world goes on between two of them.
const size_t CLEANUP_CHUNK = 200;
const int64_t CLEANUP_PAUSE_MS = 20;
// Rows that are not old yet are walked over so many at a time: half a millisecond.
const size_t CLEANUP_SCAN = 1000;
// In a script that cannot pause, the most at once: 2,000 requests.
const int CLEANUP_CHUNKS_AT_ONCE = 10;

struct Cleanup {
	int64_t age_seconds = DEFAULT_AGE_SECONDS;
	uint64_t after_id = 0;
	int64_t deleted = 0;
	int64_t touched_at_ms = 0;
};

// Finds the next old requests behind the last ones. False when the whole table is done, or cannot be read.
inline bool scan_old(Database& database, Cleanup& cleanup, std::vector<uint64_t>& old_ids) {
	if (!database.run(scan_for_cleanup(cleanup.after_id, cleanup.age_seconds, CLEANUP_SCAN)))
		return false;
	size_t rows = 0;
	while (old_ids.size() < CLEANUP_CHUNK && database.next_row()) {
		++rows;
		cleanup.after_id = database.number_column(0);
		if (database.column(1) == "1")
			old_ids.push_back(cleanup.after_id);
	}
	database.done();
	return rows == CLEANUP_SCAN || old_ids.size() == CLEANUP_CHUNK;
}

inline bool delete_old(Database& database, Cleanup& cleanup, const std::vector<uint64_t>& old_ids) {
	uint64_t deleted = 0;
	bool is_done = database.transact([&] {
		if (!database.run(delete_requests(old_ids, cleanup.age_seconds)))
			return false;
		deleted = database.affected_rows();
		return deleted > 0 && database.run(log_cleaned(deleted));
	});
	if (is_done)
		cleanup.deleted += static_cast<int64_t>(deleted);
	// Somebody else may have been faster with these.
	return is_done || database.is_open();
}

// Deletes up to 200. False when there is nothing more to do.
inline bool clean_chunk(Plugin& ai, Cleanup& cleanup) {
	std::vector<uint64_t> old_ids;
	bool has_more = scan_old(ai.database, cleanup, old_ids);
	bool could_delete = old_ids.empty() || delete_old(ai.database, cleanup, old_ids);
	if (!ai.database.is_open())
		ai.last_refusal = Database::unavailable();
	return has_more && could_delete;
}

// The cleanups of scripts that pause, by the number of the script. One that is not touched for a minute has lost its
// script (@reloadscript, log-out).
class Cleanups {
  public:
	Cleanup& begin(uint32_t script, int64_t age_seconds, int64_t now_ms) {
		drop_lost(now_ms);
		Cleanup& cleanup = cleanups_[script];
		cleanup = Cleanup();
		cleanup.age_seconds = clamp_age_seconds(age_seconds);
		return cleanup;
	}

	Cleanup& go_on(uint32_t script) {
		return cleanups_[script];
	}

	int64_t end(uint32_t script) {
		int64_t deleted = cleanups_[script].deleted;
		cleanups_.erase(script);
		return deleted;
	}

  private:
	std::unordered_map<uint32_t, Cleanup> cleanups_;

	void drop_lost(int64_t now_ms) {
		for (auto cleanup = cleanups_.begin(); cleanup != cleanups_.end();)
			cleanup = now_ms - cleanup->second.touched_at_ms > 60000 ? cleanups_.erase(cleanup) : std::next(cleanup);
	}
};

inline Cleanups& cleanups() {
	static Cleanups instance;
	return instance;
}

} // namespace ai_ipc

#endif

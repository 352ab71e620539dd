// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_CLEANUP_ERRAND_H
#define AI_IPC_CLEANUP_ERRAND_H

#include <atomic>
#include <cstdint>
#include <vector>

#include "errand.h"
#include "statements.h"

namespace ai_ipc {

// One DELETE of so many takes a few milliseconds.
const size_t CLEANUP_CHUNK = 200;
// Rows that are not old yet are walked over so many at a time: half a millisecond.
const size_t CLEANUP_SCAN = 1000;
// A chunk with a locked row in it is tried so often.
const int MOST_CLEANUP_TRIES = 20;

// Deletes old requests, up to so many chunks of 200, going on behind the last one.
class CleanupErrand : public Errand {
  public:
	CleanupErrand(int64_t age_seconds, int chunks) : age_seconds_(age_seconds), chunks_(chunks) {}

	// How many it has deleted since its making; the one field that may be looked at at any time.
	std::atomic<int64_t> deleted{0};
	// False when the whole table is done, or cannot be read.
	bool has_more = true;

  protected:
	bool run(Database& database) override {
		for (int chunk = 0; chunk < chunks_ && has_more; ++chunk)
			if (!clean_chunk(database))
				return false;
		return true;
	}

  private:
	int64_t age_seconds_;
	int chunks_;
	int tries_ = 0;
	uint64_t after_id_ = 0;

	// False when a statement failed.
	bool clean_chunk(Database& database) {
		std::vector<uint64_t> old_ids;
		uint64_t began_after_id = after_id_;
		if (!scan(database, old_ids) || !(old_ids.empty() || delete_these(database, old_ids))) {
			bool may_try_again = database.trouble() == Trouble::LOCKED && ++tries_ < MOST_CLEANUP_TRIES;
			after_id_ = may_try_again ? began_after_id : after_id_;
			has_more = may_try_again;
			return false;
		}
		return true;
	}

	// Finds the next old requests behind the last ones.
	bool scan(Database& database, std::vector<uint64_t>& old_ids) {
		if (!database.run(scan_for_cleanup(after_id_, age_seconds_, CLEANUP_SCAN)))
			return false;
		size_t rows = 0;
		while (old_ids.size() < CLEANUP_CHUNK && database.next_row()) {
			++rows;
			after_id_ = database.number_column(0);
			if (database.column(1) == "1")
				old_ids.push_back(after_id_);
		}
		database.done();
		has_more = rows == CLEANUP_SCAN || old_ids.size() == CLEANUP_CHUNK;
		return true;
	}

	bool delete_these(Database& database, const std::vector<uint64_t>& old_ids) {
		uint64_t chunk = 0;
		bool is_done = database.transact([&] {
			if (!database.run(delete_requests(old_ids, age_seconds_)))
				return false;
			chunk = database.affected_rows();
			return chunk > 0 && database.run(log_cleaned(chunk));
		});
		if (is_done)
			deleted.fetch_add(static_cast<int64_t>(chunk));
		// Somebody else may have been faster with these.
		return is_done || database.trouble() == Trouble::NONE;
	}
};

} // namespace ai_ipc

#endif

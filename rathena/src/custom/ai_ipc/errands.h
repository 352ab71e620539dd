// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_ERRANDS_H
#define AI_IPC_ERRANDS_H

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "errand.h"
#include "request_board.h"
#include "statements.h"
#include "status.h"

// What the commands have done in the database. What an errand brings back stands in its fields.

namespace ai_ipc {

// One new request. A server that stands still keeps what was sent to it, and does it afterwards, when nobody knows its id: so
// the id comes before the COMMIT, without which nothing is kept. One whose COMMIT was lost has an id, and is not done.
class InsertErrand : public Errand {
  public:
	explicit InsertErrand(const NewRequest& request) : statement_(insert_request(request)) {}

	// 0 while it has none.
	uint64_t id = 0;
	// For the game loop alone: wanted also when its script is gone.
	bool is_kept = false;

  protected:
	bool run(Database& database) override {
		id = 0;
		// On the map server's own connection, which waits for as long as it takes, the INSERT is alone.
		bool is_done = HAS_THREAD ? database.transact([&] { return insert(database); }) : insert(database);
		if (!is_done && database.trouble() != Trouble::AWAY)
			id = 0;
		return is_done;
	}

  private:
	std::string statement_;

	bool insert(Database& database) {
		if (!database.run(statement_))
			return false;
		id = database.last_id();
		return true;
	}
};

// Status and answer of many requests: of those alone that are not what they were known to be, or have ended.
class ReadErrand : public Errand {
  public:
	explicit ReadErrand(std::vector<KnownRequest> of) : requests(std::move(of)) {}

	const std::vector<KnownRequest> requests;
	std::vector<RequestRow> news;

  protected:
	bool run(Database& database) override {
		std::unordered_map<uint64_t, int> left;
		std::vector<uint64_t> ids;
		for (const KnownRequest& request : requests) {
			left[request.id] = request.code;
			ids.push_back(request.id);
		}
		if (!database.run(read_answers(ids)))
			return false;
		news.clear();
		while (database.next_row()) {
			uint64_t id = database.number_column(0);
			int code = status_code(database.column(1));
			if (is_ended(code) || left[id] != code)
				news.push_back({id, code, database.column(2), database.number_column(3)});
			left.erase(id);
		}
		database.done();
		// Never was, or was deleted.
		for (const auto& request : left)
			news.push_back({request.first, AI_REQ_NOT_FOUND, std::string(), 0});
		return true;
	}
};

// Which of these are still open, for the limits.
class OpenErrand : public Errand {
  public:
	explicit OpenErrand(const std::vector<uint64_t>& of) : ids(of) {}

	const std::vector<uint64_t> ids;
	std::vector<uint64_t> open;

  protected:
	bool run(Database& database) override {
		if (!database.run(read_open(ids)))
			return false;
		while (database.next_row())
			open.push_back(database.number_column(0));
		database.done();
		return true;
	}
};

class CancelErrand : public Errand {
  public:
	explicit CancelErrand(uint64_t of) : id(of) {}

	const uint64_t id;
	bool is_cancelled = false;

  protected:
	bool run(Database& database) override {
		bool has_failed = false;
		auto attempt = [&](const std::string& statement) {
			bool is_run = database.run(statement);
			has_failed = has_failed || !is_run;
			return is_run;
		};
		is_cancelled = database.transact([&] {
			int64_t number = static_cast<int64_t>(id);
			// On the map server's own connection, a worker that is just writing is waited for.
			if (HAS_THREAD && !attempt(lock_request(number)))
				return false;
			return attempt(cancel_request(number)) && database.affected_rows() == 1 && attempt(log_cancelled(number));
		});
		// Neither is a failure when the request had ended.
		return is_cancelled || (!has_failed && database.trouble() == Trouble::NONE);
	}
};

// Why a request has no answer.
class ReasonErrand : public Errand {
  public:
	explicit ReasonErrand(int64_t of) : id(of) {}

	const int64_t id;
	int code = AI_REQ_NOT_FOUND;
	std::string error_code, message;

  protected:
	bool run(Database& database) override {
		if (!database.run(read_error(id)))
			return false;
		if (database.next_row()) {
			code = status_code(database.column(0));
			error_code = database.column(1);
			message = database.column(2);
		}
		database.done();
		return true;
	}
};

struct WorkerRow {
	std::string host, doorbell;
	int64_t timeout_seconds;
};

class WorkersErrand : public Errand {
  public:
	std::vector<WorkerRow> workers;

  protected:
	bool run(Database& database) override {
		if (!database.run(read_workers()))
			return false;
		while (database.next_row())
			workers.push_back({database.column(0), database.column(1), static_cast<int64_t>(database.number_column(2))});
		database.done();
		return true;
	}
};

// What the server is, and which character set the connection has.
class ServerErrand : public Errand {
  public:
	explicit ServerErrand(const std::string& codepage) : codepage_(codepage) {}

	std::string character_set;
	bool is_mariadb = false;
	bool is_codepage_known = false;

  protected:
	bool run(Database& database) override {
		if (!database.run(read_server(codepage_)))
			return false;
		bool is_there = database.next_row();
		character_set = database.column(0);
		is_mariadb = database.column(1).find("MariaDB") != std::string::npos;
		is_codepage_known = database.column(2) != "0";
		database.done();
		return is_there;
	}

  private:
	std::string codepage_;
};

} // namespace ai_ipc

#endif

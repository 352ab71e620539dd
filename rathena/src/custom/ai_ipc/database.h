// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DATABASE_H
#define AI_IPC_DATABASE_H

#include <cstdint>
#include <cstdlib>
#include <string>

#include "database_gate.h"
#include "refusal.h"
#include "statements.h"

// Uses of rAthena: Sql_*, mmysql_handle, msg_silent, console_msg_log, ShowError, gettick. script.cpp includes their headers.

namespace ai_ipc {

// rAthena prints every failure of a statement. While this lives, it does so neither on the console nor in the log file.
class SilentSql {
  public:
	explicit SilentSql(bool is_silent) : console_(msg_silent), log_(console_msg_log) {
		if (!is_silent)
			return;
		msg_silent |= 16;
		console_msg_log &= ~2;
	}
	~SilentSql() {
		msg_silent = console_;
		console_msg_log = log_;
	}
	SilentSql(const SilentSql&) = delete;
	SilentSql& operator=(const SilentSql&) = delete;

  private:
	decltype(msg_silent) console_;
	decltype(console_msg_log) log_;
};

// The map server's main connection to its database. One statement at a time: a result lives until the next statement.
class Database {
  public:
	// Runs one statement; false when it failed or when the last failure is less than a second ago.
	bool run(const std::string& statement) {
		if (!is_open())
			return false;
		text_ = bounds_;
		text_ += statement;
		return query(text_);
	}

	// Runs what must be written together. All of it is undone when one statement fails or changes nothing.
	template <typename Statements>
	bool transact(Statements statements) {
		if (!is_open() || !query("START TRANSACTION"))
			return false;
		if (statements() && query("COMMIT"))
			return true;
		undo();
		return false;
	}

	bool next_row() {
#ifdef MAP_GENERATOR
		return false;
#else
		return Sql_NextRow(mmysql_handle) == SQL_SUCCESS;
#endif
	}

	// "" for NULL.
	std::string column(size_t number) {
		char* text = nullptr;
		size_t length = 0;
#ifndef MAP_GENERATOR
		Sql_GetData(mmysql_handle, number, &text, &length);
#else
		(void)number;
#endif
		return text == nullptr ? std::string() : std::string(text, length);
	}

	uint64_t number_column(size_t number) {
		// No std:: before it: rAthena of 2022-03-30 to 2022-08-15 makes it a macro for Visual C++.
		return strtoull(column(number).c_str(), nullptr, 10);
	}

	// Frees the result, which may hold an answer of 16 MB.
	void done() {
#ifndef MAP_GENERATOR
		Sql_FreeResult(mmysql_handle);
#endif
	}

	uint64_t last_id() {
#ifdef MAP_GENERATOR
		return 0;
#else
		return Sql_LastInsertId(mmysql_handle);
#endif
	}

	uint64_t affected_rows() {
#ifdef MAP_GENERATOR
		return 0;
#else
		return Sql_NumRowsAffected(mmysql_handle);
#endif
	}

	bool is_open() const {
		return gate_.is_open(gettick());
	}

	void bound_locks(bool is_mariadb) {
		bounds_ = lock_bounds(is_mariadb);
	}

	static Refusal unavailable() {
		return {"database_unavailable", "The database refused the statement or is not there. The map server's console tells "
		                                "why; it is tried again after a second."};
	}

  private:
	DatabaseGate gate_;
	LineLimit lines_;
	std::string bounds_;
	// Kept from statement to statement: new memory for 131 KB costs 60 us each time.
	std::string text_;

	// The reason, as rAthena prints it, and our line come together, once a minute. The reason quotes no player: a
	// statement of ours holds what they say as hex digits only.
	bool query(const std::string& statement) {
#ifdef MAP_GENERATOR
		(void)statement;
		return false;
#else
		bool is_silent = !lines_.would_take(gettick());
		if (send(statement, is_silent))
			return true;
		gate_.close(gettick());
		if (lines_.takes(gettick()))
			ShowError("[AI-IPC] The database did not do what an AI command asked for; the line above tells why. Until it "
			          "does, AI requests are refused. This is told once a minute.\n");
		return false;
#endif
	}

	// ROLLBACK goes out although the gate is closed: an open transaction would take in rAthena's own statements.
	void undo() {
#ifndef MAP_GENERATOR
		send("ROLLBACK", true);
#endif
	}

#ifndef MAP_GENERATOR
	static bool send(const std::string& statement, bool is_silent) {
		SilentSql silence(is_silent);
		// Not Sql_Query, whose printf takes 0.3 ms for 131 KB.
		return Sql_QueryStr(mmysql_handle, statement.c_str()) == SQL_SUCCESS;
	}
#endif
};

} // namespace ai_ipc

#endif

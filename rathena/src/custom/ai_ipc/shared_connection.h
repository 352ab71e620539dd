// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_SHARED_CONNECTION_H
#define AI_IPC_SHARED_CONNECTION_H

#include <cstdint>
#include <cstdlib>
#include <string>

#include "statements.h"
#include "trouble.h"

// Uses of rAthena: Sql_*, mmysql_handle, msg_silent, console_msg_log. script.cpp includes their headers.

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

// The map server's main connection to its database, for those who want no thread. One statement at a time: a result lives
// until the next statement. Why one failed, rAthena says itself, and only to the console.
class SharedConnection {
  public:
	bool run(const std::string& statement) {
		text_ = bounds_;
		text_ += statement;
		return send(text_);
	}

	// Runs what must be written together. All of it is undone when one statement fails or changes nothing.
	template <typename Statements>
	bool transact(Statements statements) {
		if (!send("START TRANSACTION"))
			return false;
		if (statements() && send("COMMIT"))
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

	// Frees the result, which may hold an answer of 128 KB.
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

	Trouble trouble() const {
		return has_failed_ ? Trouble::FAILED : Trouble::NONE;
	}

	std::string reason() const {
		return std::string();
	}

	void bound_locks(bool is_mariadb) {
		bounds_ = lock_bounds(is_mariadb);
	}

	void set_silent(bool is_silent) {
		is_silent_ = is_silent;
	}

  private:
	std::string bounds_;
	// Kept from statement to statement: new memory for 131 KB costs 60 us each time.
	std::string text_;
	bool is_silent_ = false;
	bool has_failed_ = false;

	// Not Sql_Query, whose printf takes 0.3 ms for 131 KB.
	bool send(const std::string& statement) {
#ifdef MAP_GENERATOR
		(void)statement;
		has_failed_ = true;
#else
		SilentSql silence(is_silent_);
		has_failed_ = Sql_QueryStr(mmysql_handle, statement.c_str()) != SQL_SUCCESS;
#endif
		return !has_failed_;
	}

	// An open transaction would take in rAthena's own statements. What the failure was is kept.
	void undo() {
		bool has_failed = has_failed_;
		bool is_silent = is_silent_;
		is_silent_ = true;
		send("ROLLBACK");
		is_silent_ = is_silent;
		has_failed_ = has_failed;
	}
};

} // namespace ai_ipc

#endif

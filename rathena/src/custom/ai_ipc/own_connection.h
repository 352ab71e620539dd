// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_OWN_CONNECTION_H
#define AI_IPC_OWN_CONNECTION_H

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#ifdef WIN32
#include <winsock2.h>
#else
#include <sys/socket.h>
#endif

#include "codepage.h"
#include "login.h"
#include "trouble.h"

// Uses the client library (mysql.h), and nothing of rAthena, whose Sql is for one thread.

namespace ai_ipc {

// A frozen database is noticed after so long. Longer than scripts wait for an id, so that a database that stood still for
// three seconds loses no request; the game goes on meanwhile.
const unsigned int READ_TIMEOUT_SECONDS = 5;
const unsigned int CONNECT_TIMEOUT_SECONDS = 2;
// After so long without a statement, a connection may have been closed without a word: it is asked first, since of a write
// that failed nobody knows whether it was done.
const std::chrono::milliseconds QUIET_CONNECTION(1000);

// A connection to the map server's database for one thread, with time limits. Of the other thread, interrupt() alone may be
// called.
class OwnConnection {
  public:
	explicit OwnConnection(const Login& login) : login_(login) {}
	OwnConnection(const OwnConnection&) = delete;
	OwnConnection& operator=(const OwnConnection&) = delete;
	~OwnConnection() {
		close();
	}

	// Runs one statement, and connects first where there is no connection.
	bool run(const std::string& statement) {
		if (!is_alive())
			return false;
		done();
		bool is_run = mysql_real_query(handle_, statement.data(), static_cast<unsigned long>(statement.size())) == 0;
		if (is_run) {
			result_ = mysql_store_result(handle_);
			is_run = mysql_errno(handle_) == 0;
		}
		return is_run ? note_success() : note_failure();
	}

	// Runs what must be written together. All of it is undone when one statement fails or changes nothing.
	template <typename Statements>
	bool transact(Statements statements) {
		if (!run("START TRANSACTION"))
			return false;
		is_in_transaction_ = true;
		bool is_done = statements() && run("COMMIT");
		if (!is_done)
			undo();
		is_in_transaction_ = false;
		return is_done;
	}

	bool next_row() {
		row_ = result_ == nullptr ? nullptr : mysql_fetch_row(result_);
		lengths_ = row_ == nullptr ? nullptr : mysql_fetch_lengths(result_);
		return row_ != nullptr;
	}

	// "" for NULL.
	std::string column(size_t number) const {
		if (row_ == nullptr || number >= mysql_num_fields(result_) || row_[number] == nullptr)
			return std::string();
		return std::string(row_[number], lengths_[number]);
	}

	uint64_t number_column(size_t number) const {
		return strtoull(column(number).c_str(), nullptr, 10);
	}

	void done() {
		if (result_ != nullptr)
			mysql_free_result(result_);
		result_ = nullptr;
		row_ = nullptr;
	}

	uint64_t last_id() {
		return mysql_insert_id(handle_);
	}

	uint64_t affected_rows() {
		return mysql_affected_rows(handle_);
	}

	// Whether it has tried in vain to connect since the last time that this was asked.
	bool take_refusal() {
		bool was_refused = was_refused_;
		was_refused_ = false;
		return was_refused;
	}

	Trouble trouble() const {
		return trouble_;
	}

	const std::string& reason() const {
		return reason_;
	}

	// From the other thread, at the end: a statement that is waited for ends now, and nothing is begun any more. A connection that
	// is just being made has no number yet: it ends by itself, in CONNECT_TIMEOUT_SECONDS.
	void interrupt() {
		is_ending_.store(true);
		SocketNumber socket = socket_.load();
		if (socket != NO_SOCKET_NUMBER)
			shutdown(socket, 2);
	}

  private:
	using Clock = std::chrono::steady_clock;
#ifdef WIN32
	using SocketNumber = SOCKET;
#else
	using SocketNumber = int;
#endif
	static const SocketNumber NO_SOCKET_NUMBER = static_cast<SocketNumber>(-1);

	const Login login_;
	MYSQL* handle_ = nullptr;
	MYSQL_RES* result_ = nullptr;
	MYSQL_ROW row_ = nullptr;
	unsigned long* lengths_ = nullptr;
	Trouble trouble_ = Trouble::NONE;
	std::string reason_;
	Clock::time_point used_at_;
	bool was_refused_ = false;
	bool is_in_transaction_ = false;
	std::atomic<SocketNumber> socket_{NO_SOCKET_NUMBER};
	std::atomic<bool> is_ending_{false};

	// A connection that was not used for a while may be gone. Within a transaction there is no other one: what came before is
	// undone with it, and the rest would be written without.
	bool is_alive() {
		if (is_in_transaction_)
			return handle_ != nullptr || fail("The connection was lost.");
		if (handle_ != nullptr && Clock::now() - used_at_ > QUIET_CONNECTION && mysql_ping(handle_) != 0)
			close();
		return is_connected();
	}

	bool is_connected() {
		if (is_ending_.load())
			return fail("The map server ends.");
		return handle_ != nullptr || connect();
	}

	bool connect() {
		handle_ = mysql_init(nullptr);
		if (handle_ == nullptr)
			return fail("There is no memory for a connection.");
		set_options();
		if (mysql_real_connect(handle_, login_.host.c_str(), login_.user.c_str(), login_.password.c_str(),
		                       login_.database.c_str(), login_.port, nullptr, 0) == nullptr) {
			note_failure();
			trouble_ = Trouble::AWAY;
			was_refused_ = true;
			close();
			return false;
		}
		socket_.store(socket_of_handle());
		used_at_ = Clock::now();
		set_session();
		return handle_ != nullptr;
	}

	void set_options() {
		mysql_options(handle_, MYSQL_OPT_CONNECT_TIMEOUT, &CONNECT_TIMEOUT_SECONDS);
		mysql_options(handle_, MYSQL_OPT_READ_TIMEOUT, &READ_TIMEOUT_SECONDS);
		mysql_options(handle_, MYSQL_OPT_WRITE_TIMEOUT, &READ_TIMEOUT_SECONDS);
#if !defined(MARIADB_BASE_VERSION) && !defined(MARIADB_VERSION_ID) && MYSQL_VERSION_ID >= 50710
		// As rAthena does it.
		unsigned int mode = SSL_MODE_DISABLED;
		mysql_options(handle_, MYSQL_OPT_SSL_MODE, &mode);
#endif
	}

	// The character set is the one of rAthena's connections: what clients speak is known by it. No statement waits for a
	// lock: what is locked is tried again later, and others go on. A second is the least that MySQL bears; a cancel says NOWAIT.
	// A transaction whose map server is gone without a word holds its row for ten seconds; MySQL knows only how long a session may
	// rest. A COMMIT begins no other transaction, in which all would be read as it was.
	// Where the server refuses one of them, the connection is used as it is, as rAthena does.
	void set_session() {
		bool is_mariadb = std::string(mysql_get_server_info(handle_)).find("MariaDB") != std::string::npos;
		std::string name = lower_ascii(login_.codepage);
		if (is_codepage_name(name))
			run("SET NAMES " + name);
		if (handle_ != nullptr)
			run(std::string("SET SESSION autocommit=1, completion_type='NO_CHAIN', ") +
			    (is_mariadb ? "lock_wait_timeout=0, innodb_lock_wait_timeout=0, max_statement_time=2, idle_transaction_timeout=10"
			                : "lock_wait_timeout=1, innodb_lock_wait_timeout=1, wait_timeout=60"));
	}

	SocketNumber socket_of_handle() {
#if defined(MARIADB_BASE_VERSION) || defined(MARIADB_VERSION_ID)
		return mysql_get_socket(handle_);
#else
		return handle_->net.fd;
#endif
	}

	bool fail(const std::string& reason) {
		trouble_ = Trouble::AWAY;
		reason_ = reason;
		return false;
	}

	bool note_success() {
		used_at_ = Clock::now();
		trouble_ = Trouble::NONE;
		return true;
	}

	bool note_failure() {
		trouble_ = trouble_of(mysql_errno(handle_));
		reason_ = mysql_error(handle_);
		if (trouble_ == Trouble::AWAY)
			close();
		return false;
	}

	// What the failure was is kept: a ROLLBACK succeeds.
	void undo() {
		Trouble trouble = trouble_;
		std::string reason = reason_;
		if (handle_ != nullptr)
			run("ROLLBACK");
		trouble_ = trouble;
		reason_ = reason;
	}

	void close() {
		done();
		socket_.store(NO_SOCKET_NUMBER);
		if (handle_ != nullptr)
			mysql_close(handle_);
		handle_ = nullptr;
	}
};

} // namespace ai_ipc

#endif

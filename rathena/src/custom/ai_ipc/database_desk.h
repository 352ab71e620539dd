// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DATABASE_DESK_H
#define AI_IPC_DATABASE_DESK_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "database.h"
#include "database_gate.h"
#include "errand.h"
#include "login.h"
#include "patience.h"
#include "refusal.h"
#ifndef AI_IPC_NO_THREAD
#include "database_thread.h"
#endif

// Uses of rAthena: gettick, ShowError, ShowSQL, ShowWarning.

namespace ai_ipc {

// A statement for one text.
class ValueErrand : public Errand {
  public:
	explicit ValueErrand(const std::string& statement) : statement_(statement) {}

	std::string value;

  protected:
	bool run(Database& database) override {
		if (!database.run(statement_))
			return false;
		bool is_there = database.next_row();
		value = is_there ? database.column(0) : std::string();
		database.done();
		return is_there;
	}

  private:
	std::string statement_;
};

// Where the game loop leaves its errands for the database. It never waits for one, but for a moment where a script would
// otherwise have to sleep, and for less than 50 ms where it cannot.
class DatabaseDesk {
  public:
	void open(const Login& login) {
#ifdef AI_IPC_NO_THREAD
		(void)login;
#else
		thread_.reset(new DatabaseThread(login));
#endif
	}

	// False for a second after the database was not there, or refused a statement.
	bool is_open() const {
		return gate_.is_open(gettick());
	}

	void send(const std::shared_ptr<Errand>& errand) {
		send(errand, false);
	}

	// Whether an errand may be over at once, for a script that can sleep.
	bool has_a_moment() {
		return !HAS_THREAD || patience_.brief_us(gettick()) > 0;
	}

	// For such a one: true when it is over already.
	bool await_briefly(const Errand& errand) {
		return await_for(errand, patience_.brief_us(gettick()), false);
	}

	// For one that cannot.
	bool stand_still_for(const Errand& errand) {
		return await_for(errand, patience_.standstill_us(gettick()), true);
	}

	// Whether an errand for a script that cannot sleep has a chance.
	bool can_stand_still() const {
		return !HAS_THREAD || patience_.standstill_us(gettick()) > 0;
	}

	// Once for each errand that is over: whether it was done. Else it is told, once a minute, and the gate closes, unless
	// others hold a lock, which is the trouble of this errand alone, or others were done since.
	bool conclude(const Errand& errand) {
		if (errand.is_done()) {
			gate_.note_done(errand.ended_at());
			return true;
		}
		if (!closes_gate(errand))
			return false;
		gate_.close(gettick());
		if (!lines_.takes(gettick()))
			return false;
		if (!errand.reason().empty())
			ShowSQL("DB error - %s\n", errand.reason().c_str());
		ShowError("[AI-IPC] The database did not do what an AI command asked for; the line above tells why. Until it "
		          "does, AI requests are refused. This is told once a minute.\n");
		return false;
	}

	// What a statement gives, where the script must have it now: false when it cannot be had in time.
	bool first_value(const std::string& statement, std::string& value) {
		if (!is_open() || !can_stand_still())
			return false;
		auto errand = std::make_shared<ValueErrand>(statement);
		// Behind four INSERTs of 10 ms each it would be too late.
		send(errand, true);
		if (!stand_still_for(*errand)) {
			errand->abandon();
			return false;
		}
		if (!conclude(*errand))
			return false;
		value = errand->value;
		return true;
	}

	static Refusal unavailable() {
		return {"database_unavailable", "The database refused the statement or is not there. The map server's console tells "
		                                "why; it is tried again after a second."};
	}

	static Refusal late() {
		return {"database_unavailable", "The database did not answer in time."};
	}

	// Why an errand was not done. A lock that somebody holds for longer than scripts wait is told once a minute.
	Refusal refusal_of(const Errand& errand, bool is_over) {
		if (!is_over)
			return late();
		if (!errand.was_locked())
			return unavailable();
		if (lock_lines_.takes(gettick()))
			ShowWarning("[AI-IPC] Another transaction held what an AI command needed until its time was over: %s. The database's "
			            "list of processes tells whose. This is told once a minute.\n",
			            errand.reason().c_str());
		return {"database_unavailable", "Another transaction of the database held what the statement needs until the time was over."};
	}

#ifdef AI_IPC_NO_THREAD
	Database database;
#endif

  private:
	DatabaseGate gate_;
	LineLimit lines_, lock_lines_;
	Patience patience_;
	uint64_t last_number_ = 0;
#ifndef AI_IPC_NO_THREAD
	std::unique_ptr<DatabaseThread> thread_;
#endif

	bool closes_gate(const Errand& errand) const {
		if (errand.trouble() == Trouble::AWAY)
			return !gate_.has_worked_since(errand.ended_at());
		return errand.trouble() == Trouble::FAILED;
	}

	void send(const std::shared_ptr<Errand>& errand, bool is_first) {
		errand->set_number(++last_number_);
#ifdef AI_IPC_NO_THREAD
		(void)is_first;
		database.set_silent(!lines_.would_take(gettick()));
		errand->carry_out(database);
#else
		if (thread_ == nullptr || !thread_->is_there())
			errand->fail("The map server was refused a thread for the AI commands.");
		else if (is_first)
			thread_->send_first(errand);
		else
			thread_->send(errand);
#endif
	}

	bool await_for(const Errand& errand, int64_t most_us, bool is_standstill) {
#ifdef AI_IPC_NO_THREAD
		(void)most_us, (void)is_standstill;
		return errand.is_over();
#else
		if (errand.is_over())
			return true;
		if (most_us <= 0 || thread_ == nullptr)
			return false;
		auto began = std::chrono::steady_clock::now();
		bool is_over = thread_->await(errand, std::chrono::microseconds(most_us));
		auto waited = std::chrono::steady_clock::now() - began;
		patience_.spent(std::chrono::duration_cast<std::chrono::microseconds>(waited).count());
		if (!is_over)
			patience_.was_in_vain(gettick(), is_standstill);
		return is_over;
#endif
	}
};

} // namespace ai_ipc

#endif

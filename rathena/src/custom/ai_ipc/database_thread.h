// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DATABASE_THREAD_H
#define AI_IPC_DATABASE_THREAD_H

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#ifndef WIN32
#include <csignal>
#endif

#include "errand.h"
#include "own_connection.h"

namespace ai_ipc {

// While this lives, a thread that is started gets no signal that ends the map server: rAthena's handler saves and ends
// everything where the signal arrives, and that must be the game's own thread.
class SignalsHeldBack {
  public:
#ifdef WIN32
	SignalsHeldBack() {}
	~SignalsHeldBack() {}
#else
	SignalsHeldBack() {
		sigset_t all;
		sigfillset(&all);
		// What the thread does wrong itself is a crash, for which rAthena saves what it can.
		for (int own : {SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGABRT})
			sigdelset(&all, own);
		pthread_sigmask(SIG_BLOCK, &all, &before_);
	}
	~SignalsHeldBack() {
		pthread_sigmask(SIG_SETMASK, &before_, nullptr);
	}
#endif
	SignalsHeldBack(const SignalsHeldBack&) = delete;
	SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

  private:
#ifndef WIN32
	sigset_t before_;
#endif
};

// Carries out errands, one after the other, with a connection of its own. The thread touches nothing but its errands and its
// connection: neither rAthena's memory nor its console, which are for one thread. It ends with its owner, whatever it waits
// for; in the midst of connecting, two seconds later.
class DatabaseThread {
  public:
	explicit DatabaseThread(const Login& login) : connection_(login) {
		SignalsHeldBack held_back;
		try {
			thread_ = std::thread([this] { work(); });
		} catch (const std::system_error&) {
			// No more threads on this machine: is_there() tells.
		}
	}
	DatabaseThread(const DatabaseThread&) = delete;
	DatabaseThread& operator=(const DatabaseThread&) = delete;

	~DatabaseThread() {
		{
			std::lock_guard<std::mutex> lock(mutex_);
			is_ending_ = true;
		}
		connection_.interrupt();
		has_errand_.notify_all();
		if (thread_.joinable())
			thread_.join();
	}

	bool is_there() const {
		return thread_.joinable();
	}

	void send(std::shared_ptr<Errand> errand) {
		{
			std::lock_guard<std::mutex> lock(mutex_);
			errands_.push_back(std::move(errand));
		}
		has_errand_.notify_one();
	}

	// Before all that have not begun: for one that changes nothing, and for which the game stands still.
	void send_first(std::shared_ptr<Errand> errand) {
		{
			std::lock_guard<std::mutex> lock(mutex_);
			errands_.push_front(std::move(errand));
		}
		has_errand_.notify_one();
	}

	// Waits until the errand is over, and no longer than so.
	bool await(const Errand& errand, std::chrono::microseconds most) {
		if (errand.is_over())
			return true;
		std::unique_lock<std::mutex> lock(mutex_);
		return one_is_over_.wait_for(lock, most, [&errand] { return errand.is_over(); });
	}

  private:
	std::mutex mutex_;
	std::condition_variable has_errand_, one_is_over_;
	std::deque<std::shared_ptr<Errand>> errands_;
	bool is_ending_ = false;
	OwnConnection connection_;
	// The last one: it begins when all else is there.
	std::thread thread_;

	void work() {
		mysql_thread_init();
		while (std::shared_ptr<Errand> errand = next()) {
			errand->carry_out(connection_);
			if (connection_.take_refusal())
				fail_waiting(connection_.reason());
			// One who has just seen that it is not over, and would sleep past this, has the lock until he sleeps. Nobody is woken
			// with the lock held: he would wait for it while this thread has no core.
			{
				std::lock_guard<std::mutex> lock(mutex_);
			}
			one_is_over_.notify_all();
		}
		mysql_thread_end();
	}

	// Those that wait would try to connect as well, one after the other, for two seconds each where nothing answers.
	void fail_waiting(const std::string& reason) {
		std::deque<std::shared_ptr<Errand>> waiting;
		{
			std::lock_guard<std::mutex> lock(mutex_);
			waiting.swap(errands_);
		}
		for (const std::shared_ptr<Errand>& errand : waiting)
			errand->fail(reason);
	}

	// Waits for one; nullptr at the end.
	std::shared_ptr<Errand> next() {
		std::unique_lock<std::mutex> lock(mutex_);
		has_errand_.wait(lock, [this] { return is_ending_ || !errands_.empty(); });
		if (is_ending_)
			return nullptr;
		std::shared_ptr<Errand> errand = std::move(errands_.front());
		errands_.pop_front();
		return errand;
	}
};

} // namespace ai_ipc

#endif

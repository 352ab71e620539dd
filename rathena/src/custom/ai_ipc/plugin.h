// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_PLUGIN_H
#define AI_IPC_PLUGIN_H

#include <fstream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cost_meter.h"
#include "database_desk.h"
#include "doorbell.h"
#include "errands.h"
#include "loose_ends.h"
#include "open_requests.h"
#include "request_board.h"
#include "script_constants.h"
#include "settings.h"
#include "status.h"
#include "translation.h"
#include "turns.h"
#include "version.h"
#include "waiters.h"

// Uses of rAthena: INTER_CONF_NAME, gettick, add_timer_interval, add_timer_func_list, ShowInfo, ShowWarning.

#ifndef AI_IPC_NO_THREAD
// Of common/cli.hpp: the path to it differs between the versions.
extern const char* INTER_CONF_NAME;
#endif

namespace ai_ipc {

// ai_workers is read at most this often.
const int64_t READ_WORKERS_EVERY_MS = 5000;
// One look at the database serves all scripts. The plain way, which holds up the game, looks less often.
const int64_t LOOK_EVERY_MS = HAS_THREAD ? 20 : 100;
// Requests that nobody reads are looked after so often, so many at once, for the limits on open ones.
const int64_t READ_OPEN_EVERY_MS = 1000;
const size_t MOST_OPEN_PER_READ = 500;
const int64_t ROLL_CALL_EVERY_MS = 100;
// A database that answers late is asked for news this seldom at least.
const int64_t MOST_PAUSE_MS = 500;

// All that the commands share, in the hands of the game's thread alone. There is no hook at the map server's start, so it
// begins with the first command; nor is there one at its end: the database's thread ends with this.
class Plugin {
  public:
	Settings settings;
	DatabaseDesk desk;
	Translation translation{desk};
	Doorbell doorbell;
	OpenRequests open_requests;
	RequestBoard board;
	Waiters waiters;
	LooseEnds loose_ends{desk};
	CostMeter cost;
	Turns turns;
	// What ai_db_error(-1) tells.
	Refusal last_refusal;
	LineLimit refusal_lines;
	int64_t default_timeout_seconds = DEFAULT_TIMEOUT_SECONDS;
	bool is_started = false;

	void read_settings(const char* file) {
		std::ifstream stream(file, std::ios::binary);
		// Without the file, the defaults hold.
		if (!stream)
			return;
		std::stringstream text;
		text << stream.rdbuf();
		std::vector<std::string> warnings;
		settings = SettingsReader(file, warnings).read(text.str());
		for (const std::string& warning : warnings)
			ShowWarning("[AI-IPC] %s\n", warning.c_str());
		if (settings.client_codepage != CONNECTIONS_CODEPAGE)
			translation.set_codepage(settings.client_codepage);
	}

	void open_database() {
#ifdef AI_IPC_NO_THREAD
		desk.open(Login());
#else
		desk.open(LoginReader().read(INTER_CONF_NAME));
#endif
	}

	// Asks the server, once, what it is and which character set the connection has. On the map server's own connection, later
	// would be too late: after a lost connection, the library comes back with another character set than rAthena chose.
	void know_server() {
		if (is_server_known_ || (server_ == nullptr && !desk.is_open()))
			return;
		if (server_ == nullptr) {
			server_ = std::make_shared<ServerErrand>(settings.client_codepage);
			desk.send(server_);
			// The very first command finds it known: a connection takes a few milliseconds.
			if (!has_asked_server_)
				desk.stand_still_for(*server_);
			has_asked_server_ = true;
		}
		if (!server_->is_over())
			return;
		is_server_known_ = desk.conclude(*server_);
		if (is_server_known_)
			take_server(*server_);
		server_.reset();
	}

	// Whether it is known what clients speak: text beyond ASCII means nothing before.
	bool knows_codepage() const {
		return is_server_known_ || settings.client_codepage != CONNECTIONS_CODEPAGE;
	}

	// For what a script cannot have: keeps the reason for ai_db_error(-1), and tells one a minute on the console.
	void refuse(const Refusal& refusal, const std::string& where) {
		last_refusal = refusal;
		if (refusal.code != "database_unavailable" && refusal_lines.takes(gettick()))
			ShowWarning("[AI-IPC] A request of %s was refused: %s (Told once a minute; ai_db_error(-1) tells each.)\n",
			            where.c_str(), refusal.text().c_str());
	}

	// What is handed to a script; "" in place of what is too long for it.
	std::string fitting(std::string text) {
		return static_cast<int64_t>(text.size()) <= settings.max_answer_bytes ? text : too_long(text.size());
	}

	std::string too_long(uint64_t bytes) {
		last_refusal = {"answer_too_large", "A text of " + std::to_string(bytes) + " bytes is more than a script is given (max_answer_bytes " +
		                                        std::to_string(settings.max_answer_bytes) + ")."};
		if (refusal_lines.takes(gettick()))
			ShowWarning("[AI-IPC] %s\n", last_refusal.text().c_str());
		return std::string();
	}

	// Players type in the codepage of their clients: bytes that are no text in it show that client_codepage names another.
	void tell_wrong_codepage(const std::string& text) {
		if (has_told_codepage_)
			return;
		has_told_codepage_ = true;
		std::string bytes;
		append_hex_literal(bytes, text.substr(0, 40));
		ShowWarning("[AI-IPC] What a player typed is no text in %s: the bytes %s. Set client_codepage in %s to what the clients "
		            "speak. (Told once.)\n",
		            translation.codepage().c_str(), bytes.c_str(), SETTINGS_FILE);
	}

	// After an INSERT. While the workers are not known yet, the bells ring as soon as they are.
	void ring() {
		if (!settings.doorbell)
			return;
		doorbell.ring();
		owes_ring_ = !has_read_workers_;
	}

	bool has_turn(int64_t now_ms, bool is_late) {
		return turns.is_free(now_ms, cost.spent(), is_late);
	}

	// Whether a script may go on now, where many want to in the same moment.
	bool takes_turn(int64_t now_ms, uint32_t script, bool is_late) {
		return turns.take(now_ms, cost.spent(), script, is_late);
	}

	// What this map server has changed itself, by the errand of that number.
	void has_become(uint64_t id, int code, uint64_t number) {
		board.learn({id, code, std::string(), 0}, number, gettick());
		if (is_ended(code))
			open_requests.ended(id);
	}

	// What a script reads for itself, and what a look reads for all.
	void take_news(ReadErrand& errand) {
		int64_t now_ms = gettick();
		board.confirm(errand.requests, errand.number(), now_ms);
		for (RequestRow& row : errand.news) {
			if (is_ended(row.code))
				open_requests.ended(row.id);
			board.learn(std::move(row), errand.number(), now_ms);
		}
		errand.news.clear();
	}

	// The answer as the client can show it; "" while there is none.
	std::string answer_of(const RequestBoard::Entry& entry) {
		if (entry.answer.empty() && entry.answer_bytes > MOST_BYTES_READ)
			return too_long(entry.answer_bytes);
		return fitting(translation.from_utf8(entry.answer, true));
	}

	// Whether it is time to see who waits still: a script that is freed says nothing.
	bool is_roll_call(int64_t now_ms) {
		if (now_ms < next_roll_call_ms_)
			return false;
		next_roll_call_ms_ = now_ms + ROLL_CALL_EVERY_MS;
		return true;
	}

	// With a thread 50 times a second, without one ten times, by a timer.
	void look(int64_t now_ms) {
		loose_ends.go_on(now_ms);
		take_answers(now_ms);
		take_open();
		take_workers();
		if (now_ms < next_look_ms_)
			return;
		next_look_ms_ = now_ms + LOOK_EVERY_MS;
		know_server();
		board.drop_unwatched(now_ms);
		look_for_answers(now_ms);
		if (now_ms >= next_read_open_ms_)
			look_for_open(now_ms);
		if (settings.doorbell && now_ms >= next_read_workers_ms_)
			look_for_workers(now_ms);
		if (settings.print_cost_every_seconds > 0)
			print_cost(now_ms);
	}

	void cancel_later(uint64_t id) {
		loose_ends.cancel(id, gettick());
	}

  private:
	bool is_server_known_ = false;
	bool has_asked_server_ = false;
	bool has_read_workers_ = false;
	bool owes_ring_ = false;
	bool has_told_codepage_ = false;
	int64_t next_look_ms_ = 0;
	int64_t next_read_open_ms_ = 0;
	int64_t next_read_workers_ms_ = 0;
	int64_t next_answers_ms_ = 0;
	int64_t next_roll_call_ms_ = 0;
	int64_t cost_since_ms_ = 0;
	// What was sent and is not taken yet.
	std::shared_ptr<ServerErrand> server_;
	std::shared_ptr<ReadErrand> answers_;
	std::shared_ptr<OpenErrand> open_;
	std::shared_ptr<WorkersErrand> workers_;

	void take_server(const ServerErrand& server) {
#ifdef AI_IPC_NO_THREAD
		desk.database.bound_locks(server.is_mariadb);
#endif
		if (settings.client_codepage != CONNECTIONS_CODEPAGE && !server.is_codepage_known)
			ShowWarning("[AI-IPC] %s: the database has no character set %s. The connection's is taken.\n", SETTINGS_FILE,
			            settings.client_codepage.c_str());
		if (!server.is_codepage_known)
			translation.set_codepage(full_codepage(server.character_set));
	}

	// One look at a time. The next one waits ten times as long as this one took: a slow database is not asked without end.
	void look_for_answers(int64_t now_ms) {
		if (answers_ != nullptr || now_ms < next_answers_ms_ || !desk.is_open())
			return;
		std::vector<KnownRequest> open = board.to_look_for();
		if (open.empty())
			return;
		answers_ = std::make_shared<ReadErrand>(std::move(open));
		desk.send(answers_);
		take_answers(now_ms);
	}

	void take_answers(int64_t now_ms) {
		if (answers_ == nullptr || !answers_->is_over())
			return;
		next_answers_ms_ = now_ms + clamp(9 * answers_->took_ms(), 0, MOST_PAUSE_MS);
		if (desk.conclude(*answers_))
			take_news(*answers_);
		answers_.reset();
	}

	void look_for_open(int64_t now_ms) {
		open_requests.drop_overdue(now_ms);
		if (open_ != nullptr || !desk.is_open())
			return;
		next_read_open_ms_ = now_ms + READ_OPEN_EVERY_MS;
		std::vector<uint64_t> ids = open_requests.next_ids(MOST_OPEN_PER_READ);
		if (ids.empty())
			return;
		open_ = std::make_shared<OpenErrand>(ids);
		desk.send(open_);
		take_open();
	}

	void take_open() {
		if (open_ == nullptr || !open_->is_over())
			return;
		if (desk.conclude(*open_)) {
			std::unordered_map<uint64_t, bool> is_open;
			for (uint64_t id : open_->open)
				is_open[id] = true;
			for (uint64_t id : open_->ids)
				if (is_open.find(id) == is_open.end())
					open_requests.ended(id);
		}
		open_.reset();
	}

	void look_for_workers(int64_t now_ms) {
		if (workers_ != nullptr || !desk.is_open())
			return;
		next_read_workers_ms_ = now_ms + READ_WORKERS_EVERY_MS;
		workers_ = std::make_shared<WorkersErrand>();
		desk.send(workers_);
		take_workers();
	}

	void take_workers() {
		if (workers_ == nullptr || !workers_->is_over())
			return;
		std::vector<DoorbellAddress> places;
		default_timeout_seconds = DEFAULT_TIMEOUT_SECONDS;
		if (desk.conclude(*workers_) && !workers_->workers.empty()) {
			default_timeout_seconds = clamp_timeout_seconds(workers_->workers.front().timeout_seconds);
			std::string own_host = own_host_name();
			for (const WorkerRow& worker : workers_->workers) {
				DoorbellAddress place = read_doorbell_address(worker.doorbell);
				if (can_be_rung(place, worker.host, own_host))
					places.push_back(place);
			}
		}
		workers_.reset();
		doorbell.set_places(places);
		has_read_workers_ = true;
		if (owes_ring_)
			doorbell.ring();
		owes_ring_ = false;
	}

	void print_cost(int64_t now_ms) {
		int64_t elapsed_ms = now_ms - cost_since_ms_;
		if (elapsed_ms < settings.print_cost_every_seconds * 1000)
			return;
		if (cost_since_ms_ != 0)
			ShowInfo("[AI-IPC] %s, %d waiting\n", cost.report(elapsed_ms).c_str(), static_cast<int>(waiters.size()));
		cost_since_ms_ = now_ms;
	}
};

inline Plugin& plugin() {
	static Plugin instance;
	return instance;
}

// In wait_for_answer.h.
inline TIMER_FUNC(look_timer);

// What every command calls first.
inline Plugin& started_plugin() {
	Plugin& instance = plugin();
	if (!instance.is_started) {
		instance.is_started = true;
		instance.read_settings(SETTINGS_FILE);
		instance.open_database();
		set_script_constants();
		ShowInfo("[AI-IPC] version %s: ai_db_request, ai_db_response, ai_db_status, ai_db_cancel, ai_db_cleanup\n",
		         AI_IPC_VERSION);
#ifndef MAP_GENERATOR
		add_timer_func_list(look_timer, "ai_ipc_look");
		add_timer_interval(gettick() + ROUND_MS, look_timer, 0, 0, ROUND_MS);
#endif
	}
	instance.know_server();
	return instance;
}

} // namespace ai_ipc

#endif

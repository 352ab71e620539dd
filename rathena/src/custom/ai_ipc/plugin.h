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
#include "database.h"
#include "doorbell.h"
#include "open_requests.h"
#include "script_constants.h"
#include "settings.h"
#include "status.h"
#include "translation.h"
#include "turns.h"
#include "version.h"
#include "waiting_room.h"

// Uses of rAthena: gettick, add_timer_interval, add_timer_func_list, ShowInfo, ShowWarning.

namespace ai_ipc {

// ai_workers is read at most this often.
const int64_t READ_WORKERS_EVERY_MS = 5000;
// Requests that nobody reads are looked after so often, so many at once, for the limits on open ones.
const int64_t READ_OPEN_EVERY_MS = 1000;
const size_t MOST_OPEN_PER_READ = 500;

// All that the commands share. There is no hook at the map server's start, so it begins with the first command; the map
// server has one thread.
class Plugin {
  public:
	Settings settings;
	Database database;
	Translation translation{database};
	Doorbell doorbell;
	OpenRequests open_requests;
	WaitingRoom waiting_room;
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

	// Asks the server, once, what it is and which character set the connection has. Later would be too late: after a lost
	// connection, the library comes back with another character set than the one that rAthena chose.
	void know_server() {
		if (is_server_known_ || !database.run(read_server(settings.client_codepage)) || !database.next_row())
			return;
		is_server_known_ = true;
		database.bound_locks(database.column(1).find("MariaDB") != std::string::npos);
		bool is_codepage_known = database.column(2) != "0";
		if (settings.client_codepage != CONNECTIONS_CODEPAGE && !is_codepage_known)
			ShowWarning("[AI-IPC] %s: the database has no character set %s. The connection's is taken.\n", SETTINGS_FILE,
			            settings.client_codepage.c_str());
		if (!is_codepage_known)
			translation.set_codepage(full_codepage(database.column(0)));
		database.done();
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
		if (static_cast<int64_t>(text.size()) <= settings.max_answer_bytes)
			return text;
		last_refusal = {"answer_too_large", "A text of " + std::to_string(text.size()) + " bytes is more than a script is given (max_answer_bytes " +
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

	// Whether the statement could be run; the reason is kept when not.
	bool run(const std::string& statement) {
		if (database.run(statement))
			return true;
		last_refusal = Database::unavailable();
		return false;
	}

	// After an INSERT. While the workers are not known yet, the bells ring as soon as they are.
	void ring() {
		if (!settings.doorbell)
			return;
		doorbell.ring();
		owes_ring_ = !has_read_workers_;
	}

	// When a script that sleeps looks again: at the next look at the database, and less often where many wait.
	int64_t next_wake_ms() const {
		return next_look_ms_ + LOOK_EVERY_MS * waiting_room.looks_until_all_are_seen();
	}

	bool has_turn(int64_t now_ms, bool is_late) {
		return turns.is_free(now_ms, cost.spent(), is_late);
	}

	// Whether a script may go on now, where many want to in the same moment.
	bool takes_turn(int64_t now_ms, uint32_t script, bool is_late) {
		return turns.take(now_ms, cost.spent(), script, is_late);
	}

	// Ten times a second, by a timer, or by the first script that wakes up for it.
	void look(int64_t now_ms) {
		if (now_ms < next_look_ms_)
			return;
		next_look_ms_ = now_ms + LOOK_EVERY_MS;
		waiting_room.drop_gone(now_ms);
		look_for_answers();
		if (now_ms >= next_read_open_ms_)
			read_open_requests(now_ms);
		if (settings.doorbell && now_ms >= next_read_workers_ms_)
			read_living_workers(now_ms);
		if (settings.print_cost_every_seconds > 0)
			print_cost(now_ms);
	}

  private:
	bool is_server_known_ = false;
	bool has_read_workers_ = false;
	bool owes_ring_ = false;
	bool has_told_codepage_ = false;
	int64_t next_look_ms_ = 0;
	int64_t next_read_open_ms_ = 0;
	int64_t next_read_workers_ms_ = 0;
	int64_t cost_since_ms_ = 0;

	void look_for_answers() {
		std::vector<uint64_t> ids = waiting_room.ids_to_look_for();
		if (ids.empty() || !database.run(read_answers(ids)))
			return;
		std::unordered_map<uint64_t, bool> is_open;
		std::vector<std::pair<uint64_t, std::string>> answers;
		while (database.next_row()) {
			uint64_t id = database.number_column(0);
			is_open[id] = !is_ended(status_code(database.column(1)));
			if (!is_open[id])
				answers.emplace_back(id, database.column(2));
		}
		database.done();
		// After the rows: a character that is new may need a statement of its own.
		for (const auto& answer : answers)
			settle(answer.first, fitting(translation.from_utf8(answer.second, true)));
		// Deleted while a script waited for it.
		for (uint64_t id : ids)
			if (is_open.find(id) == is_open.end())
				settle(id, std::string());
	}

	void settle(uint64_t id, std::string answer) {
		waiting_room.settle(id, std::move(answer));
		open_requests.ended(id);
	}

	void read_open_requests(int64_t now_ms) {
		next_read_open_ms_ = now_ms + READ_OPEN_EVERY_MS;
		open_requests.drop_overdue(now_ms);
		std::vector<uint64_t> ids = open_requests.next_ids(MOST_OPEN_PER_READ);
		if (ids.empty() || !database.run(read_open(ids)))
			return;
		std::unordered_map<uint64_t, bool> is_open;
		while (database.next_row())
			is_open[database.number_column(0)] = true;
		database.done();
		for (uint64_t id : ids)
			if (is_open.find(id) == is_open.end())
				open_requests.ended(id);
	}

	void read_living_workers(int64_t now_ms) {
		next_read_workers_ms_ = now_ms + READ_WORKERS_EVERY_MS;
		std::vector<DoorbellAddress> places;
		default_timeout_seconds = DEFAULT_TIMEOUT_SECONDS;
		if (database.run(read_workers())) {
			std::string own_host = own_host_name();
			for (bool is_first = true; database.next_row(); is_first = false) {
				DoorbellAddress place = read_doorbell_address(database.column(1));
				if (can_be_rung(place, database.column(0), own_host))
					places.push_back(place);
				if (is_first)
					default_timeout_seconds = clamp_timeout_seconds(static_cast<int64_t>(database.number_column(2)));
			}
			database.done();
		}
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
			ShowInfo("[AI-IPC] %s, %d waiting\n", cost.report(elapsed_ms).c_str(), static_cast<int>(waiting_room.size()));
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
		set_script_constants();
		ShowInfo("[AI-IPC] version %s: ai_db_request, ai_db_response, ai_db_status, ai_db_cancel, ai_db_cleanup\n",
		         AI_IPC_VERSION);
#ifndef MAP_GENERATOR
		add_timer_func_list(look_timer, "ai_ipc_look");
		add_timer_interval(gettick() + TURN_SPAN_MS, look_timer, 0, 0, TURN_SPAN_MS);
#endif
	}
	instance.know_server();
	return instance;
}

} // namespace ai_ipc

#endif

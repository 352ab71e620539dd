// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_STATEMENTS_H
#define AI_IPC_STATEMENTS_H

#include <cstdint>
#include <string>
#include <vector>

#include "request_rules.h"
#include "text.h"

// The texts of all statements. What scripts and players say goes in as hex literals only, so every statement is plain
// ASCII and means the same under every character set of the connection. Times are the database's own.

namespace ai_ipc {

// All text in UTF-8. It was converted before: within an INSERT, strict mode makes an error of what is only a '?' elsewhere.
struct NewRequest {
	std::string type, endpoint, data;
	int64_t priority = DEFAULT_PRIORITY;
	int64_t timeout_seconds = DEFAULT_TIMEOUT_SECONDS;
	// Empty is NULL.
	std::string source_npc, source_map;
};

// On the map server's own connection: bounds every wait for a lock, since the game stands still meanwhile: none for a locked
// table, a quarter of a second for a row that a worker is just writing. MariaDB alone can say this for one statement, and rAthena's own statements
// on the same connection keep what they have.
inline std::string lock_bounds(bool is_mariadb) {
	return is_mariadb ? "SET STATEMENT lock_wait_timeout=0,max_statement_time=0.25 FOR " : "";
}

inline std::string utf8_literal(const std::string& utf8) {
	std::string sql = "CONVERT(";
	append_hex_literal(sql, utf8);
	return sql + " USING utf8mb4)";
}

inline std::string client_literal(const std::string& text, const std::string& codepage) {
	std::string sql = "CONVERT(CONVERT(";
	append_hex_literal(sql, text);
	return sql + " USING " + codepage + ") USING utf8mb4)";
}

// As bytes, so that the connection's own character set has no part in it.
inline std::string as_client_bytes(const std::string& expression, const std::string& codepage) {
	return "CAST(CONVERT(" + expression + " USING " + codepage + ") AS BINARY)";
}

inline std::string source_literal(const std::string& utf8, size_t characters) {
	return utf8.empty() ? "NULL" : utf8_literal(cut_characters(utf8, characters));
}

inline std::string insert_request(const NewRequest& request) {
	std::string timeout = std::to_string(request.timeout_seconds);
	std::string sql;
	sql.reserve(request.data.size() * 2 + 2048);
	sql += "INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, source_npc, source_map, "
	       "expires_at) VALUES (";
	sql += utf8_literal(request.type) + "," + utf8_literal(request.endpoint) + ",CONVERT(";
	append_hex_literal(sql, request.data);
	sql += " USING utf8mb4)," + std::to_string(request.priority) + "," + timeout + "," +
	       source_literal(request.source_npc, MAX_NPC_CHARACTERS) + "," +
	       source_literal(request.source_map, MAX_MAP_CHARACTERS) + ",FROM_UNIXTIME(UNIX_TIMESTAMP(NOW(3)) + " + timeout +
	       "))";
	return sql;
}

inline std::string comma_list(const std::vector<uint64_t>& ids) {
	std::string list;
	for (uint64_t id : ids)
		list += (list.empty() ? "" : ",") + std::to_string(id);
	return list;
}

// No script is given as much, in any codepage (max_answer_bytes): it is not read at all.
const size_t MOST_BYTES_READ = 131072;

// id, status, answer in UTF-8 and its bytes: of many at once. A request that is not ended, or ended without an answer, has
// NULL, as has an answer that is too long.
inline std::string read_answers(const std::vector<uint64_t>& ids) {
	std::string bytes = "LENGTH(CONVERT(p.response_data USING utf8mb4))";
	return "SELECT r.id, r.status, IF(" + bytes + " <= " + std::to_string(MOST_BYTES_READ) + ", " +
	       as_client_bytes("p.response_data", "utf8mb4") + ", NULL), " + bytes +
	       " FROM ai_requests r LEFT JOIN ai_responses p ON p.request_id = r.id AND r.status = 'completed'"
	       " WHERE r.id IN (" +
	       comma_list(ids) + ")";
}

inline std::string read_status(int64_t id) {
	return "SELECT status FROM ai_requests WHERE id = " + std::to_string(id);
}

// id of those that are still open.
inline std::string read_open(const std::vector<uint64_t>& ids) {
	return "SELECT id FROM ai_requests WHERE id IN (" + comma_list(ids) + ") AND status IN ('pending', 'processing')";
}

// status, code, message in UTF-8.
inline std::string read_error(int64_t id) {
	return "SELECT r.status, r.error_code, " + as_client_bytes("p.error_message", "utf8mb4") +
	       " FROM ai_requests r LEFT JOIN ai_responses p ON p.request_id = r.id WHERE r.id = " + std::to_string(id);
}

// Refused at once where somebody holds the row: MySQL waits for a lock for a second at least, and all others behind it.
inline std::string lock_request(int64_t id) {
	return "SELECT id FROM ai_requests FORCE INDEX (PRIMARY) WHERE id = " + std::to_string(id) + " FOR UPDATE NOWAIT";
}

inline std::string cancel_request(int64_t id) {
	return "UPDATE ai_requests FORCE INDEX (PRIMARY) SET status = 'cancelled', processed_at = NOW(3) WHERE id = " +
	       std::to_string(id) + " AND status IN ('pending', 'processing')";
}

inline std::string log_cancelled(int64_t id) {
	return "INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (" + std::to_string(id) +
	       ", 'cancelled', '{}')";
}

inline std::string log_cleaned(uint64_t deleted) {
	return "INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (0, 'cleaned', '{\"deleted\":" +
	       std::to_string(deleted) + "}')";
}

inline std::string older_than(int64_t age_seconds) {
	return "status IN ('completed', 'failed', 'timeout', 'cancelled') AND COALESCE(processed_at, created_at) < NOW(3) - "
	       "INTERVAL " +
	       std::to_string(age_seconds) + " SECOND";
}

// id, and 1 where it is to be deleted: along the primary key, a bounded look however many young ones there are.
inline std::string scan_for_cleanup(uint64_t after_id, int64_t age_seconds, size_t limit) {
	return "SELECT id, " + older_than(age_seconds) + " FROM ai_requests WHERE id > " + std::to_string(after_id) +
	       " ORDER BY id LIMIT " + std::to_string(limit);
}

// The form for several tables, since the other takes no index: in a short table it would lock, or wait for, all rows.
inline std::string delete_requests(const std::vector<uint64_t>& ids, int64_t age_seconds) {
	return "DELETE ai_requests FROM ai_requests FORCE INDEX (PRIMARY) WHERE id IN (" + comma_list(ids) + ") AND " +
	       older_than(age_seconds);
}

// host, doorbell, timeout_seconds of the workers that wrote a heartbeat in the last ten seconds.
inline std::string read_workers() {
	return "SELECT host, doorbell, timeout_seconds FROM ai_workers"
	       " WHERE UNIX_TIMESTAMP(NOW(3)) - UNIX_TIMESTAMP(heartbeat_at) <= 10 ORDER BY heartbeat_at DESC LIMIT 64";
}

// The connection's character set, the server's version, and whether the server knows this character set.
inline std::string read_server(const std::string& codepage) {
	return "SELECT @@character_set_client, VERSION(), (SELECT COUNT(*) FROM information_schema.CHARACTER_SETS"
	       " WHERE CHARACTER_SET_NAME = '" +
	       codepage + "')";
}

} // namespace ai_ipc

#endif

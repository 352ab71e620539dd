// A map server without a game: it runs the commands of scripts that a test names on its standard input.
//
// A line in, words apart by one space, text as hex (- for none):
//   connect HOST PORT USER PASSWORD DATABASE ENCODING    both handles; ENCODING as in inter_athena.conf
//   map M NAME, npc ID M NAME, player ID CHAR_ID M, remove ID
//   place ID M X                                         a unit stands there now; a player on another map was warped
//   next ID                                              a player's client asks for the next page
//   close ID                                             a player's client closes the dialogue
//   call TOKEN RID OID COMMAND ARGUMENT...               i:NUMBER s:TEXT; vi: and vs: a variable with that value
//   talk TOKEN RID OID COMMAND ARGUMENT...               the same, in a dialogue window that is open
//   sql TEXT                                             on the main handle, as other parts of the map server do
//   advance MS                                           the game's clock goes on by so much
//   name NAME                                            the parser meets it in a script
//   counters TOKEN, constants TOKEN, reload, quit
// A line out:
//   ready, done TOKEN RESULT i|s RUNS MICROSECONDS VALUE, refused TOKEN, ended TOKEN
//   counters TOKEN NAME=VALUE..., constants TOKEN NAME=VALUE...
//   show LEVEL TEXT, broken WHY (and the process aborts)
#include <cstdarg>
#include <poll.h>
#include <sstream>
#include <unistd.h>

#include <common/showmsg.hpp>
#include <common/sql.hpp>
#include <map/map.hpp>

#include "harness.hpp"

void report(const char* format, ...) {
	va_list args;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

std::string to_hex(const std::string& bytes) {
	static const char digits[] = "0123456789abcdef";
	std::string hex;
	for (unsigned char byte : bytes) {
		hex += digits[byte >> 4];
		hex += digits[byte & 15];
	}
	return hex.empty() ? "-" : hex;
}

std::string from_hex(const std::string& hex) {
	std::string bytes;
	if (hex == "-")
		return bytes;
	for (size_t i = 0; i + 1 < hex.size(); i += 2)
		bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
	return bytes;
}

const char* INTER_CONF_NAME = "conf/inter_athena.conf";
int32 msg_silent = 0;
int32 console_msg_log = 0;
static const int32 SILENT_ERRORS = 16;

#define SHOW(name, level, silent_bits)                                       \
	void name(const char* format, ...) {                                 \
		va_list args, again;                                         \
		va_start(args, format);                                      \
		va_copy(again, args);                                        \
		int length = vsnprintf(nullptr, 0, format, args);            \
		va_end(args);                                                \
		std::string text(static_cast<size_t>(length), '\0');         \
		vsnprintf(&text[0], text.size() + 1, format, again);         \
		va_end(again);                                               \
		if ((msg_silent & (silent_bits)) == 0)                       \
			report("show " level " %s", to_hex(text).c_str());   \
	}
SHOW(ShowStatus, "status", 0)
SHOW(ShowInfo, "info", 0)
SHOW(ShowNotice, "notice", 0)
SHOW(ShowWarning, "warning", 0)
SHOW(ShowDebug, "debug", 0)
SHOW(ShowError, "error", SILENT_ERRORS)
SHOW(ShowSQL, "sql", SILENT_ERRORS)

static void connect_database(std::istringstream& words) {
	Login login;
	std::string password, encoding;
	words >> login.host >> login.port >> login.user >> password >> login.database >> encoding;
	login.password = from_hex(password);
	if (!sql_connect(login)) {
		report("broken no connection to the database");
		exit(1);
	}
	if (encoding != "-")
		for (Sql* handle : {mmysql_handle, qsmysql_handle})
			Sql_Query(handle, "SET NAMES %s", encoding.c_str());
	report("ready");
}

static void add_to_world(const std::string& kind, std::istringstream& words) {
	int64 id = 0, second = 0;
	words >> id;
	if (kind == "remove") {
		script_free_of(static_cast<int32>(id));
		world_remove(static_cast<int32>(id));
		return;
	}
	std::string name;
	if (kind == "close") {
		script_close(static_cast<int32>(id));
		return;
	}
	if (kind == "map") {
		words >> name;
		world_add_map(static_cast<int16>(id), from_hex(name));
		return;
	}
	words >> second;
	if (kind == "next") {
		script_continue(static_cast<int32>(id));
		return;
	}
	words >> name;
	if (kind == "place") {
		map_session_data* player = map_id2sd(static_cast<int32>(id));
		if (player != nullptr && player->m != second)
			script_free_of(player->id);
		world_place(static_cast<int32>(id), static_cast<int16>(second), static_cast<int16>(std::stoi(name)));
		return;
	}
	if (kind == "npc")
		world_add_npc(static_cast<int32>(id), static_cast<int16>(second), from_hex(name));
	else
		world_add_player(static_cast<int32>(id), static_cast<uint32>(second), static_cast<int16>(std::stoi(name)));
}

static void call_command(std::istringstream& words, bool has_window) {
	Call call;
	call.has_window = has_window;
	words >> call.token >> call.rid >> call.oid >> call.command;
	std::string word;
	while (words >> word) {
		Argument argument = {};
		size_t colon = word.find(':');
		std::string kind = word.substr(0, colon), value = word.substr(colon + 1);
		argument.is_variable = kind[0] == 'v';
		argument.is_string = kind.back() == 's';
		if (argument.is_string)
			argument.text = from_hex(value);
		else
			argument.number = std::stoll(value);
		call.arguments.push_back(argument);
	}
	script_call(call);
}

static void report_counters(std::istringstream& words) {
	std::string token;
	words >> token;
	report("counters %s Scripts=%d Lateness=%" PRId64 "%s", token.c_str(), script_count(), timers_worst_lateness(),
	       sql_counters().c_str());
}

/// False when it was the last one.
static bool obey(const std::string& line) {
	std::istringstream words(line);
	std::string word;
	words >> word;
	if (word == "quit")
		return false;
	if (word == "connect") {
		connect_database(words);
	} else if (word == "call" || word == "talk") {
		call_command(words, word == "talk");
	} else if (word == "sql") {
		words >> word;
		Sql_QueryStr(mmysql_handle, from_hex(word).c_str());
		Sql_FreeResult(mmysql_handle);
	} else if (word == "advance") {
		int64 ms = 0;
		words >> ms;
		clock_advance(ms);
	} else if (word == "counters") {
		report_counters(words);
	} else if (word == "name") {
		words >> word;
		script_parse_name(word);
	} else if (word == "constants") {
		words >> word;
		script_report_constants(word);
	} else if (word == "reload") {
		script_free_all();
	} else {
		add_to_world(word, words);
	}
	return true;
}

/// False at the end of the input.
static bool read_lines(std::string& pending) {
	char buffer[65536];
	ssize_t length = read(STDIN_FILENO, buffer, sizeof buffer);
	if (length <= 0)
		return false;
	pending.append(buffer, static_cast<size_t>(length));
	size_t start = 0;
	for (size_t end; (end = pending.find('\n', start)) != std::string::npos; start = end + 1)
		if (!obey(pending.substr(start, end - start)))
			return false;
	pending.erase(0, start);
	return true;
}

int main() {
	std::string pending;
	for (bool goes_on = true; goes_on;) {
		pollfd input = {STDIN_FILENO, POLLIN, 0};
		if (poll(&input, 1, timers_run()) > 0)
			goes_on = read_lines(pending);
	}
	script_free_all();
	timers_clear();
	world_clear();
	sql_close();
	return 0;
}

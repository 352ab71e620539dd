#include <atomic>
#include <cstdarg>
#include <string>

#include <common/showmsg.hpp>
#include <common/sql.hpp>

#include "harness.hpp"

struct Sql {
	MYSQL handle;
	MYSQL_RES* result = nullptr;
	MYSQL_ROW row = nullptr;
	unsigned long* lengths = nullptr;
};

Sql* mmysql_handle = nullptr;
Sql* qsmysql_handle = nullptr;


static Sql* connect_one(const Login& login) {
	Sql* self = new Sql;
	mysql_init(&self->handle);
	// As the map server does: a lost connection is made anew by the next statement.
	my_bool reconnect = 1;
	mysql_options(&self->handle, MYSQL_OPT_RECONNECT, &reconnect);
	if (!mysql_real_connect(&self->handle, login.host.c_str(), login.user.c_str(), login.password.c_str(),
	                        login.database.c_str(), login.port, nullptr, 0)) {
		ShowSQL("%s\n", mysql_error(&self->handle));
		mysql_close(&self->handle);
		delete self;
		return nullptr;
	}
	return self;
}

bool sql_connect(const Login& login) {
	mmysql_handle = connect_one(login);
	qsmysql_handle = connect_one(login);
	return mmysql_handle != nullptr && qsmysql_handle != nullptr;
}

static void close_one(Sql*& self) {
	if (self == nullptr)
		return;
	Sql_FreeResult(self);
	mysql_close(&self->handle);
	delete self;
	self = nullptr;
}

void sql_close() {
	close_one(mmysql_handle);
	close_one(qsmysql_handle);
}

/// What is tried on all connections: the linker puts these in the place of the library's own.
extern "C" MYSQL* __real_mysql_real_connect(MYSQL* handle, const char* host, const char* user, const char* password,
                                            const char* database, unsigned int port, const char* socket, unsigned long flags);
extern "C" MYSQL* __wrap_mysql_real_connect(MYSQL* handle, const char* host, const char* user, const char* password,
                                            const char* database, unsigned int port, const char* socket, unsigned long flags);
extern "C" int __real_mysql_real_query(MYSQL* handle, const char* query, unsigned long length);
extern "C" int __wrap_mysql_real_query(MYSQL* handle, const char* query, unsigned long length);

static std::atomic<int64> attempts{0}, connects{0}, selects{0}, inserts{0}, updates{0}, deletes{0};

MYSQL* __wrap_mysql_real_connect(MYSQL* handle, const char* host, const char* user, const char* password,
                                 const char* database, unsigned int port, const char* socket, unsigned long flags) {
	++attempts;
	++connects;
	return __real_mysql_real_connect(handle, host, user, password, database, port, socket, flags);
}

/// What bounds the waits of a statement stands before it.
static std::string verb_of(const std::string& query) {
	size_t bounds = query.compare(0, 13, "SET STATEMENT") == 0 ? query.find(" FOR ") : std::string::npos;
	size_t begin = bounds == std::string::npos ? 0 : bounds + 5;
	return query.substr(begin, 6);
}

int __wrap_mysql_real_query(MYSQL* handle, const char* query, unsigned long length) {
	std::string verb = verb_of(std::string(query, length < 256 ? length : 256));
	++attempts;
	selects += verb == "SELECT";
	inserts += verb == "INSERT";
	updates += verb == "UPDATE";
	deletes += verb == "DELETE";
	return __real_mysql_real_query(handle, query, length);
}

std::string sql_counters() {
	return " Attempts=" + std::to_string(attempts) + " Connects=" + std::to_string(connects) + " Com_select=" + std::to_string(selects) +
	       " Com_insert=" + std::to_string(inserts) + " Com_update=" + std::to_string(updates) +
	       " Com_delete=" + std::to_string(deletes);
}

static int32 run(Sql* self, const std::string& query) {
	Sql_FreeResult(self);
	MYSQL* handle = &self->handle;
	if (mysql_real_query(handle, query.data(), query.size()) == 0) {
		self->result = mysql_store_result(handle);
		if (mysql_errno(handle) == 0)
			return SQL_SUCCESS;
	}
	ShowSQL("DB error - %s\n", mysql_error(handle));
	return SQL_ERROR;
}

int32 Sql_Query(Sql* self, const char* format, ...) {
	if (self == nullptr)
		return SQL_ERROR;
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(nullptr, 0, format, args);
	va_end(args);
	std::string query(static_cast<size_t>(length), '\0');
	vsnprintf(&query[0], query.size() + 1, format, again);
	va_end(again);
	return run(self, query);
}

int32 Sql_QueryStr(Sql* self, const char* query) {
	return self == nullptr ? SQL_ERROR : run(self, query);
}

int32 Sql_NextRow(Sql* self) {
	if (self == nullptr || self->result == nullptr)
		return SQL_ERROR;
	self->row = mysql_fetch_row(self->result);
	self->lengths = self->row == nullptr ? nullptr : mysql_fetch_lengths(self->result);
	return self->row == nullptr ? SQL_NO_DATA : SQL_SUCCESS;
}

int32 Sql_GetData(Sql* self, size_t column, char** out_text, size_t* out_length) {
	if (self == nullptr || self->row == nullptr)
		return SQL_ERROR;
	bool is_there = column < mysql_num_fields(self->result);
	if (out_text != nullptr)
		*out_text = is_there ? self->row[column] : nullptr;
	if (out_length != nullptr)
		*out_length = is_there ? self->lengths[column] : 0;
	return SQL_SUCCESS;
}

uint64 Sql_NumRows(Sql* self) {
	return self == nullptr || self->result == nullptr ? 0 : mysql_num_rows(self->result);
}

uint64 Sql_NumRowsAffected(Sql* self) {
	return self == nullptr ? 0 : mysql_affected_rows(&self->handle);
}

uint64 Sql_LastInsertId(Sql* self) {
	return self == nullptr ? 0 : mysql_insert_id(&self->handle);
}

void Sql_FreeResult(Sql* self) {
	if (self == nullptr || self->result == nullptr)
		return;
	mysql_free_result(self->result);
	self->result = nullptr;
	self->row = nullptr;
	self->lengths = nullptr;
}

size_t Sql_EscapeStringLen(Sql* self, char* out_to, const char* from, size_t from_length) {
	return mysql_real_escape_string(&self->handle, out_to, from, from_length);
}

// A stand-in for rAthena's header of this name, over the real client library.
#pragma once

#include <mysql.h>

#include <common/cbasetypes.hpp>

#define SQL_ERROR -1
#define SQL_SUCCESS 0
#define SQL_NO_DATA 100

struct Sql;

int32 Sql_Query(Sql* self, const char* format, ...) __attribute__((format(printf, 2, 3)));
int32 Sql_QueryStr(Sql* self, const char* query);
int32 Sql_NextRow(Sql* self);
int32 Sql_GetData(Sql* self, size_t column, char** out_text, size_t* out_length);
uint64 Sql_NumRows(Sql* self);
uint64 Sql_NumRowsAffected(Sql* self);
uint64 Sql_LastInsertId(Sql* self);
void Sql_FreeResult(Sql* self);
size_t Sql_EscapeStringLen(Sql* self, char* out_to, const char* from, size_t from_length);

// A stand-in for rAthena's header of this name: the lines go to the test, one by one, with their level.
#pragma once

#include <common/cbasetypes.hpp>

/// Bits of what is not shown: 16 is errors, those of SQL included.
extern int32 msg_silent;
/// Bits of what goes to the log file: 2 is errors, those of SQL included.
extern int32 console_msg_log;

#define HARNESS_PRINTF __attribute__((format(printf, 1, 2)))

void ShowStatus(const char* format, ...) HARNESS_PRINTF;
void ShowInfo(const char* format, ...) HARNESS_PRINTF;
void ShowNotice(const char* format, ...) HARNESS_PRINTF;
void ShowWarning(const char* format, ...) HARNESS_PRINTF;
void ShowDebug(const char* format, ...) HARNESS_PRINTF;
void ShowError(const char* format, ...) HARNESS_PRINTF;
void ShowSQL(const char* format, ...) HARNESS_PRINTF;

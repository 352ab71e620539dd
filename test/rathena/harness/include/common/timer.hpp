// A stand-in for rAthena's header of this name.
#pragma once

#include <common/cbasetypes.hpp>

typedef int64 t_tick;

#define DIFF_TICK(a, b) ((a) - (b))
#define INVALID_TIMER -1
#define TIMER_FUNC(x) int32 x(int32 tid, t_tick tick, int32 id, intptr_t data)

typedef TIMER_FUNC((*TimerFunc));

/// Milliseconds of a monotonic clock.
t_tick gettick();
int32 add_timer(t_tick tick, TimerFunc func, int32 id, intptr_t data);
int32 add_timer_interval(t_tick tick, TimerFunc func, int32 id, intptr_t data, int32 interval);
int32 delete_timer(int32 tid, TimerFunc func);
int32 add_timer_func_list(TimerFunc func, const char* name);

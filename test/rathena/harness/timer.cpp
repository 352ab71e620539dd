#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include <common/timer.hpp>

#include "harness.hpp"

/// The map server looks at its timers no more often, and no less.
static const int64 SHORTEST_LOOK_MS = 20;
static const int64 LONGEST_LOOK_MS = 1000;

struct Timer {
	t_tick tick;
	TimerFunc func;
	int32 id;
	intptr_t data;
	/// 0: once.
	int32 interval;
};

static std::map<int32, Timer> timers;
static int32 next_tid = 0;
static int64 advanced_ms = 0;
static int64 worst_lateness = 0;

t_tick gettick() {
	using namespace std::chrono;
	return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count() + advanced_ms;
}

void clock_advance(int64 ms) {
	advanced_ms += ms;
}

int64 timers_worst_lateness() {
	return worst_lateness;
}

void timers_clear() {
	timers.clear();
}

int32 add_timer(t_tick tick, TimerFunc func, int32 id, intptr_t data) {
	timers[next_tid] = Timer{tick, func, id, data, 0};
	return next_tid++;
}

int32 add_timer_interval(t_tick tick, TimerFunc func, int32 id, intptr_t data, int32 interval) {
	if (interval < 1)
		return INVALID_TIMER;
	timers[next_tid] = Timer{tick, func, id, data, interval};
	return next_tid++;
}

int32 delete_timer(int32 tid, TimerFunc func) {
	auto timer = timers.find(tid);
	if (timer == timers.end() || timer->second.func != func)
		return -1;
	timers.erase(timer);
	return 0;
}

int32 add_timer_func_list(TimerFunc, const char*) {
	return 0;
}

static void run_one(int32 tid, t_tick now) {
	auto found = timers.find(tid);
	if (found == timers.end())
		return; // One that ran before it has deleted it.
	Timer timer = found->second;
	if (timer.interval > 0)
		found->second.tick = now - timer.tick > 1000 ? now + timer.interval : timer.tick + timer.interval;
	else
		timers.erase(found);
	if (advanced_ms == 0)
		worst_lateness = std::max(worst_lateness, gettick() - timer.tick);
	timer.func(tid, timer.tick, timer.id, timer.data);
}

int timers_run() {
	t_tick now = gettick();
	std::vector<std::pair<t_tick, int32>> due;
	for (const auto& [tid, timer] : timers)
		if (timer.tick <= now)
			due.emplace_back(timer.tick, tid);
	std::sort(due.begin(), due.end());
	for (const auto& [tick, tid] : due)
		run_one(tid, now);
	t_tick next = now + LONGEST_LOOK_MS;
	for (const auto& [tid, timer] : timers)
		next = std::min(next, timer.tick);
	return static_cast<int>(std::clamp(next - gettick(), SHORTEST_LOOK_MS, LONGEST_LOOK_MS));
}

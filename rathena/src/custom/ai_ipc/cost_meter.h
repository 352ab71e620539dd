// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_COST_METER_H
#define AI_IPC_COST_METER_H

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace ai_ipc {

// How long the game loop stood in our code, statements included, on a monotonic clock. Two looks at it cost 50 ns.
class CostMeter {
  public:
	using Clock = std::chrono::steady_clock;

	explicit CostMeter(Clock::time_point (*now)() = Clock::now) : now_(now) {}

	// Counts from its making to its end. One inside another counts nothing.
	class Measure {
	  public:
		explicit Measure(CostMeter& meter) : meter_(meter), began_(meter.now_()) {
			if (meter_.nested_++ == 0)
				meter_.began_ = began_;
		}
		~Measure() {
			if (--meter_.nested_ == 0)
				meter_.add(std::chrono::duration_cast<std::chrono::nanoseconds>(meter_.now_() - began_).count());
		}
		Measure(const Measure&) = delete;
		Measure& operator=(const Measure&) = delete;

	  private:
		CostMeter& meter_;
		Clock::time_point began_;
	};

	void add(int64_t nanoseconds) {
		sum_ += nanoseconds;
		spent_ += nanoseconds;
		longest_ = nanoseconds > longest_ ? nanoseconds : longest_;
		++calls_;
	}

	// The nanoseconds of all calls since the start, with those of the one under way.
	int64_t spent() const {
		int64_t under_way = nested_ == 0 ? 0 : std::chrono::duration_cast<std::chrono::nanoseconds>(now_() - began_).count();
		return spent_ + under_way;
	}

	// "3.214 ms a second on the game loop, the longest of 3012 calls 0.841 ms", and begins anew.
	std::string report(int64_t elapsed_ms) {
		double seconds = elapsed_ms > 0 ? static_cast<double>(elapsed_ms) / 1000 : 1;
		char line[160];
		std::snprintf(line, sizeof(line), "%.3f ms a second on the game loop, the longest of %lld calls %.3f ms",
		              static_cast<double>(sum_) / 1e6 / seconds, static_cast<long long>(calls_),
		              static_cast<double>(longest_) / 1e6);
		sum_ = longest_ = calls_ = 0;
		return line;
	}

  private:
	Clock::time_point (*now_)();
	Clock::time_point began_;
	int64_t spent_ = 0;
	int64_t sum_ = 0;
	int64_t longest_ = 0;
	int64_t calls_ = 0;
	int nested_ = 0;
};

} // namespace ai_ipc

#endif

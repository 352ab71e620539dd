#include <algorithm>
#include <numeric>
#include <vector>

#include <custom/ai_ipc/cost_meter.h>
#include <custom/ai_ipc/database_gate.h>
#include <custom/ai_ipc/doorbell_address.h>
#include <custom/ai_ipc/open_requests.h>
#include <custom/ai_ipc/turns.h>

#include "check.h"

using namespace ai_ipc;

TEST("turns", "so many scripts in one span, and the others in the next") {
	Turns turns;
	for (int turn = 1; turn <= MOST_TURNS_A_SPAN; ++turn)
		CHECK(turns.take(1000, 0, turn, false));
	CHECK(!turns.take(1000 + TURN_SPAN_MS - 1, 0, 99, false));
	CHECK(turns.take(1000 + TURN_SPAN_MS, 0, 99, false));
}

TEST("turns", "a script that goes on in its turn takes no other") {
	Turns turns;
	for (int count = 0; count < 3 * MOST_TURNS_A_SPAN; ++count)
		CHECK(turns.take(1000, 0, 7, false));
	for (int turn = 1; turn < MOST_TURNS_A_SPAN; ++turn)
		CHECK(turns.take(1000, 0, 100 + turn, false));
	CHECK(!turns.take(1000, 0, 7, false));
}

TEST("turns", "the first script of all has the number 0, and takes its turn like any other") {
	Turns turns;
	for (int turn = 1; turn <= MOST_TURNS_A_SPAN; ++turn)
		CHECK(turns.take(1000, 0, turn, false));
	CHECK(!turns.take(1000, 0, 0, false));
	Turns others;
	for (int turn = 0; turn < MOST_TURNS_A_SPAN; ++turn)
		CHECK(others.take(1000, 0, turn, false));
	CHECK(!others.take(1000, 0, 99, false));
}

TEST("turns", "fewer where they take long, and none is lost by a look") {
	Turns turns;
	CHECK(turns.take(1000, 5000, 1, false));
	CHECK(turns.is_free(1001, 5000 + MOST_NANOSECONDS_A_SPAN - 1, false));
	CHECK(!turns.is_free(1001, 5000 + MOST_NANOSECONDS_A_SPAN, false));
	CHECK(!turns.take(1001, 5000 + MOST_NANOSECONDS_A_SPAN, 2, false));
	CHECK(turns.take(1000 + TURN_SPAN_MS, 5000 + MOST_NANOSECONDS_A_SPAN, 2, false));
}

TEST("turns", "after the first ones, none begins late in a span: the time before it was taken by something else") {
	Turns turns;
	for (int turn = 0; turn < FREE_TURNS_A_SPAN; ++turn)
		CHECK(turns.take(1000 + 10 * turn, 0, 1 + turn, false));
	CHECK(!turns.take(1000 + MOST_MS_A_SPAN, 0, 98, false));
	CHECK(turns.take(1000 + MOST_MS_A_SPAN, 0, 98, true));
	CHECK(!turns.take(1000 + MOST_MS_A_SPAN_WHEN_LATE, 0, 99, true));
	CHECK(turns.take(1000 + TURN_SPAN_MS, 0, 99, false));
}

TEST("turns", "who is late has a larger share, and no more than that") {
	Turns turns;
	for (int turn = 1; turn <= MOST_TURNS_A_SPAN; ++turn)
		CHECK(turns.take(1000, 0, turn, false));
	CHECK(!turns.take(1000, 0, 99, false));
	for (int turn = MOST_TURNS_A_SPAN + 1; turn <= MOST_TURNS_A_SPAN_WHEN_LATE; ++turn)
		CHECK(turns.take(1000, 0, turn, true));
	CHECK(!turns.take(1000, 0, 99, true));
	CHECK(turns.take(1000 + TURN_SPAN_MS, MOST_NANOSECONDS_A_SPAN_WHEN_LATE, 1, true));
	CHECK(!turns.take(1000 + TURN_SPAN_MS, 2 * MOST_NANOSECONDS_A_SPAN_WHEN_LATE, 2, true));
}

// How many of so many that came in one tick go on in each span, where each costs so much. All ask again in each span.
static std::vector<int> crowd(int size, int64_t cost_nanoseconds) {
	Turns turns;
	std::vector<int> gone;
	int64_t spent = 0;
	for (int script = 1, span = 0; script <= size && span < 10000; ++span) {
		int64_t now_ms = 1000 + span * TURN_SPAN_MS;
		gone.push_back(0);
		while (script <= size && turns.take(now_ms, spent, script, now_ms - 1000 > LONGEST_WAIT_FOR_TURN_MS)) {
			spent += cost_nanoseconds;
			++script;
			++gone.back();
		}
	}
	return gone;
}

TEST("turns", "of a crowd none is lost, and no span has more than its share, on a fast disk and on a slow one") {
	for (int64_t cost : {300000, 10000000}) {
		std::vector<int> gone = crowd(1000, cost);
		CHECK(std::accumulate(gone.begin(), gone.end(), 0) == 1000);
		int most = *std::max_element(gone.begin(), gone.end());
		CHECK(most <= MOST_TURNS_A_SPAN_WHEN_LATE);
		CHECK(most * cost < MOST_NANOSECONDS_A_SPAN_WHEN_LATE + cost);
	}
}

TEST("open requests", "a character and the whole server have their limits, and 0 is none") {
	OpenRequests open;
	open.add(1, 150000, 1000);
	open.add(2, 150000, 1000);
	open.add(3, 0, 1000);
	CHECK_SAME(open.refusal(150000, 2, 0).code, "too_many_open");
	CHECK_SAME(open.refusal(150000, 3, 0).code, "");
	CHECK_SAME(open.refusal(150001, 2, 0).code, "");
	CHECK_SAME(open.refusal(0, 1, 4).code, "");
	CHECK_SAME(open.refusal(0, 0, 3).code, "too_many_open");
	CHECK_SAME(open.refusal(150000, 0, 0).code, "");
}

TEST("open requests", "a request that ended, or whose life is over, makes room") {
	OpenRequests open;
	open.add(1, 9, 1000);
	open.add(2, 9, 2000);
	open.ended(1);
	open.ended(1);
	open.ended(99);
	CHECK_SAME(open.refusal(9, 2, 0).code, "");
	CHECK_SAME(open.refusal(9, 1, 0).code, "too_many_open");
	open.drop_overdue(1999);
	CHECK_SAME(open.size(), 1u);
	open.drop_overdue(2000);
	CHECK_SAME(open.size(), 0u);
	CHECK_SAME(open.refusal(9, 1, 0).code, "");
}

TEST("open requests", "looking after them goes round") {
	OpenRequests open;
	for (uint64_t id : {5, 6, 7})
		open.add(id, 0, 1000);
	CHECK_SAME(open.next_ids(2)[1], 6u);
	std::vector<uint64_t> ids = open.next_ids(2);
	CHECK_SAME(ids[0], 7u);
	CHECK_SAME(ids[1], 5u);
	CHECK_SAME(open.next_ids(10).size(), 3u);
	CHECK_SAME(OpenRequests().next_ids(10).size(), 0u);
}

TEST("open requests", "what has no id yet counts, until it has one or has failed") {
	OpenRequests open;
	open.begin_asking(9);
	open.begin_asking(9);
	open.begin_asking(0);
	CHECK_SAME(open.refusal(9, 2, 0).code, "too_many_open");
	CHECK_SAME(open.refusal(0, 1, 3).code, "too_many_open");
	open.end_asking(9);
	open.end_asking(0);
	CHECK_SAME(open.refusal(9, 2, 0).code, "");
	CHECK_SAME(open.refusal(9, 1, 0).code, "too_many_open");
	CHECK_SAME(open.refusal(0, 1, 2).code, "");
}

TEST("gate", "after a failure nothing passes for a second") {
	DatabaseGate gate;
	CHECK(gate.is_open(0));
	gate.close(100);
	CHECK(!gate.is_open(1099));
	CHECK(gate.is_open(1100));
}

TEST("gate", "what failed before something else was done is old news, however late it is told") {
	DatabaseGate gate;
	DatabaseGate::Clock::time_point start = DatabaseGate::Clock::now();
	std::chrono::milliseconds millisecond(1);
	CHECK(!gate.has_worked_since(start));
	gate.note_done(start);
	CHECK(gate.has_worked_since(start - millisecond));
	CHECK(!gate.has_worked_since(start + millisecond));
	gate.note_done(start - 5 * millisecond);
	CHECK(gate.has_worked_since(start - millisecond));
}

TEST("gate", "one line a minute is told") {
	LineLimit lines;
	CHECK(lines.takes(5));
	CHECK(!lines.takes(60004));
	CHECK(!lines.would_take(60004));
	CHECK(lines.would_take(60005));
	CHECK(lines.takes(60005));
}

TEST("doorbell", "an address is host and port, and the host may stand in brackets") {
	CHECK_SAME(read_doorbell_address("127.0.0.1:8123").host, "127.0.0.1");
	CHECK_SAME(read_doorbell_address("127.0.0.1:8123").port, 8123);
	CHECK_SAME(read_doorbell_address("[::1]:65535").host, "::1");
	CHECK(read_doorbell_address("::1:80").is_ipv6());
	CHECK_SAME(read_doorbell_address("localhost:1").host, "127.0.0.1");
	for (const char* text : {"", "nonsense", ":80", "a:", "a:0", "a:65536", "a:99999", "a:1x", "a:-1", "a:123456"})
		CHECK(read_doorbell_address(text).is_none());
}

TEST("doorbell", "a loopback address is rung on the worker's own host only") {
	CHECK(can_be_rung(read_doorbell_address("127.0.0.1:80"), "here", "here"));
	CHECK(!can_be_rung(read_doorbell_address("127.0.0.1:80"), "there", "here"));
	CHECK(!can_be_rung(read_doorbell_address("[::1]:80"), "there", "here"));
	CHECK(can_be_rung(read_doorbell_address("10.0.0.5:80"), "there", "here"));
	CHECK(!can_be_rung(read_doorbell_address("nonsense"), "here", "here"));
}

static CostMeter::Clock::time_point now_of_cost;

static void pass_ms(int64_t ms) {
	now_of_cost += std::chrono::milliseconds(ms);
}

TEST("cost", "what is measured inside another measure counts once") {
	CostMeter meter([] { return now_of_cost; });
	{
		CostMeter::Measure outer(meter);
		pass_ms(1);
		{
			CostMeter::Measure inner(meter);
			pass_ms(2);
		}
		pass_ms(4);
	}
	{
		CostMeter::Measure next(meter);
		pass_ms(3);
	}
	CHECK_SAME(meter.report(1000), "10.000 ms a second on the game loop, the longest of 2 calls 7.000 ms");
}

TEST("cost", "a report is of a second of the time since the one before") {
	CostMeter meter;
	meter.add(3000000);
	CHECK_SAME(meter.report(2000), "1.500 ms a second on the game loop, the longest of 1 calls 3.000 ms");
	CHECK_SAME(meter.report(1000), "0.000 ms a second on the game loop, the longest of 0 calls 0.000 ms");
}

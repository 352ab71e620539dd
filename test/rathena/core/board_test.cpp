#include <map>
#include <memory>
#include <vector>

#include <custom/ai_ipc/patience.h>
#include <custom/ai_ipc/request_board.h>
#include <custom/ai_ipc/trouble.h>
#include <custom/ai_ipc/waiters.h>

#include "check.h"

using namespace ai_ipc;

TEST("board", "what the database said is told, as often as it is asked for") {
	RequestBoard board;
	CHECK(board.known(7, 1000) == nullptr);
	CHECK_SAME(board.to_look_for().size(), 1u);
	board.learn({7, AI_REQ_PROCESSING, "", 0}, 1, 1010);
	CHECK_SAME(board.known(7, 1020)->code, AI_REQ_PROCESSING);
	board.learn({7, AI_REQ_COMPLETED, "{}", 2}, 1, 1030);
	CHECK_SAME(board.known(7, 1040)->answer, "{}");
	CHECK_SAME(board.known(7, 1050)->answer, "{}");
	CHECK_SAME(board.to_look_for().size(), 0u);
}

TEST("board", "while the database does not answer, an open request is what it was, for five seconds") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_PENDING, "", 0}, 1, 0);
	for (int64_t now_ms = 0; now_ms <= KNOWN_WHILE_AWAY_MS; now_ms += 500)
		CHECK(board.known(1, now_ms) != nullptr);
	CHECK(board.known(1, KNOWN_WHILE_AWAY_MS + 1) == nullptr);
}

TEST("board", "what nobody looked after for a while is read anew") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_PENDING, "", 0}, 1, 0);
	CHECK(board.known(1, WATCHED_MS + 1) == nullptr);
}

TEST("board", "an ended request may be asked again by an operator: after a second it is read anew") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_FAILED, "", 0}, 1, 0);
	CHECK(board.known(1, KNOWN_ENDED_MS) != nullptr);
	CHECK(board.known(1, KNOWN_ENDED_MS + 1) == nullptr);
	board.learn({1, AI_REQ_PENDING, "", 0}, 1, KNOWN_ENDED_MS + 2);
	CHECK(!board.watch(1, KNOWN_ENDED_MS + 3).is_ended());
	CHECK_SAME(board.to_look_for().size(), 1u);
}

TEST("board", "who waits has the answer, however late it is his turn") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_COMPLETED, "{}", 2}, 1, 10);
	for (int64_t now_ms = 20; now_ms < 10000; now_ms += 20)
		CHECK(board.watch(1, now_ms).is_ended());
}

TEST("board", "what is forgotten is not told, and looked for again") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_COMPLETED, "{}", 2}, 1, 10);
	board.forget(1);
	CHECK(board.known(1, 20) == nullptr);
	CHECK(!board.watch(1, 20).is_ended());
	CHECK_SAME(board.to_look_for().size(), 1u);
}

TEST("board", "what was asked for before a change is no news after it") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_PENDING, "", 0}, 3, 0);
	board.learn({1, AI_REQ_CANCELLED, "", 0}, 7, 10);
	board.learn({1, AI_REQ_PENDING, "", 0}, 6, 20);
	CHECK_SAME(board.known(1, 30)->code, AI_REQ_CANCELLED);
	board.learn({1, AI_REQ_PENDING, "", 0}, 8, 40);
	CHECK_SAME(board.known(1, 50)->code, AI_REQ_PENDING);
}

TEST("board", "a look that finds nothing new keeps what is known, of those alone that are what it found") {
	RequestBoard board;
	for (uint64_t id : {1, 2}) {
		board.watch(id, 0);
		board.learn({id, AI_REQ_PENDING, "", 0}, 1, 0);
	}
	for (int64_t now_ms = 0; now_ms <= 2 * KNOWN_WHILE_AWAY_MS; now_ms += 500) {
		board.watch(1, now_ms);
		board.watch(2, now_ms);
		board.confirm({{1, AI_REQ_PENDING}, {2, AI_REQ_PROCESSING}, {3, AI_REQ_PENDING}}, 2, now_ms);
	}
	CHECK(board.known(1, 2 * KNOWN_WHILE_AWAY_MS) != nullptr);
	CHECK(board.known(2, 2 * KNOWN_WHILE_AWAY_MS) == nullptr);
	CHECK_SAME(board.size(), 2u);
}

TEST("board", "an end is news, once") {
	RequestBoard board;
	board.watch(1, 0);
	board.learn({1, AI_REQ_PROCESSING, "", 0}, 1, 0);
	CHECK(!board.take_news());
	board.learn({1, AI_REQ_COMPLETED, "", 0}, 2, 0);
	CHECK(board.take_news());
	CHECK(!board.take_news());
	board.keep_news();
	CHECK(board.take_news());
}

TEST("board", "of what nobody looks after nothing is kept") {
	RequestBoard board;
	board.learn({5, AI_REQ_COMPLETED, "{}", 2}, 1, 0);
	CHECK_SAME(board.size(), 0u);
	board.watch(5, 0);
	board.drop_unwatched(WATCHED_MS);
	CHECK_SAME(board.size(), 1u);
	board.drop_unwatched(WATCHED_MS + 1);
	CHECK_SAME(board.size(), 0u);
}

TEST("board", "with more than a look can read, each has its turn, whoever comes and goes") {
	RequestBoard board;
	for (uint64_t id = 1; id <= 5 * MOST_PER_LOOK; ++id)
		board.watch(id, 0);
	std::map<uint64_t, int> seen;
	for (int look = 0; look < 8; ++look) {
		std::vector<KnownRequest> open = board.to_look_for();
		CHECK_SAME(open.size(), MOST_PER_LOOK);
		for (const KnownRequest& request : open)
			++seen[request.id];
		board.learn({static_cast<uint64_t>(look) * 3 + 1, AI_REQ_COMPLETED, "", 0}, 1, 0);
		board.watch(5 * MOST_PER_LOOK + 1 + static_cast<uint64_t>(look), 0);
	}
	CHECK_SAME(seen.size(), 5 * MOST_PER_LOOK + 5);
}

static Waiter waiter_of(uint32_t script, int32_t npc, uint64_t request) {
	Waiter waiter;
	waiter.script = script;
	waiter.npc = npc;
	waiter.request = request;
	return waiter;
}

TEST("waiters", "a script waits once, and is known by its number and its NPC") {
	Waiters waiters;
	waiters.add(waiter_of(1, 70, 5));
	waiters.add(waiter_of(1, 70, 6));
	CHECK_SAME(waiters.size(), 1u);
	CHECK_SAME(waiters.find(1, 70)->request, 6u);
	CHECK(waiters.find(1, 71) == nullptr);
	CHECK(waiters.find(2, 70) == nullptr);
	waiters.remove(1);
	CHECK_SAME(waiters.size(), 0u);
}

TEST("waiters", "they stand in the order in which they came, and who waits anew stands behind them") {
	Waiters waiters;
	for (uint32_t script : {9, 8, 7})
		waiters.add(waiter_of(script, 70, 5));
	auto is_any = [](const Waiter&) { return true; };
	std::vector<uint64_t> places = waiters.places(is_any);
	waiters.add(waiter_of(9, 70, 6));
	CHECK(waiters.at(places[0]) == nullptr);
	CHECK_SAME(waiters.at(places[1])->script, 8u);
	CHECK_SAME(waiters.at(waiters.places(is_any).back())->script, 9u);
	CHECK_SAME(waiters.places([](const Waiter& waiter) { return waiter.script == 7; }).size(), 1u);
}

TEST("waiters", "who leaves is the last one when nobody else waits for the same request") {
	Waiters waiters;
	waiters.add(waiter_of(1, 70, 5));
	waiters.add(waiter_of(2, 71, 5));
	CHECK(waiters.has_other(5, 1));
	waiters.remove(2);
	CHECK(!waiters.has_other(5, 1));
	CHECK(!waiters.has_other(6, 1));
}

TEST("patience", "so much in a round, and all of it again in the next") {
	Patience patience;
	CHECK_SAME(patience.brief_us(1000), MOST_BRIEF_US);
	patience.spent(MOST_BRIEF_US - 500);
	CHECK_SAME(patience.brief_us(1001), 500);
	patience.spent(500);
	CHECK_SAME(patience.brief_us(1000 + ROUND_MS - 1), 0);
	CHECK_SAME(patience.brief_us(1000 + ROUND_MS), MOST_BRIEF_US);
}

TEST("patience", "after a wait in vain there is none for a while, and the game stands still no second time") {
	Patience patience;
	patience.was_in_vain(1000, false);
	CHECK_SAME(patience.brief_us(1000 + NO_BRIEF_WAIT_MS - 1), 0);
	CHECK_SAME(patience.brief_us(1000 + NO_BRIEF_WAIT_MS), MOST_BRIEF_US);
	CHECK_SAME(patience.standstill_us(1000), MOST_STANDSTILL_US);
	patience.was_in_vain(2000, true);
	CHECK_SAME(patience.standstill_us(2000 + NO_STANDSTILL_MS - 1), 0);
	CHECK_SAME(patience.standstill_us(2000 + NO_STANDSTILL_MS), MOST_STANDSTILL_US);
	CHECK(MOST_STANDSTILL_US < 50000);
}

TEST("trouble", "a lock is the trouble of one statement, a lost connection that of all") {
	for (unsigned int error : {1020u, 1180u, 1205u, 1213u, 1317u, 1969u, 3024u, 3572u})
		CHECK(trouble_of(error) == Trouble::LOCKED);
	for (unsigned int error : {2002u, 2006u, 2013u, 1080u, 1152u, 1158u, 1159u, 1160u, 1161u, 1184u, 1927u, 3169u, 4031u})
		CHECK(trouble_of(error) == Trouble::AWAY);
	for (unsigned int error : {1036u, 1047u, 1053u, 1290u, 1665u, 1792u, 1836u, 1874u, 1881u, 3032u, 3100u, 3168u})
		CHECK(trouble_of(error) == Trouble::AWAY);
	for (unsigned int error : {1040u, 1203u, 1226u})
		CHECK(trouble_of(error) == Trouble::AWAY);
	for (unsigned int error : {1142u, 1146u, 1054u, 1366u})
		CHECK(trouble_of(error) == Trouble::FAILED);
	CHECK(trouble_of(0) == Trouble::NONE);
}

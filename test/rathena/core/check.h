// What the tests of the plain core share: a test is a function with a name, a check that fails is told and counted.

#ifndef AI_IPC_TEST_CHECK_H
#define AI_IPC_TEST_CHECK_H

#include <cstdio>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

struct Test {
	const char* subject;
	const char* name;
	void (*run)();
};

inline std::vector<Test>& tests() {
	static std::vector<Test> all;
	return all;
}

inline int& failures() {
	static int count = 0;
	return count;
}

struct Registration {
	Registration(const char* subject, const char* name, void (*run)()) {
		tests().push_back({subject, name, run});
	}
};

template <typename Actual, typename Expected>
void check_same(const Actual& actual, const Expected& expected, const char* file, int line) {
	if (actual == expected)
		return;
	std::ostringstream text;
	text << file << ":" << line << ": expected <" << expected << ">, got <" << actual << ">";
	std::printf("  %s\n", text.str().c_str());
	++failures();
}

#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)
#define TEST_OF(subject, name, function)                                        \
	static void function();                                                     \
	static const Registration JOINED(function, _registered)(subject, name, function); \
	static void function()
/// TEST("text", "a name that states the behaviour") { ... }
#define TEST(subject, name) TEST_OF(subject, name, JOINED(test_at_line_, __LINE__))
#define CHECK_SAME(actual, expected) check_same(actual, expected, __FILE__, __LINE__)
#define CHECK(condition) check_same(static_cast<bool>(condition), true, __FILE__, __LINE__)

#endif

// core SUBJECT: runs the tests of one subject, tells each, and ends with 1 when one failed or there was none.

#include <cstring>

#include "check.h"

int main(int argc, char** argv) {
	int count = 0;
	for (const Test& test : tests()) {
		if (argc < 2 || std::strcmp(test.subject, argv[1]) != 0)
			continue;
		int before = failures();
		test.run();
		std::printf("%s: %s\n", failures() == before ? "pass" : "FAIL", test.name);
		++count;
	}
	return count > 0 && failures() == 0 ? 0 : 1;
}

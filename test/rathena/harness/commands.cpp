// The real commands and the rows of the real command table, included as script.cpp includes script.inc and script_def.inc.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>

#include <common/cbasetypes.hpp>
#include <common/malloc.hpp>
#include <common/showmsg.hpp>
#include <common/sql.hpp>
#include <common/timer.hpp>
#include <map/map.hpp>
#include <map/script.hpp>

using namespace rathena;

#include <custom/script_ai_ipc.cpp>

#include "harness.hpp"

script_function buildin_func[] = {
#include <custom/script_ai_ipc_def.inc>
	{nullptr, nullptr, nullptr},
};

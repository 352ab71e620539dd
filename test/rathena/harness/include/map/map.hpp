// A stand-in for rAthena's headers map.hpp, npc.hpp and pc.hpp: who and where a script runs.
#pragma once

#include <common/cbasetypes.hpp>

#define NPC_NAME_LENGTH 50

struct Sql;
struct script_state;

struct block_list {
	int32 id = 0;
	int16 m = -1;
	int16 x = 0;
};

// Until 2023, what stands on a map had its block_list as a member.
#ifdef HARNESS_RATHENA_2020
#define HARNESS_ON_MAP
#define HARNESS_BLOCK_LIST block_list bl;
#else
#define HARNESS_ON_MAP : public block_list
#define HARNESS_BLOCK_LIST
#endif

struct mmo_charstatus {
	uint32 char_id = 0;
	uint32 account_id = 0;
	char name[24] = {};
};

#ifdef HARNESS_RATHENA_2020
struct map_session_data HARNESS_ON_MAP {
#else
class map_session_data HARNESS_ON_MAP {
public:
#endif
	HARNESS_BLOCK_LIST
	mmo_charstatus status;
	/// The script that has the player, and its NPC.
	script_state* st = nullptr;
	int32 npc_id = 0;
	struct {
		unsigned menu_or_input : 1;
	} state = {};
};

struct npc_data HARNESS_ON_MAP {
	HARNESS_BLOCK_LIST
	char name[NPC_NAME_LENGTH + 1] = {};
	char exname[NPC_NAME_LENGTH + 1] = {};
};

extern Sql* mmysql_handle;
extern Sql* qsmysql_handle;

/// Who runs the script of an item.
extern npc_data* fake_nd;

block_list* map_id2bl(int32 id);
map_session_data* map_id2sd(int32 id);
npc_data* map_id2nd(int32 id);
npc_data* npc_checknear(map_session_data* sd, block_list* bl);
enum e_unit_stop_walking { USW_FIXPOS = 0x1, USW_FORCE_STOP = 0x8 };
bool unit_stop_walking(block_list* bl, int32 type, int64 canmove_delay = 0);
bool pc_setreg(map_session_data* sd, int64 reg, int64 val);
/// "Floating" for -1, "" for a map that there is not.
const char* map_mapid2mapname(int32 m);

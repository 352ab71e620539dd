#include <cstdlib>
#include <map>

#include <map/map.hpp>

#include "harness.hpp"

static std::map<int32, map_session_data> players;
static std::map<int32, npc_data> npcs;
static std::map<int32, std::string> map_names;
/// The number that the map server's own one has is as arbitrary.
static const int32 FAKE_NPC_ID = 110000000;

npc_data* fake_nd = nullptr;

void world_add_map(int16 m, const std::string& name) {
	map_names[m] = name;
}

void world_add_npc(int32 id, int16 m, const std::string& exname) {
	npc_data& npc = npcs[id];
	npc.id = id;
	npc.m = m;
	snprintf(npc.exname, sizeof npc.exname, "%s", exname.c_str());
	snprintf(npc.name, sizeof npc.name, "%s", exname.c_str());
	if (fake_nd == nullptr) {
		fake_nd = &npcs[FAKE_NPC_ID];
		fake_nd->id = FAKE_NPC_ID;
		snprintf(fake_nd->exname, sizeof fake_nd->exname, "FAKE_NPC");
	}
}

void world_add_player(int32 id, uint32 char_id, int16 m) {
	map_session_data& player = players[id];
	player.id = id;
	player.m = m;
	player.status.account_id = static_cast<uint32>(id);
	player.status.char_id = char_id;
}

void world_place(int32 id, int16 m, int16 x) {
	if (block_list* unit = map_id2bl(id)) {
		unit->m = m;
		unit->x = x;
	}
}

void world_remove(int32 id) {
	players.erase(id);
	npcs.erase(id);
}

void world_clear() {
	players.clear();
	npcs.clear();
	map_names.clear();
	fake_nd = nullptr;
}

map_session_data* map_id2sd(int32 id) {
	auto player = players.find(id);
	return player == players.end() ? nullptr : &player->second;
}

npc_data* map_id2nd(int32 id) {
	auto npc = npcs.find(id);
	return npc == npcs.end() ? nullptr : &npc->second;
}

block_list* map_id2bl(int32 id) {
	if (npc_data* npc = map_id2nd(id))
		return npc;
	return map_id2sd(id);
}

/// area_size of conf/battle/client.conf, and one.
static const int32 NEAR_CELLS = 15;

npc_data* npc_checknear(map_session_data* sd, block_list* bl) {
	npc_data* npc = bl == nullptr ? nullptr : map_id2nd(bl->id);
	bool is_near = npc != nullptr && sd->m == bl->m && std::abs(sd->x - bl->x) <= NEAR_CELLS;
	return is_near ? npc : nullptr;
}

bool unit_stop_walking(block_list* bl, int32 type, int64) {
	report("show walk %s", to_hex("stopped " + std::to_string(bl->id) + " " + std::to_string(type)).c_str());
	return true;
}

const char* map_mapid2mapname(int32 m) {
	if (m == -1)
		return "Floating";
	auto name = map_names.find(m);
	return name == map_names.end() ? "" : name->second.c_str();
}

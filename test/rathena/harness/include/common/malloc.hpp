// A stand-in for rAthena's header of this name. Plain memory: AddressSanitizer watches over it.
#pragma once

#include <common/cbasetypes.hpp>

char* aStrdup(const char* text);
void aFree(void* memory);

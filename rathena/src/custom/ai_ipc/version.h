// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_VERSION_H
#define AI_IPC_VERSION_H

// The version of the package that this file came with. `ai-ipc rathena check` reads it.
#define AI_IPC_VERSION "0.1.0"

// rAthena asks for C++17 itself since 2023-06; before, its configure asks for C++11 or 14.
#if defined(_MSVC_LANG) ? _MSVC_LANG < 201703L : __cplusplus < 201703L
#error "AI IPC needs C++17: docs/rathena.md, An older rAthena, says how (Visual Studio: C++ Language Standard)."
#endif

#endif

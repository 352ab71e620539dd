// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DOORBELL_ADDRESS_H
#define AI_IPC_DOORBELL_ADDRESS_H

#include <cstdint>
#include <string>

namespace ai_ipc {

// Where a worker listens for a hint that there is work.
struct DoorbellAddress {
	std::string host;
	uint16_t port = 0;

	bool is_none() const {
		return port == 0;
	}
	bool is_ipv6() const {
		return host.find(':') != std::string::npos;
	}
};

// Reads host:port; an IPv6 host may stand in brackets. Without a port from 1 to 65535 it is none. "localhost" is
// 127.0.0.1: looking up names would make the game wait.
inline DoorbellAddress read_doorbell_address(const std::string& text) {
	size_t separator = text.rfind(':');
	if (separator == std::string::npos || separator == 0)
		return {};
	std::string host = text.substr(0, separator);
	std::string port = text.substr(separator + 1);
	if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
		return {};
	int number = std::stoi(port);
	if (number < 1 || number > 65535)
		return {};
	if (host.size() > 2 && host.front() == '[' && host.back() == ']')
		host = host.substr(1, host.size() - 2);
	return {host == "localhost" ? "127.0.0.1" : host, static_cast<uint16_t>(number)};
}

// A loopback address means something on the worker's own host only.
inline bool can_be_rung(const DoorbellAddress& address, const std::string& workers_host, const std::string& own_host) {
	if (address.is_none())
		return false;
	bool is_loopback = address.host.compare(0, 4, "127.") == 0 || address.host == "::1";
	return !is_loopback || workers_host == own_host;
}

} // namespace ai_ipc

#endif

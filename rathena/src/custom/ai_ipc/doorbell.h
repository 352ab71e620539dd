// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DOORBELL_H
#define AI_IPC_DOORBELL_H

#include <cstring>
#include <string>
#include <vector>

#ifdef WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

#include "doorbell_address.h"

namespace ai_ipc {

// Winsock has the BSD calls under a few other names. rAthena itself starts and ends Winsock.
#ifdef WIN32
using SocketHandle = SOCKET;
const SocketHandle NO_SOCKET = INVALID_SOCKET;
inline void close_socket(SocketHandle socket) {
	closesocket(socket);
}
inline bool make_non_blocking(SocketHandle socket) {
	u_long is_on = 1;
	return ioctlsocket(socket, FIONBIO, &is_on) == 0;
}
#else
using SocketHandle = int;
const SocketHandle NO_SOCKET = -1;
inline void close_socket(SocketHandle socket) {
	close(socket);
}
inline bool make_non_blocking(SocketHandle socket) {
	return fcntl(socket, F_SETFL, O_NONBLOCK) == 0;
}
#endif

inline std::string own_host_name() {
	char name[256] = {};
	return gethostname(name, sizeof(name) - 1) == 0 ? std::string(name) : std::string();
}

// A worker's address in the form that a socket takes. Names are not looked up: that would make the game wait.
struct Bell {
	sockaddr_storage address;
	size_t length = 0;

	explicit Bell(const DoorbellAddress& from) {
		std::memset(&address, 0, sizeof(address));
		if (from.is_ipv6()) {
			sockaddr_in6* ipv6 = reinterpret_cast<sockaddr_in6*>(&address);
			ipv6->sin6_family = AF_INET6;
			ipv6->sin6_port = htons(from.port);
			length = inet_pton(AF_INET6, from.host.c_str(), &ipv6->sin6_addr) == 1 ? sizeof(*ipv6) : 0;
		} else {
			sockaddr_in* ipv4 = reinterpret_cast<sockaddr_in*>(&address);
			ipv4->sin_family = AF_INET;
			ipv4->sin_port = htons(from.port);
			length = inet_pton(AF_INET, from.host.c_str(), &ipv4->sin_addr) == 1 ? sizeof(*ipv4) : 0;
		}
	}
};

// One datagram to each living worker: there is work. A hint and no more, so nothing here waits and no failure counts:
// whatever goes wrong, the worker's poll finds the request. When it is rung, and which workers are, says plugin.h.
class Doorbell {
  public:
	Doorbell() = default;
	Doorbell(const Doorbell&) = delete;
	Doorbell& operator=(const Doorbell&) = delete;
	~Doorbell() {
		for (SocketHandle socket : {ipv4_, ipv6_})
			if (socket != NO_SOCKET)
				close_socket(socket);
	}

	void set_places(const std::vector<DoorbellAddress>& places) {
		bells_.clear();
		for (const DoorbellAddress& place : places) {
			Bell bell(place);
			if (bell.length > 0)
				bells_.push_back(bell);
		}
	}

	void ring() {
		for (const Bell& bell : bells_) {
			SocketHandle socket = socket_for(bell.address.ss_family);
			// The content is never read.
			if (socket != NO_SOCKET)
				sendto(socket, "!", 1, 0, reinterpret_cast<const sockaddr*>(&bell.address),
				       static_cast<socklen_t>(bell.length));
		}
	}

  private:
	std::vector<Bell> bells_;
	SocketHandle ipv4_ = NO_SOCKET;
	SocketHandle ipv6_ = NO_SOCKET;

	SocketHandle socket_for(int family) {
		SocketHandle& known = family == AF_INET6 ? ipv6_ : ipv4_;
		if (known != NO_SOCKET)
			return known;
		SocketHandle socket = ::socket(family, SOCK_DGRAM, 0);
		if (socket != NO_SOCKET && !make_non_blocking(socket)) {
			close_socket(socket);
			return NO_SOCKET;
		}
		return known = socket;
	}
};

} // namespace ai_ipc

#endif

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "os/unique_fd.h"
#include "ports/processes.h"

// What an agent and its spawner say to each other over a stream socketpair. Both are the same
// program in the same life, so the format has no version: a 4-byte length, then one message of
// native-endian fields. File descriptors travel with the first byte of their Spawn message.
namespace batchmill::spawner {

struct Spawn {
  SpawnRequest request;  // pass_fds: .first is meaningless here, the fds come beside
};
struct Signal {
  std::uint64_t id = 0;
  std::int32_t number = 0;
};
struct End {
  std::uint64_t id = 0;
  std::int32_t grace_millis = 0;
};
struct Started {
  std::uint64_t id = 0;
  std::int32_t pid = 0;
};
struct StartFailed {
  std::uint64_t id = 0;
  std::int32_t kind = 0;  // ErrorKind
  std::string message;
};
struct Exited {
  SpawnExit exit;
};

using Message = std::variant<Spawn, Signal, End, Started, StartFailed, Exited>;

// The frame of a message, length included.
std::string encode(const Message& message);

// Cuts a byte stream into messages.
class Decoder {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole message; nothing when more bytes are needed; an error when it breaks the format.
  Result<std::optional<Message>> next();

 private:
  std::string buffer_;
};

// Writes all bytes, waiting where the socket is full; `fds` go with the first byte.
Result<void> send_all(int socket, std::string_view bytes, const std::vector<int>& fds);

struct Received {
  bool end = false;  // the peer is gone
  std::string bytes;
};
// One read that does not wait; received descriptors (CLOEXEC) are appended to `fds`.
Received receive(int socket, std::deque<UniqueFd>& fds);

}  // namespace batchmill::spawner

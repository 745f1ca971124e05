#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// The framing of docs/formats/worker-protocol.md: a 4-byte big-endian length, then JSON; length 0
// is a wake-up. Pure.
namespace batchmill::worker {

// A longer message is a broken worker: error records are capped far below.
constexpr std::uint32_t kLargestMessage = 16u << 20;

std::string frame(std::string_view json);

// Cuts a byte stream into messages.
class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next message ("" is a wake-up); nothing when more bytes are needed.
  Result<std::optional<std::string>> next();

 private:
  std::string buffer_;
  std::size_t position_ = 0;
};

}  // namespace batchmill::worker

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace google::protobuf {
class MessageLite;
}

// The framing of the channel between leader and agent (docs/formats/channel.md): a 4-byte
// big-endian length, then one protobuf message. Pure.
namespace batchmill::compute {

constexpr std::uint32_t kLargestMessage = 256u << 20;

void append_message(std::string& bytes, const google::protobuf::MessageLite& message);

// Cuts a byte stream into messages.
class MessageStream {
 public:
  void feed(std::string_view bytes);
  // The bytes of the next message, valid until the next feed(); nothing when more are needed.
  Result<std::optional<std::string_view>> next();

 private:
  std::string buffer_;
  std::size_t position_ = 0;
};

}  // namespace batchmill::compute

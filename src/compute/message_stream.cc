#include "compute/message_stream.h"

#include <google/protobuf/message_lite.h>

namespace batchmill::compute {

namespace {

constexpr std::size_t kLengthBytes = 4;

}  // namespace

void append_message(std::string& bytes, const google::protobuf::MessageLite& message) {
  const std::size_t length = message.ByteSizeLong();
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(length >> shift & 0xff);
  }
  const std::size_t begin = bytes.size();
  bytes.resize(begin + length);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data() + begin));
}

void MessageStream::feed(std::string_view bytes) {
  buffer_.erase(0, position_);
  position_ = 0;
  buffer_.append(bytes);
}

Result<std::optional<std::string_view>> MessageStream::next() {
  const std::string_view rest = std::string_view(buffer_).substr(position_);
  if (rest.size() < kLengthBytes) return std::nullopt;
  std::uint32_t length = 0;
  for (const char byte : rest.substr(0, kLengthBytes)) {
    length = length << 8 | static_cast<unsigned char>(byte);
  }
  if (length > kLargestMessage) {
    return fail(ErrorKind::kProtocol, "the peer announced a message of impossible length");
  }
  if (rest.size() < kLengthBytes + length) return std::nullopt;
  position_ += kLengthBytes + length;
  return rest.substr(kLengthBytes, length);
}

}  // namespace batchmill::compute

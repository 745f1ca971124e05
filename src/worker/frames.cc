#include "worker/frames.h"

namespace batchmill::worker {

namespace {

constexpr std::size_t kLengthBytes = 4;

std::uint32_t read_length(std::string_view bytes) {
  std::uint32_t length = 0;
  for (const char byte : bytes.substr(0, kLengthBytes)) {
    length = length << 8 | static_cast<unsigned char>(byte);
  }
  return length;
}

}  // namespace

std::string frame(std::string_view json) {
  std::string bytes;
  bytes.reserve(kLengthBytes + json.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(json.size() >> shift & 0xff);
  }
  bytes += json;
  return bytes;
}

Result<std::optional<std::string>> FrameReader::next() {
  const std::string_view rest = std::string_view(buffer_).substr(position_);
  const std::uint32_t length = rest.size() < kLengthBytes ? 0 : read_length(rest);
  if (length > kLargestMessage) {
    return fail(ErrorKind::kProtocol, "a worker announced a message of impossible length");
  }
  if (rest.size() < kLengthBytes + length) {
    buffer_.erase(0, position_);
    position_ = 0;
    return std::nullopt;
  }
  position_ += kLengthBytes + length;
  return std::string(rest.substr(kLengthBytes, length));
}

}  // namespace batchmill::worker

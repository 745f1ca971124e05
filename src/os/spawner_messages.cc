#include "os/spawner_messages.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace batchmill::spawner {

namespace {

constexpr std::uint32_t kLargestMessage = 64u << 20;
constexpr std::size_t kMostFds = 64;

class Writer {
 public:
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void put(Number value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number number() {
    Number value{};
    if (bytes_.size() < sizeof value) {
      broken_ = true;
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const auto length = number<std::uint32_t>();
    if (bytes_.size() < length) {
      broken_ = true;
      return {};
    }
    std::string value(bytes_.substr(0, length));
    bytes_.remove_prefix(length);
    return value;
  }
  bool complete() const { return !broken_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool broken_ = false;
};

void write(Writer& out, const Spawn& message) {
  const SpawnRequest& request = message.request;
  out.put(request.id);
  out.put(static_cast<std::uint32_t>(request.argv.size()));
  for (const std::string& argument : request.argv) out.put(argument);
  out.put(static_cast<std::uint32_t>(request.environment.size()));
  for (const auto& [name, value] : request.environment) {
    out.put(name);
    out.put(value);
  }
  out.put(request.working_folder);
  out.put(request.stdout_path);
  out.put(request.stderr_path);
  out.put(static_cast<std::uint32_t>(request.pass_fds.size()));
  for (const auto& [here, there] : request.pass_fds) out.put(std::int32_t{there});
}
void write(Writer& out, const Signal& message) {
  out.put(message.id);
  out.put(message.number);
}
void write(Writer& out, const End& message) {
  out.put(message.id);
  out.put(message.grace_millis);
}
void write(Writer& out, const Started& message) {
  out.put(message.id);
  out.put(message.pid);
}
void write(Writer& out, const StartFailed& message) {
  out.put(message.id);
  out.put(message.kind);
  out.put(message.message);
}
void write(Writer& out, const Exited& message) {
  out.put(message.exit.id);
  out.put(std::int32_t{message.exit.exit_code});
  out.put(std::int32_t{message.exit.signal});
  out.put(message.exit.user_micros);
  out.put(message.exit.system_micros);
  out.put(message.exit.peak_rss_kib);
}

void read(Reader& in, Spawn& message) {
  SpawnRequest& request = message.request;
  request.id = in.number<std::uint64_t>();
  for (auto left = in.number<std::uint32_t>(); left > 0; --left) {
    request.argv.push_back(in.text());
  }
  for (auto left = in.number<std::uint32_t>(); left > 0; --left) {
    std::string name = in.text();
    request.environment.emplace_back(std::move(name), in.text());
  }
  request.working_folder = in.text();
  request.stdout_path = in.text();
  request.stderr_path = in.text();
  for (auto left = in.number<std::uint32_t>(); left > 0; --left) {
    request.pass_fds.emplace_back(-1, in.number<std::int32_t>());
  }
}
void read(Reader& in, Signal& message) {
  message.id = in.number<std::uint64_t>();
  message.number = in.number<std::int32_t>();
}
void read(Reader& in, End& message) {
  message.id = in.number<std::uint64_t>();
  message.grace_millis = in.number<std::int32_t>();
}
void read(Reader& in, Started& message) {
  message.id = in.number<std::uint64_t>();
  message.pid = in.number<std::int32_t>();
}
void read(Reader& in, StartFailed& message) {
  message.id = in.number<std::uint64_t>();
  message.kind = in.number<std::int32_t>();
  message.message = in.text();
}
void read(Reader& in, Exited& message) {
  message.exit.id = in.number<std::uint64_t>();
  message.exit.exit_code = in.number<std::int32_t>();
  message.exit.signal = in.number<std::int32_t>();
  message.exit.user_micros = in.number<std::int64_t>();
  message.exit.system_micros = in.number<std::int64_t>();
  message.exit.peak_rss_kib = in.number<std::uint64_t>();
}

template <std::size_t Index = 0>
Result<Message> read_alternative(std::size_t index, std::string_view body) {
  if constexpr (Index < std::variant_size_v<Message>) {
    if (index != Index) return read_alternative<Index + 1>(index, body);
    std::variant_alternative_t<Index, Message> message;
    Reader in(body);
    read(in, message);
    if (!in.complete()) return fail(ErrorKind::kProtocol, "a spawner message has a wrong length");
    return Message(std::move(message));
  } else {
    return fail(ErrorKind::kProtocol, "a spawner message has an unknown type");
  }
}

}  // namespace

std::string encode(const Message& message) {
  Writer body;
  body.put(static_cast<std::uint8_t>(message.index()));
  std::visit([&body](const auto& alternative) { write(body, alternative); }, message);
  const std::string bytes = body.take();
  Writer frame;
  frame.put(bytes);
  return frame.take();
}

Result<std::optional<Message>> Decoder::next() {
  std::uint32_t length = 0;
  if (buffer_.size() < sizeof length) return std::nullopt;
  std::memcpy(&length, buffer_.data(), sizeof length);
  if (length == 0 || length > kLargestMessage) {
    return fail(ErrorKind::kProtocol, "a spawner message has an impossible length");
  }
  if (buffer_.size() < sizeof length + length) return std::nullopt;
  const std::string_view body = std::string_view(buffer_).substr(sizeof length, length);
  BM_ASSIGN(Message message,
            read_alternative(static_cast<unsigned char>(body.front()), body.substr(1)));
  buffer_.erase(0, sizeof length + length);
  return message;
}

Result<void> send_all(int socket, std::string_view bytes, const std::vector<int>& fds) {
  if (fds.size() > kMostFds) {
    return fail(ErrorKind::kInvalid, "too many file descriptors for one child");
  }
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostFds)> control{};
  bool fds_due = !fds.empty();
  while (!bytes.empty()) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (fds_due) {
      header.msg_control = control.data();
      header.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
      auto* rights = reinterpret_cast<cmsghdr*>(control.data());
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
      std::memcpy(CMSG_DATA(rights), fds.data(), sizeof(int) * fds.size());
    }
    const ssize_t sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) {  // a loop that watches it may unblock it
        pollfd polled{socket, POLLOUT, 0};
        ::poll(&polled, 1, -1);
        continue;
      }
      if (errno == EINTR) continue;
      return tl::unexpected(error_from_errno(errno, "spawner socket"));
    }
    fds_due = false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Received receive(int socket, std::deque<UniqueFd>& fds) {
  std::array<char, 65536> buffer;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostFds)> control;
  iovec part{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  Received received;
  if (got < 0) {
    received.end = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    return received;
  }
  if (got == 0) {
    received.end = true;
    return received;
  }
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(item) + i * sizeof(int), sizeof fd);
      fds.emplace_back(fd);
    }
  }
  received.bytes.assign(buffer.data(), static_cast<std::size_t>(got));
  return received;
}

}  // namespace batchmill::spawner

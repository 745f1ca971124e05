#include "compute/socket_address.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace batchmill::compute {

namespace {

constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

Result<SocketAddress> SocketAddress::of(const std::string& path) {
  if (path.size() <= kLongestPath) return SocketAddress(path, -1);
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(error_from_errno(errno, folder));
  SocketAddress address("/proc/self/fd/" + std::to_string(fd) + "/" + path.substr(slash + 1), fd);
  if (address.path_.size() > kLongestPath) {
    return fail(ErrorKind::kInvalid, path + ": the name is too long for a socket");
  }
  return address;
}

SocketAddress::SocketAddress(SocketAddress&& other) noexcept
    : path_(std::move(other.path_)), folder_(std::exchange(other.folder_, -1)) {}

SocketAddress::~SocketAddress() {
  if (folder_ >= 0) ::close(folder_);
}

}  // namespace batchmill::compute

#include "os/files_descriptor.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <vector>

namespace batchmill {

Result<Descriptor> open_descriptor(const std::string& path, int flags, unsigned mode) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return tl::unexpected(error_from_errno(errno, path));
  return Descriptor(fd);
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(error_from_errno(errno, path));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

namespace {

Error ended_early(const std::string& path) {
  return Error{ErrorKind::kProtocol, path + ": ends before the bytes that were to be copied"};
}

Result<void> copy_through_memory(int from, std::uint64_t offset, std::uint64_t length, int to,
                                 const std::string& from_path, const std::string& to_path) {
  std::vector<char> buffer(std::min<std::uint64_t>(length, std::uint64_t{1} << 20));
  while (length > 0) {
    const ssize_t got = ::pread(from, buffer.data(), std::min<std::uint64_t>(length, buffer.size()),
                                static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(error_from_errno(errno, from_path));
    if (got == 0) return tl::unexpected(ended_early(from_path));
    BM_TRY(write_all(to, {buffer.data(), static_cast<std::size_t>(got)}, to_path));
    offset += static_cast<std::uint64_t>(got);
    length -= static_cast<std::uint64_t>(got);
  }
  return {};
}

// What copy_file_range says when these two files cannot be copied in the kernel.
bool wants_fallback(int number) {
  return number == EXDEV || number == EINVAL || number == ENOSYS || number == EOPNOTSUPP ||
         number == EPERM || number == EBADF || number == ETXTBSY;
}

}  // namespace

Result<void> copy_bytes(int from, std::uint64_t offset, std::uint64_t length, int to,
                        const std::string& from_path, const std::string& to_path) {
  constexpr std::uint64_t kMostAtOnce = std::uint64_t{1} << 30;
  while (length > 0) {
    auto position = static_cast<off64_t>(offset);
    const ssize_t copied =
        ::copy_file_range(from, &position, to, nullptr, std::min(length, kMostAtOnce), 0);
    if (copied < 0) {
      if (errno == EINTR) continue;
      if (wants_fallback(errno)) {
        return copy_through_memory(from, offset, length, to, from_path, to_path);
      }
      return tl::unexpected(error_from_errno(errno, to_path));
    }
    // Some file systems answer 0 instead of an error; memory then tells which it is.
    if (copied == 0) return copy_through_memory(from, offset, length, to, from_path, to_path);
    offset += static_cast<std::uint64_t>(copied);
    length -= static_cast<std::uint64_t>(copied);
  }
  return {};
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_folder(const std::string& folder) {
  BM_ASSIGN(const Descriptor fd, open_descriptor(folder, O_RDONLY | O_DIRECTORY));
  // Some network file systems cannot sync a folder and say so; their renames are durable as such.
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS) {
    return tl::unexpected(error_from_errno(errno, folder));
  }
  return {};
}

}  // namespace batchmill

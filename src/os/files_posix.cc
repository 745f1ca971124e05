#include "os/files_posix.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

#include "os/files_descriptor.h"
#include "os/files_folder.h"
#include "os/files_tree.h"

namespace batchmill {

namespace {

FileKind kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return FileKind::kFile;
  return S_ISDIR(status.st_mode) ? FileKind::kFolder : FileKind::kOther;
}

// Reads until `limit` bytes or the end. `guess` is the size that is expected.
Result<std::string> read_from(int fd, std::uint64_t offset, std::uint64_t limit,
                              std::uint64_t guess, const std::string& path) {
  std::string bytes;
  std::uint64_t filled = 0;
  while (filled < limit) {
    // One byte more than expected, so that the end shows without another round.
    const std::uint64_t want = filled < guess + 1 ? guess + 1 - filled : std::uint64_t{64} << 10;
    bytes.resize(filled + std::min(want, limit - filled));
    const ssize_t got = ::pread(fd, bytes.data() + filled, bytes.size() - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(error_from_errno(errno, path));
    if (got == 0) break;
    filled += static_cast<std::uint64_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<struct stat> stat_of(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  return status;
}

}  // namespace

Result<std::string> FilesPosix::read(const std::string& path) const {
  BM_ASSIGN(const Descriptor fd, open_descriptor(path, O_RDONLY));
  BM_ASSIGN(const struct stat status, stat_of(fd.get(), path));
  if (!S_ISREG(status.st_mode)) {
    // Pipes and devices cannot be read at an offset; nothing of ours is one.
    return fail(ErrorKind::kInvalid,
                path + (S_ISDIR(status.st_mode) ? ": is a folder" : ": is not a regular file"));
  }
  return read_from(fd.get(), 0, UINT64_MAX, static_cast<std::uint64_t>(status.st_size), path);
}

Result<std::string> FilesPosix::read_range(const std::string& path, std::uint64_t offset,
                                           std::uint64_t length) const {
  BM_ASSIGN(const Descriptor fd, open_descriptor(path, O_RDONLY));
  BM_ASSIGN(const struct stat status, stat_of(fd.get(), path));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::uint64_t left = size > offset ? size - offset : 0;
  return read_from(fd.get(), offset, length, std::min(length, left), path);
}

Result<FileStatus> FilesPosix::status(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  FileStatus result;
  result.kind = kind_of(status);
  result.size = static_cast<std::uint64_t>(status.st_size);
  result.executable = (status.st_mode & S_IXUSR) != 0;
  result.modified.micros =
      std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1000;
  return result;
}

bool FilesPosix::exists(const std::string& path) const {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

Result<std::vector<FolderEntry>> FilesPosix::list(const std::string& path) const {
  std::vector<FolderEntry> entries;
  BM_TRY(read_folder(path, [&](const VisitedEntry& entry) {
    entries.push_back({std::string(entry.name), entry.kind});
  }));
  return entries;
}

Result<void> FilesPosix::make_folders(const std::string& path) { return make_folder_path(path); }

Result<void> FilesPosix::write_atomically(const std::string& path, std::string_view bytes) {
  std::string temporary;
  Descriptor fd;
  do {  // a leftover of a process with our number is stepped over
    temporary = path + ".tmp." + std::to_string(::getpid()) + "." +
                std::to_string(next_temporary_.fetch_add(1));
    auto opened = open_descriptor(temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (opened) {
      fd = std::move(*opened);
    } else if (opened.error().kind != ErrorKind::kExists) {
      return tl::unexpected(std::move(opened.error()));
    }
  } while (fd.get() < 0);

  auto written = write_all(fd.get(), bytes, path);
  if (written && ::fsync(fd.get()) != 0) written = tl::unexpected(error_from_errno(errno, path));
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = tl::unexpected(error_from_errno(errno, path));
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(folder_of(path));
}

Result<void> FilesPosix::append(const std::string& path, std::string_view bytes) {
  BM_ASSIGN(const Descriptor fd, open_descriptor(path, O_WRONLY | O_CREAT | O_APPEND, 0666));
  return write_all(fd.get(), bytes, path);
}

Result<void> FilesPosix::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return tl::unexpected(error_from_errno(errno, "rename " + from + " to " + to));
  }
  return {};
}

Result<void> FilesPosix::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
    return tl::unexpected(error_from_errno(errno, path));
  }
  return {};
}

Result<void> FilesPosix::remove_tree(const std::string& path) { return remove_file_or_tree(path); }

Result<void> FilesPosix::copy_tree(const std::string& from, const std::string& to) {
  return copy_file_or_tree(from, to);
}

Result<void> FilesPosix::check_writable(const std::string& path) const {
  std::string place = path;
  struct stat status {};
  while (::stat(place.c_str(), &status) != 0) {
    if (errno != ENOENT) return tl::unexpected(error_from_errno(errno, place));
    const std::string parent = folder_of(place);
    if (parent == place) break;
    place = parent;
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorKind::kInvalid, place + ": is a file, not a folder");
  }
  if (::access(place.c_str(), W_OK | X_OK) != 0) {
    return tl::unexpected(error_from_errno(errno, place));
  }
  return {};
}

Result<std::string> FilesPosix::absolute(const std::string& path) const {
  std::error_code error;
  auto full = std::filesystem::absolute(path.empty() ? "." : path, error);
  if (error) return tl::unexpected(error_from_errno(error.value(), path));
  std::string text = full.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

}  // namespace batchmill

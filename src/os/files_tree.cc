#include "os/files_tree.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <vector>

#include "os/files_descriptor.h"
#include "os/files_folder.h"

namespace batchmill {

namespace {

struct Identity {
  dev_t device;
  ino_t inode;
  bool operator==(const Identity&) const = default;
};

Result<void> copy_file(const std::string& from, const std::string& to, mode_t mode) {
  BM_ASSIGN(const Descriptor source, open_descriptor(from, O_RDONLY));
  BM_ASSIGN(const Descriptor target,
            open_descriptor(to, O_WRONLY | O_CREAT | O_TRUNC, (mode & 0777) | S_IWUSR));
  struct stat status {};
  if (::fstat(source.get(), &status) != 0) return tl::unexpected(error_from_errno(errno, from));
  BM_TRY(copy_bytes(source.get(), 0, static_cast<std::uint64_t>(status.st_size), target.get(), from,
                    to));
  return {};
}

Result<void> copy_broken_link(const std::string& from, const std::string& to) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(from, error);
  if (error) return tl::unexpected(error_from_errno(error.value(), from));
  ::unlink(to.c_str());
  if (::symlink(target.c_str(), to.c_str()) != 0)
    return tl::unexpected(error_from_errno(errno, to));
  return {};
}

class TreeCopy {
 public:
  Result<void> copy(const std::string& from, const std::string& to) {
    struct stat status {};
    if (::stat(from.c_str(), &status) != 0) {
      struct stat link {};
      if (errno == ENOENT && ::lstat(from.c_str(), &link) == 0) return copy_broken_link(from, to);
      return tl::unexpected(error_from_errno(errno, from));
    }
    if (S_ISDIR(status.st_mode)) return copy_folder(from, to, status);
    if (S_ISREG(status.st_mode)) return copy_file(from, to, status.st_mode);
    return {};  // sockets, pipes and devices have no content to copy
  }

 private:
  Result<void> copy_folder(const std::string& from, const std::string& to,
                           const struct stat& status) {
    const Identity identity{status.st_dev, status.st_ino};
    if (std::find(above_.begin(), above_.end(), identity) != above_.end()) {
      return fail(ErrorKind::kInvalid, from + ": a link that leads back into its own folder");
    }
    // The names are read before anything is made, so that a copy into a folder below ends.
    std::vector<std::string> names;
    BM_TRY(read_folder(from, [&](const VisitedEntry& entry) { names.emplace_back(entry.name); }));
    if (::mkdir(to.c_str(), (status.st_mode & 0777) | S_IRWXU) != 0 && errno != EEXIST) {
      return tl::unexpected(error_from_errno(errno, to));
    }
    above_.push_back(identity);
    for (const std::string& name : names) {
      BM_TRY(copy(from + "/" + name, to + "/" + name));
    }
    above_.pop_back();
    return {};
  }

  std::vector<Identity> above_;
};

}  // namespace

Result<void> make_folder_path(const std::string& path) {
  if (path.empty() || ::mkdir(path.c_str(), 0777) == 0) return {};
  if (errno == ENOENT) {
    BM_TRY(make_folder_path(folder_of(path)));
    if (::mkdir(path.c_str(), 0777) == 0) return {};
  }
  const int number = errno;
  struct stat status {};
  if (number == EEXIST && ::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return {};
    return fail(ErrorKind::kExists, path + ": is a file, not a folder");
  }
  // "/" and mount points may answer EROFS or EACCES although they are there.
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return tl::unexpected(error_from_errno(number, path));
}

Result<void> copy_file_or_tree(const std::string& from, const std::string& to) {
  return TreeCopy().copy(from, to);
}

Result<void> remove_file_or_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return tl::unexpected(error_from_errno(error.value(), path));
  return {};
}

}  // namespace batchmill

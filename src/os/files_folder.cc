#include "os/files_folder.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <vector>

#include "os/files_descriptor.h"

namespace batchmill {

namespace {

FileKind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::kFile;
  return S_ISDIR(mode) ? FileKind::kFolder : FileKind::kOther;
}

VisitedEntry ask_for_kind(int folder, const char* name) {
  VisitedEntry entry{name, FileKind::kFile, false};
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return entry;
  entry.is_link = S_ISLNK(status.st_mode);
  if (entry.is_link && ::fstatat(folder, name, &status, 0) != 0) return entry;
  entry.kind = kind_of_mode(status.st_mode);
  return entry;
}

VisitedEntry entry_of(int folder, const char* name, unsigned char type) {
  switch (type) {
    case DT_REG:
      return {name, FileKind::kFile, false};
    case DT_DIR:
      return {name, FileKind::kFolder, false};
    case DT_LNK:
    case DT_UNKNOWN:
      return ask_for_kind(folder, name);
    default:
      return {name, FileKind::kOther, false};
  }
}

bool is_self_or_parent(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

Result<void> read_folder(const std::string& path,
                         const std::function<void(const VisitedEntry&)>& visit) {
  BM_ASSIGN(const Descriptor fd, open_descriptor(path, O_RDONLY | O_DIRECTORY));
  alignas(dirent64) char small[8192];
  std::vector<char> large;
  char* buffer = small;
  std::size_t capacity = sizeof small;
  while (true) {
    const long got = ::syscall(SYS_getdents64, fd.get(), buffer, capacity);
    if (got < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(error_from_errno(errno, path));
    }
    if (got == 0) return {};
    for (long at = 0; at < got;) {
      // The kernel's record has the layout of dirent64.
      const auto* record = reinterpret_cast<const dirent64*>(buffer + at);
      if (!is_self_or_parent(record->d_name)) {
        visit(entry_of(fd.get(), record->d_name, record->d_type));
      }
      at += record->d_reclen;
    }
    if (large.empty()) {  // most folders are small and never pay for the large buffer
      large.resize(std::size_t{256} << 10);
      buffer = large.data();
      capacity = large.size();
    }
  }
}

}  // namespace batchmill

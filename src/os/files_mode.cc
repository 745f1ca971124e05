#include <cerrno>
#include <sys/stat.h>

#include "os/files_descriptor.h"
#include "os/files_posix.h"
#include "os/files_tree.h"

namespace batchmill {

Result<void> FilesPosix::make_private_folder(const std::string& path) {
  BM_TRY(make_folder_path(folder_of(path)));
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return tl::unexpected(error_from_errno(errno, path));
}

Result<void> FilesPosix::make_executable(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return tl::unexpected(error_from_errno(errno, path));
  const mode_t execute = (status.st_mode & 0444) >> 2;
  if (::chmod(path.c_str(), (status.st_mode & 07777) | execute) != 0) {
    return tl::unexpected(error_from_errno(errno, path));
  }
  return {};
}

}  // namespace batchmill

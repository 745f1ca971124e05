#include "os/temporary_folder.h"

#include <cerrno>
#include <cstdlib>

namespace batchmill {

Result<std::string> make_temporary_folder(const std::string& prefix) {
  const char* base = std::getenv("TMPDIR");
  const bool is_usable = base != nullptr && base[0] == '/';
  std::string path = std::string(is_usable ? base : "/tmp") + "/" + prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return tl::unexpected(error_from_errno(errno, path));
  return path;
}

}  // namespace batchmill

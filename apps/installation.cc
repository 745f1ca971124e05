#include "apps/installation.h"

#include <array>
#include <cstdlib>
#include <unistd.h>

namespace batchmill::apps {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::string program_path() {
  std::array<char, 4096> buffer{};
  const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : "batchmill";
}

std::string python_folder(const std::string& program) {
  if (const char* given = std::getenv("BATCHMILL_PYTHON_FOLDER");
      given != nullptr && *given != '\0')
    return given;
  const std::string prefix = parent_of(parent_of(program));
  std::string installed = prefix + "/share/batchmill/python";
  if (::access((installed + "/batchmill/worker/__main__.py").c_str(), R_OK) == 0) return installed;
  return parent_of(prefix) + "/python";
}

}  // namespace batchmill::apps

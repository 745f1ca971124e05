#include "environment/python_wrappers.h"

#include "base/hash.h"

namespace batchmill::environment {

namespace {

std::string quoted_for_shell(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

std::map<std::string, std::string> python_wrappers(const std::string& python) {
  const std::string exec = "#!/bin/sh\nexec " + quoted_for_shell(python);
  return {{"python", exec + " \"$@\"\n"},
          {"python3", exec + " \"$@\"\n"},
          {"pip", exec + " -m pip \"$@\"\n"},
          {"pip3", exec + " -m pip \"$@\"\n"}};
}

Result<std::string> make_bin_folder(const std::string& environments, const std::string& python,
                                    Files& files) {
  const std::string folder = environments + "/" + sha256_hex(python).substr(0, 12) + "/bin";
  for (const auto& [name, script] : python_wrappers(python)) {
    const std::string path = folder + "/" + name;
    const auto present = files.read(path);
    if (present && *present == script) continue;
    BM_TRY(files.make_folders(folder));
    BM_TRY(files.write_atomically(path, script));
    BM_TRY(files.make_executable(path));
  }
  return folder;
}

}  // namespace batchmill::environment

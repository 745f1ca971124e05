#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ports/files.h"

namespace batchmill::workspace {

// Reads the lines that a growing file gets. A missing file has none yet; one that became shorter is
// read from its start.
class FileFollower {
 public:
  explicit FileFollower(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  // Complete new lines, without line ends; at most about 1 MiB of them, more with the next call.
  // With `to_the_end`, all of them and what stands after the last line end too.
  std::vector<std::string> new_lines(const Files& files, bool to_the_end = false);
  void skip_to_end(const Files& files);

 private:
  bool read_part(const Files& files);

  std::string path_;
  std::uint64_t offset_ = 0;
  std::string pending_;  // read, without a line end yet
};

}  // namespace batchmill::workspace

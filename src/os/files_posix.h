#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ports/files.h"

namespace batchmill {

// Files on the local machine. copy_tree follows links (a link that leads nowhere is copied as a
// link), keeps permission bits, merges into what exists; a link to a folder that contains it is
// kInvalid.
class FilesPosix final : public Files {
 public:
  Result<std::string> read(const std::string& path) const override;
  Result<std::string> read_range(const std::string& path, std::uint64_t offset,
                                 std::uint64_t length) const override;
  Result<FileStatus> status(const std::string& path) const override;
  bool exists(const std::string& path) const override;
  Result<std::vector<FolderEntry>> list(const std::string& path) const override;
  Result<void> make_folders(const std::string& path) override;
  Result<void> make_private_folder(const std::string& path) override;
  Result<void> make_executable(const std::string& path) override;
  Result<void> write_atomically(const std::string& path, std::string_view bytes) override;
  Result<void> append(const std::string& path, std::string_view bytes) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> remove_tree(const std::string& path) override;
  Result<void> copy_tree(const std::string& from, const std::string& to) override;
  Result<void> check_writable(const std::string& path) const override;
  Result<std::string> absolute(const std::string& path) const override;

 private:
  std::atomic<std::uint64_t> next_temporary_{0};
};

}  // namespace batchmill

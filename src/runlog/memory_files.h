#pragma once

#include <map>
#include <set>
#include <string>

#include "ports/files.h"

namespace batchmill::runlog {

// A file system for tests: files and folders by path, and errors on demand.
class MemoryFiles : public Files {
 public:
  std::map<std::string, std::string> content;
  std::set<std::string> folders;
  bool is_full = false;  // every write fails

  Result<std::string> read(const std::string& path) const override {
    const auto found = content.find(path);
    if (found == content.end()) return fail(ErrorKind::kNotFound, path + ": no such file");
    return found->second;
  }
  Result<std::string> read_range(const std::string& path, std::uint64_t offset,
                                 std::uint64_t length) const override {
    BM_ASSIGN(const std::string all, read(path));
    return all.substr(std::min<std::size_t>(offset, all.size()), length);
  }
  Result<FileStatus> status(const std::string& path) const override {
    BM_ASSIGN(const std::string all, read(path));
    return FileStatus{FileKind::kFile, all.size(), {}};
  }
  bool exists(const std::string& path) const override {
    return content.contains(path) || folders.contains(path);
  }
  Result<std::vector<FolderEntry>> list(const std::string&) const override {
    return std::vector<FolderEntry>();
  }
  Result<void> make_folders(const std::string& path) override {
    if (is_full) return full(path);
    folders.insert(path);
    return {};
  }
  Result<void> write_atomically(const std::string& path, std::string_view bytes) override {
    if (is_full) return full(path);
    content[path] = bytes;
    return {};
  }
  Result<void> append(const std::string& path, std::string_view bytes) override {
    if (is_full) return full(path);
    content[path] += bytes;
    return {};
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    BM_ASSIGN(content[to], read(from));
    content.erase(from);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    content.erase(path);
    return {};
  }
  Result<void> remove_tree(const std::string& path) override {
    std::erase_if(content, [&](const auto& file) { return file.first.starts_with(path + "/"); });
    std::erase_if(folders, [&](const auto& folder) { return folder.starts_with(path); });
    return {};
  }
  Result<void> copy_tree(const std::string& from, const std::string&) override {
    return fail(ErrorKind::kIo, from + ": not copied in tests");
  }
  Result<void> check_writable(const std::string&) const override { return {}; }
  Result<std::string> absolute(const std::string& path) const override { return path; }

 private:
  static Result<void> full(const std::string& path) {
    return fail(ErrorKind::kDiskFull, path + ": no space left on device");
  }
};

}  // namespace batchmill::runlog

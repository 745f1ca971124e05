#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/files.h"

namespace batchmill::pipeline {

// A file system of texts, for tests: folders exist where a file lies below them. The process's
// folder is "/w"; nothing can be written below "/locked".
class MemoryFiles : public Files {
 public:
  MemoryFiles(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}  // NOLINT

  void add(const std::string& path, std::string text) { texts_[path] = std::move(text); }

  Result<std::string> read(const std::string& path) const override {
    const auto found = texts_.find(*absolute(path));
    if (found == texts_.end()) return fail(ErrorKind::kNotFound, "no such file");
    return found->second;
  }
  Result<std::string> read_range(const std::string& path, std::uint64_t offset,
                                 std::uint64_t length) const override {
    BM_ASSIGN(const std::string text, read(path));
    return offset < text.size() ? text.substr(offset, length) : "";
  }
  Result<FileStatus> status(const std::string& path) const override {
    if (const auto found = texts_.find(*absolute(path)); found != texts_.end()) {
      return FileStatus{FileKind::kFile, found->second.size(), {}};
    }
    if (!children(path).empty()) return FileStatus{FileKind::kFolder, 0, {}};
    return fail(ErrorKind::kNotFound, path + ": no such file");
  }
  bool exists(const std::string& path) const override { return status(path).has_value(); }
  Result<std::vector<FolderEntry>> list(const std::string& path) const override {
    const std::set<std::string> names = children(path);
    if (names.empty()) return fail(ErrorKind::kNotFound, path + ": no such folder");
    std::vector<FolderEntry> entries;
    for (const std::string& name : names) {
      const bool is_file = texts_.contains(*absolute(path) + "/" + name);
      entries.push_back({name, is_file ? FileKind::kFile : FileKind::kFolder});
    }
    return entries;
  }
  Result<std::string> absolute(const std::string& path) const override {
    return path.starts_with("/") ? path : "/w/" + path;
  }
  Result<void> check_writable(const std::string& path) const override {
    if (path.starts_with("/locked")) return fail(ErrorKind::kPermission, "permission denied");
    return {};
  }
  Result<void> make_folders(const std::string&) override { return {}; }
  Result<void> write_atomically(const std::string&, std::string_view) override { return {}; }
  Result<void> append(const std::string&, std::string_view) override { return {}; }
  Result<void> rename(const std::string&, const std::string&) override { return {}; }
  Result<void> remove(const std::string&) override { return {}; }
  Result<void> remove_tree(const std::string&) override { return {}; }
  Result<void> copy_tree(const std::string&, const std::string&) override { return {}; }

 private:
  std::set<std::string> children(const std::string& path) const {
    std::set<std::string> names;
    const std::string prefix = *absolute(path) + "/";
    for (auto text = texts_.lower_bound(prefix); text != texts_.end(); ++text) {
      if (!text->first.starts_with(prefix)) break;
      names.insert(
          text->first.substr(prefix.size(), text->first.find('/', prefix.size()) - prefix.size()));
    }
    return names;
  }

  std::map<std::string, std::string> texts_;
};

}  // namespace batchmill::pipeline

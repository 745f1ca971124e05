#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "ports/files.h"

namespace batchmill::fakes {

// A file system in memory: absolute paths, no links, no modes but "executable".
class MemoryFiles final : public Files {
 public:
  Result<std::string> read(const std::string& path) const override {
    const auto file = files_.find(path);
    if (file == files_.end()) return missing(path);
    return file->second;
  }
  Result<std::string> read_range(const std::string& path, std::uint64_t offset,
                                 std::uint64_t length) const override {
    BM_ASSIGN(const std::string bytes, read(path));
    return offset < bytes.size() ? bytes.substr(offset, length) : std::string();
  }
  Result<FileStatus> status(const std::string& path) const override {
    FileStatus status;
    if (const auto file = files_.find(path); file != files_.end()) {
      status.size = file->second.size();
      status.executable = executable_.contains(path);
      if (const auto at = modified_.find(path); at != modified_.end()) status.modified = at->second;
      return status;
    }
    if (!is_folder(path)) return missing(path);
    status.kind = FileKind::kFolder;
    return status;
  }
  bool exists(const std::string& path) const override {
    return files_.contains(path) || is_folder(path);
  }
  Result<std::vector<FolderEntry>> list(const std::string& path) const override {
    if (!is_folder(path)) return missing(path);
    std::map<std::string, FileKind> found;
    const std::string prefix = path == "/" ? "/" : path + "/";
    for (const auto& [name, bytes] : files_) add_entry(name, prefix, FileKind::kFile, found);
    for (const auto& name : folders_) add_entry(name, prefix, FileKind::kFolder, found);
    std::vector<FolderEntry> entries;
    for (const auto& [name, kind] : found) entries.push_back({name, kind});
    return entries;
  }
  Result<void> make_folders(const std::string& path) override {
    for (std::string at = path; !at.empty() && at != "/"; at = at.substr(0, at.rfind('/'))) {
      if (files_.contains(at)) return fail(ErrorKind::kExists, at + ": is a file");
      folders_.insert(at);
    }
    return {};
  }
  Result<void> make_private_folder(const std::string& path) override {
    private_.insert(path);
    return make_folders(path);
  }
  Result<void> make_executable(const std::string& path) override {
    executable_.insert(path);
    return {};
  }
  Result<void> write_atomically(const std::string& path, std::string_view bytes) override {
    files_[path] = bytes;
    return {};
  }
  Result<void> append(const std::string& path, std::string_view bytes) override {
    files_[path] += bytes;
    return {};
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (!exists(from)) return missing(from);
    BM_TRY(copy_tree(from, to));
    return remove_tree(from);
  }
  Result<void> remove(const std::string& path) override {
    files_.erase(path);
    return {};
  }
  Result<void> remove_tree(const std::string& path) override {
    const std::string below = path + "/";
    std::erase_if(files_, [&](const auto& file) {
      return file.first == path || file.first.starts_with(below);
    });
    std::erase_if(folders_,
                  [&](const auto& folder) { return folder == path || folder.starts_with(below); });
    return {};
  }
  Result<void> copy_tree(const std::string& from, const std::string& to) override {
    std::map<std::string, std::string> copies;
    for (const auto& [path, bytes] : files_) {
      if (path != from && !path.starts_with(from + "/")) continue;
      copies[to + path.substr(from.size())] = bytes;
      if (executable_.contains(path)) executable_.insert(to + path.substr(from.size()));
    }
    files_.insert(copies.begin(), copies.end());
    return {};
  }
  Result<void> check_writable(const std::string&) const override { return {}; }
  Result<std::string> absolute(const std::string& path) const override {
    return path.starts_with('/') ? path : "/" + path;
  }

  // For tests.
  void put(const std::string& path, std::string bytes) { files_[path] = std::move(bytes); }
  void set_modified(const std::string& path, WallTime time) { modified_[path] = time; }
  void set_executable(const std::string& path) { executable_.insert(path); }
  bool is_private(const std::string& path) const { return private_.contains(path); }
  bool is_executable(const std::string& path) const { return executable_.contains(path); }
  const std::map<std::string, std::string>& all() const { return files_; }

 private:
  static tl::unexpected<Error> missing(const std::string& path) {
    return fail(ErrorKind::kNotFound, path + ": No such file or directory");
  }
  bool is_folder(const std::string& path) const {
    if (path == "/" || folders_.contains(path)) return true;
    const auto next = files_.lower_bound(path + "/");
    return next != files_.end() && next->first.starts_with(path + "/");
  }
  static void add_entry(const std::string& path, const std::string& prefix, FileKind kind,
                        std::map<std::string, FileKind>& found) {
    if (!path.starts_with(prefix) || path.size() == prefix.size()) return;
    const std::string rest = path.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string::npos) {
      found[rest] = kind;
    } else {
      found[rest.substr(0, slash)] = FileKind::kFolder;
    }
  }

  std::map<std::string, std::string> files_;
  std::set<std::string> folders_, private_, executable_;
  std::map<std::string, WallTime> modified_;
};

}  // namespace batchmill::fakes

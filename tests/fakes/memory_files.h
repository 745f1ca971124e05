#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ports/bulk_files.h"
#include "ports/files.h"

// A file system in memory for tests: folders, files, links; counts what is synced; fails on
// demand; lists names in an order that no one may rely on. Single-threaded. Relative paths start at
// "/", or where set_current_folder says.
namespace batchmill::fakes {

class MemoryFiles : public Files, public BulkFiles {
 public:
  explicit MemoryFiles(unsigned seed = 1) : random_(seed) { nodes_["/"].kind = FileKind::kFolder; }

  // --- setting the scene -------------------------------------------------------------------
  void put(const std::string& path, std::string bytes) {
    make_parents(path);
    nodes_[path] = Node{FileKind::kFile, std::make_shared<std::string>(std::move(bytes)), ""};
  }
  void put_folder(const std::string& path) {
    make_parents(path);
    nodes_[path].kind = FileKind::kFolder;
  }
  void put_link(const std::string& path, std::string absolute_target) {
    make_parents(path);
    nodes_[path] = Node{FileKind::kOther, nullptr, std::move(absolute_target)};
  }
  void put_special(const std::string& path) {  // a socket, pipe or device
    make_parents(path);
    nodes_[path] = Node{FileKind::kOther, nullptr, ""};
  }
  // Every operation that opens, reads or writes `path` fails with this from now on.
  void fail_on(const std::string& path, Error error) { failures_[path] = std::move(error); }
  void heal(const std::string& path) { failures_.erase(path); }
  void fill_disk() { is_full_ = true; }                           // every write fails from now on
  void lock(std::string folder) { locked_ = std::move(folder); }  // check_writable refuses below it
  void set_current_folder(std::string path) { current_ = std::move(path); }
  void set_modified(const std::string& path, WallTime time) { modified_[path] = time; }
  void set_executable(const std::string& path) { executable_.insert(path); }

  // --- looking at it afterwards ------------------------------------------------------------
  std::optional<std::string> content(const std::string& path) const {
    const auto found = nodes_.find(path);
    if (found == nodes_.end() || !found->second.bytes) return std::nullopt;
    return *found->second.bytes;
  }
  std::map<std::string, std::string> all_contents() const {
    std::map<std::string, std::string> contents;
    for (const auto& [path, node] : nodes_) {
      if (node.bytes) contents[path] = *node.bytes;
    }
    return contents;
  }
  std::vector<std::string> all_files() const {
    std::vector<std::string> paths;
    for (const auto& [path, node] : nodes_) {
      if (node.bytes) paths.push_back(path);
    }
    return paths;
  }
  bool is_private(const std::string& path) const { return private_.contains(path); }
  bool is_executable(const std::string& path) const { return executable_.contains(path); }
  bool is_synced(const std::string& path) const { return synced_.count(path) > 0; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t copies() const { return copies_; }  // calls of copy_from
  std::uint64_t writes() const { return writes_; }  // calls of write

  // --- Files -------------------------------------------------------------------------------
  Result<std::string> read(const std::string& path) const override {
    BM_ASSIGN(const auto bytes, bytes_of(path));
    bytes_read_ += bytes->size();
    return *bytes;
  }
  Result<std::string> read_range(const std::string& path, std::uint64_t offset,
                                 std::uint64_t length) const override {
    BM_ASSIGN(const auto bytes, bytes_of(path));
    if (offset >= bytes->size()) return std::string();
    return bytes->substr(offset, length);
  }
  Result<FileStatus> status(const std::string& path) const override {
    BM_ASSIGN(const std::string real, resolve(path));
    const Node& node = nodes_.at(real);
    FileStatus status;
    status.kind = node.kind;
    status.size = node.bytes ? node.bytes->size() : 0;
    status.executable = executable_.contains(real);
    if (const auto at = modified_.find(real); at != modified_.end()) status.modified = at->second;
    return status;
  }
  bool exists(const std::string& path) const override { return resolve(path).has_value(); }
  Result<std::vector<FolderEntry>> list(const std::string& path) const override {
    std::vector<FolderEntry> entries;
    BM_TRY(visit_folder(path, [&](const VisitedEntry& entry) {
      entries.push_back({std::string(entry.name), entry.kind});
    }));
    return entries;
  }
  Result<void> make_folders(const std::string& path) override {
    BM_TRY(check_write(path));
    put_folder(path);
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
    BM_TRY(check_write(path));
    put(path, std::string(bytes));
    synced_.insert(path);
    return {};
  }
  Result<void> append(const std::string& path, std::string_view bytes) override {
    BM_TRY(check_write(path));
    if (nodes_.count(path) == 0) put(path, "");
    nodes_[path].bytes->append(bytes);
    return {};
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    BM_TRY(check(from));
    BM_TRY(check(to));
    if (nodes_.count(from) == 0) return missing(from);
    std::map<std::string, Node> moved;
    for (auto at = nodes_.begin(); at != nodes_.end();) {
      if (at->first != from && !at->first.starts_with(from + "/")) {
        ++at;
        continue;
      }
      const std::string target = to + at->first.substr(from.size());
      if (synced_.erase(at->first) > 0) synced_.insert(target);
      if (executable_.erase(at->first) > 0) executable_.insert(target);
      moved[target] = std::move(at->second);
      at = nodes_.erase(at);
    }
    make_parents(to);
    for (auto& [path, node] : moved) nodes_[path] = std::move(node);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    BM_TRY(check(path));
    nodes_.erase(path);
    return {};
  }
  Result<void> remove_tree(const std::string& path) override {
    BM_TRY(check(path));
    nodes_.erase(path);
    std::erase_if(nodes_, [&](const auto& node) { return node.first.starts_with(path + "/"); });
    return {};
  }
  Result<void> copy_tree(const std::string& from, const std::string& to) override {
    BM_ASSIGN(const std::string real, resolve(from));
    const auto before = nodes_;
    for (const auto& [path, node] : before) {
      if (path == real || path.starts_with(real + "/")) {
        const std::string target = to + path.substr(real.size());
        if (node.bytes) {
          put(target, *node.bytes);
          if (executable_.contains(path)) executable_.insert(target);
        } else {
          put_folder(target);
        }
      }
    }
    return {};
  }
  Result<void> check_writable(const std::string& path) const override {
    if (!locked_.empty() && path.starts_with(locked_)) {
      return fail(ErrorKind::kPermission, "permission denied");
    }
    return check(path);
  }
  Result<std::string> absolute(const std::string& path) const override {
    std::string text = std::filesystem::path(anchored(path)).lexically_normal().string();
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    return text;
  }

  // --- BulkFiles ---------------------------------------------------------------------------
  Result<void> visit_folder(const std::string& path,
                            const std::function<void(const VisitedEntry&)>& visit) const override {
    BM_TRY(check(path));
    BM_ASSIGN(const std::string real, resolve(path));
    if (nodes_.at(real).kind != FileKind::kFolder) {
      return fail(ErrorKind::kNotFound, path + ": Not a directory");
    }
    const std::string prefix = real == "/" ? "/" : real + "/";
    std::vector<std::string> names;
    for (auto at = nodes_.upper_bound(prefix); at != nodes_.end(); ++at) {
      if (!at->first.starts_with(prefix)) break;
      const std::string name = at->first.substr(prefix.size());
      if (!name.empty() && name.find('/') == std::string::npos) names.push_back(name);
    }
    std::shuffle(names.begin(), names.end(), random_);
    for (const std::string& name : names) {
      const Node& node = nodes_.at(prefix + name);
      VisitedEntry entry{name, node.kind, !node.link.empty()};
      if (entry.is_link) {
        const auto target = resolve(prefix + name);
        entry.kind = target ? nodes_.at(*target).kind : FileKind::kFile;
      }
      visit(entry);
    }
    return {};
  }
  Result<FileIdentity> identity(const std::string& path) const override {
    BM_ASSIGN(const std::string real, resolve(path));
    return FileIdentity{1, std::hash<std::string>{}(real)};
  }
  Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const override {
    BM_ASSIGN(auto bytes, bytes_of(path));
    return std::make_unique<Reader>(*this, path, std::move(bytes));
  }
  Result<std::unique_ptr<WritableFile>> create(const std::string& path) override {
    BM_TRY(check(path));
    put(path, "");
    synced_.erase(path);
    return std::make_unique<Writer>(*this, path, nodes_[path].bytes);
  }
  Result<std::unique_ptr<WritableFile>> extend(const std::string& path,
                                               std::uint64_t keep) override {
    BM_ASSIGN(auto bytes, bytes_of(path));
    if (bytes->size() < keep) return fail(ErrorKind::kProtocol, path + ": is too short");
    bytes->resize(keep);
    return std::make_unique<Writer>(*this, path, std::move(bytes));
  }
  Result<void> sync(const std::string&) override { return {}; }
  Result<void> publish(const std::string& from, const std::string& to) override {
    return rename(from, to);
  }

 private:
  struct Node {
    FileKind kind = FileKind::kFolder;
    std::shared_ptr<std::string> bytes;  // files only
    std::string link;                    // target, links only
  };

  class Reader final : public ReadableFile {
   public:
    Reader(const MemoryFiles& files, std::string path, std::shared_ptr<std::string> bytes)
        : files_(files), path_(std::move(path)), bytes_(std::move(bytes)), size_(bytes_->size()) {}
    const std::string& path() const override { return path_; }
    std::uint64_t size() const override { return size_; }
    Result<std::size_t> read_at(std::uint64_t offset, char* buffer,
                                std::size_t length) const override {
      BM_TRY(files_.check(path_));
      if (offset >= bytes_->size()) return 0;
      const std::size_t got = std::min<std::size_t>(length, bytes_->size() - offset);
      std::memcpy(buffer, bytes_->data() + offset, got);
      files_.bytes_read_ += got;
      return got;
    }
    Result<std::string_view> map() const override {
      BM_TRY(files_.check(path_));
      return std::string_view(*bytes_).substr(0, size_);
    }

   private:
    const MemoryFiles& files_;
    std::string path_;
    std::shared_ptr<std::string> bytes_;
    std::uint64_t size_;
  };

  class Writer final : public WritableFile {
   public:
    Writer(MemoryFiles& files, std::string path, std::shared_ptr<std::string> bytes)
        : files_(files), path_(std::move(path)), bytes_(std::move(bytes)) {}
    const std::string& path() const override { return path_; }
    std::uint64_t size() const override { return bytes_->size(); }
    Result<void> write(std::string_view bytes) override {
      BM_TRY(files_.check(path_));
      ++files_.writes_;
      bytes_->append(bytes);
      files_.synced_.erase(path_);
      return {};
    }
    Result<void> copy_from(const ReadableFile& source, std::uint64_t offset,
                           std::uint64_t length) override {
      BM_TRY(files_.check(path_));
      ++files_.copies_;
      std::string bytes(length, '\0');
      BM_ASSIGN(const std::size_t got, source.read_at(offset, bytes.data(), length));
      if (got < length) return fail(ErrorKind::kProtocol, source.path() + ": ends before");
      bytes_->append(bytes);
      files_.synced_.erase(path_);
      return {};
    }
    Result<void> sync() override {
      BM_TRY(files_.check(path_));
      files_.synced_.insert(path_);
      return {};
    }

   private:
    MemoryFiles& files_;
    std::string path_;
    std::shared_ptr<std::string> bytes_;
  };

  static tl::unexpected<Error> missing(const std::string& path) {
    return fail(ErrorKind::kNotFound, path + ": No such file or directory");
  }

  Result<void> check(const std::string& path) const {
    const auto found = failures_.find(path);
    if (found != failures_.end()) return tl::unexpected(found->second);
    return {};
  }

  Result<void> check_write(const std::string& path) const {
    if (is_full_) return fail(ErrorKind::kDiskFull, path + ": No space left on device");
    return check(path);
  }
  std::string anchored(const std::string& path) const {
    return path.starts_with('/') ? path : current_ + "/" + path;
  }

  void make_parents(const std::string& path) {
    for (auto slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      nodes_.try_emplace(path.substr(0, slash), Node{});
    }
  }

  // Follows links in every component.
  Result<std::string> resolve(const std::string& path, int links = 0) const {
    if (links > 40) return fail(ErrorKind::kIo, path + ": Too many levels of symbolic links");
    std::string real;
    const std::string from_root = anchored(path);
    for (const std::string_view part : split(from_root, '/')) {
      if (part.empty() || part == ".") continue;
      real += "/" + std::string(part);
      const auto found = nodes_.find(real);
      if (found == nodes_.end()) return missing(path);
      if (!found->second.link.empty()) {
        BM_ASSIGN(real, resolve(found->second.link, links + 1));
      }
    }
    return real.empty() ? "/" : real;
  }

  Result<std::shared_ptr<std::string>> bytes_of(const std::string& path) const {
    BM_TRY(check(path));
    BM_ASSIGN(const std::string real, resolve(path));
    const Node& node = nodes_.at(real);
    if (!node.bytes) return fail(ErrorKind::kInvalid, path + ": is a folder");
    return node.bytes;
  }

  std::map<std::string, Node> nodes_;
  std::map<std::string, Error> failures_;
  std::set<std::string> synced_, executable_, private_;
  std::map<std::string, WallTime> modified_;
  std::string locked_, current_;
  bool is_full_ = false;
  mutable std::mt19937 random_;
  mutable std::uint64_t bytes_read_ = 0;
  std::uint64_t copies_ = 0;
  std::uint64_t writes_ = 0;
};

}  // namespace batchmill::fakes

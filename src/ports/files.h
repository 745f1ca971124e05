#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace batchmill {

enum class FileKind { kFile, kFolder, kOther };

struct FileStatus {
  FileKind kind = FileKind::kFile;
  std::uint64_t size = 0;
  WallTime modified;
  bool executable = false;  // by its owner
};

struct FolderEntry {
  std::string name;
  FileKind kind = FileKind::kFile;  // links are followed
};

// The file system as the parts need it. Paths are absolute or relative to the process's folder.
// Errors name the path. Thread-safe.
class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::string> read(const std::string& path) const = 0;
  // At most `length` bytes from `offset`; fewer at the end of the file.
  virtual Result<std::string> read_range(const std::string& path, std::uint64_t offset,
                                         std::uint64_t length) const = 0;
  virtual Result<FileStatus> status(const std::string& path) const = 0;  // follows links
  virtual bool exists(const std::string& path) const = 0;
  // All entries, in no order; "." and ".." left out.
  virtual Result<std::vector<FolderEntry>> list(const std::string& path) const = 0;
  virtual Result<void> make_folders(
      const std::string& path) = 0;  // like mkdir -p, mode 0777 & ~umask
  // The last folder with mode 0700; one that exists keeps its mode. File systems of tests have no
  // modes.
  virtual Result<void> make_private_folder(const std::string& path) { return make_folders(path); }
  virtual Result<void> make_executable(const std::string& path);  // by all who may read it
  // I-5: temporary name beside, fsync, rename, fsync of the folder.
  virtual Result<void> write_atomically(const std::string& path, std::string_view bytes) = 0;
  virtual Result<void> append(const std::string& path, std::string_view bytes) = 0;  // no fsync
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;       // a file; missing is success
  virtual Result<void> remove_tree(const std::string& path) = 0;  // missing is success
  virtual Result<void> copy_tree(const std::string& from, const std::string& to) = 0;
  // A folder in which the caller may create a file (checked by access(2) on the nearest existing
  // parent).
  virtual Result<void> check_writable(const std::string& path) const = 0;
  virtual Result<std::string> absolute(
      const std::string& path) const = 0;  // lexical, no links resolved
};

inline Result<void> Files::make_executable(const std::string&) { return {}; }

}  // namespace batchmill

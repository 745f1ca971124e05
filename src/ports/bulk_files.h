#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/files.h"

// The file system for the few places that touch millions of names or gigabytes of bytes: listing,
// manifests, merging. What needs one file at a time goes through ports/files.h.
namespace batchmill {

// One name of a folder while it is read. `name` lives until the visitor returns.
struct VisitedEntry {
  std::string_view name;
  // Links are followed; a link that leads nowhere counts as a file, so that whoever opens it gets
  // an error that names it.
  FileKind kind = FileKind::kFile;
  bool is_link = false;
};

// Two paths with equal identities are the same file or folder.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

// A file open for reading. Thread-safe. The file must not shrink meanwhile.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  virtual const std::string& path() const = 0;
  virtual std::uint64_t size() const = 0;  // when it was opened
  // Fills `buffer` from `offset`; returns fewer than `length` bytes only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, char* buffer,
                                      std::size_t length) const = 0;
  // The first size() bytes as memory, valid as long as this object. Mapped at the first call.
  virtual Result<std::string_view> map() const = 0;
};

// A file that only grows. One thread at a time.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  virtual const std::string& path() const = 0;
  virtual std::uint64_t size() const = 0;
  virtual Result<void> write(std::string_view bytes) = 0;  // at the end, unbuffered
  // Appends bytes [offset, offset + length) of `source`, in the kernel where it can. kProtocol if
  // the source ends before.
  virtual Result<void> copy_from(const ReadableFile& source, std::uint64_t offset,
                                 std::uint64_t length) = 0;
  virtual Result<void> sync() = 0;  // bytes and size survive a crash of the machine
};

// Errors name the path. Thread-safe.
class BulkFiles {
 public:
  virtual ~BulkFiles() = default;
  // Every name of a folder, in no order, "." and ".." left out.
  virtual Result<void> visit_folder(
      const std::string& path, const std::function<void(const VisitedEntry&)>& visit) const = 0;
  virtual Result<FileIdentity> identity(const std::string& path) const = 0;  // follows links
  virtual Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const = 0;
  // Creates the file, or empties it.
  virtual Result<std::unique_ptr<WritableFile>> create(const std::string& path) = 0;
  // Opens an existing file for appending after cutting it to its first `keep` bytes; kProtocol if
  // it has fewer.
  virtual Result<std::unique_ptr<WritableFile>> extend(const std::string& path,
                                                       std::uint64_t keep) = 0;
  // What is in this file, or the names in this folder, survive a crash of the machine.
  virtual Result<void> sync(const std::string& path) = 0;
  // I-5: renames a synced file over `to` and makes the name durable.
  virtual Result<void> publish(const std::string& from, const std::string& to) = 0;
};

}  // namespace batchmill

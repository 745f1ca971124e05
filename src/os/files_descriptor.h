#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "base/result.h"

namespace batchmill {

// Owns one file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// open(2) with O_CLOEXEC; the error names the path.
Result<Descriptor> open_descriptor(const std::string& path, int flags, unsigned mode = 0);
// All of `bytes`, at the descriptor's position. `path` is for the error.
Result<void> write_all(int fd, std::string_view bytes, const std::string& path);
// Copies `length` bytes from `offset` of one file to the position of another, in the kernel where
// the file systems can, else through memory. kProtocol when the source ends before.
Result<void> copy_bytes(int from, std::uint64_t offset, std::uint64_t length, int to,
                        const std::string& from_path, const std::string& to_path);
// Makes the names within a folder durable.
Result<void> sync_folder(const std::string& folder);
// "a/b" -> "a", "b" -> ".", "/b" -> "/".
std::string folder_of(const std::string& path);

}  // namespace batchmill

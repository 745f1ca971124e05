#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace batchmill {

// A memfd of board::kBoardBytes, mapped and formatted. The worker inherits the descriptor.
class BoardMemory {
 public:
  static Result<BoardMemory> create();
  BoardMemory(BoardMemory&& other) noexcept;
  BoardMemory& operator=(BoardMemory&&) = delete;
  ~BoardMemory();

  std::span<std::byte> bytes() const;
  int fd() const { return fd_; }
  void close_fd();  // the mapping stays

 private:
  BoardMemory(int fd, void* memory) : fd_(fd), memory_(memory) {}
  int fd_;
  void* memory_;
};

}  // namespace batchmill

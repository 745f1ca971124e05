#include "worker/board_memory.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "protocol/board_view.h"

namespace batchmill {

Result<BoardMemory> BoardMemory::create() {
  const int fd = ::memfd_create("batchmill-board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return tl::unexpected(error_from_errno(errno, "board of a worker"));
  void* memory = MAP_FAILED;
  // The seals keep a worker from shrinking the file, which would crash whoever reads the mapping.
  if (::ftruncate(fd, board::kBoardBytes) == 0 &&
      ::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) {
    memory = ::mmap(nullptr, board::kBoardBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  if (memory == MAP_FAILED) {
    const Error error = error_from_errno(errno, "board of a worker");
    ::close(fd);
    return tl::unexpected(error);
  }
  BoardMemory created(fd, memory);
  board::AgentView(created.bytes()).format();
  return created;
}

BoardMemory::BoardMemory(BoardMemory&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), memory_(std::exchange(other.memory_, nullptr)) {}

BoardMemory::~BoardMemory() {
  if (memory_ != nullptr) ::munmap(memory_, board::kBoardBytes);
  close_fd();
}

std::span<std::byte> BoardMemory::bytes() const {
  return {static_cast<std::byte*>(memory_), board::kBoardBytes};
}

void BoardMemory::close_fd() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace batchmill

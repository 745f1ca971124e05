#pragma once

#include <cstdint>

namespace batchmill {

// How much memory a process and what it started hold together.
class ProcessMemory {
 public:
  virtual ~ProcessMemory() = default;
  // Bytes of the process, its descendants, and what is left in its session, in RAM and in swap.
  // Pages of files do not count: the kernel can drop them. A page that several of these processes
  // share counts for each of them, but when that sum is above `exact_above`, once. 0 when the
  // process is gone. Thread-safe; takes less than a millisecond for a process without many threads.
  virtual std::uint64_t of_tree(int pid, std::uint64_t exact_above) = 0;
};

}  // namespace batchmill

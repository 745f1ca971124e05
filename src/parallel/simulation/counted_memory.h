#pragma once

#include <cstdint>

namespace batchmill::parallel::simulation {

// What this process asked of operator new so far. Counted for the whole test program, which has one
// thread.
struct CountedMemory {
  std::uint64_t allocations = 0;
  std::int64_t live = 0;  // bytes
  std::int64_t peak = 0;  // of `live`, since reset_peak_memory()
};

CountedMemory counted_memory();
void reset_peak_memory();

}  // namespace batchmill::parallel::simulation

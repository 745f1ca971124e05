#include "parallel/simulation/counted_memory.h"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

// Constant-initialised: memory is asked for before any constructor runs.
constinit batchmill::parallel::simulation::CountedMemory counted;

}  // namespace

// These replace what owns memory by what counts it.
// NOLINTBEGIN(cppcoreguidelines-owning-memory)
void* operator new(std::size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr) std::abort();
  ++counted.allocations;
  counted.live += static_cast<std::int64_t>(malloc_usable_size(block));
  if (counted.live > counted.peak) counted.peak = counted.live;
  return block;
}

void operator delete(void* block) noexcept {
  counted.live -= static_cast<std::int64_t>(malloc_usable_size(block));
  std::free(block);
}

void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
// NOLINTEND(cppcoreguidelines-owning-memory)

namespace batchmill::parallel::simulation {

CountedMemory counted_memory() { return counted; }
void reset_peak_memory() { counted.peak = counted.live; }

}  // namespace batchmill::parallel::simulation

#pragma once

#include <cstdint>
#include <memory>

namespace batchmill {

// A core of this machine, held as long as this object or the process.
class CoreSlot {
 public:
  virtual ~CoreSlot() = default;
};

// The cores that all jobs of one user share on this machine (design.md section 7).
class CoreSlots {
 public:
  virtual ~CoreSlots() = default;
  // Null when all are taken; ask again later.
  virtual std::unique_ptr<CoreSlot> try_acquire() = 0;
  virtual std::uint32_t usable_cores() const = 0;  // at least 1
};

}  // namespace batchmill

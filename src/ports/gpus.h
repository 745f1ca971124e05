#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace batchmill {

// What one GPU of this machine does now. Absent figures: the driver does not tell them.
struct GpuReading {
  std::uint32_t index = 0;  // as in CUDA_VISIBLE_DEVICES
  std::optional<std::uint32_t> utilization_percent;
  std::optional<std::uint64_t> memory_used_mib;
  std::optional<std::uint64_t> memory_total_mib;
  bool operator==(const GpuReading&) const = default;
};

// The GPUs of this machine (parallel-job.md 4.6). Asks anew, blocks for at most 10 s; from
// any thread. Where GPUs cannot be seen there are none.
class Gpus {
 public:
  virtual ~Gpus() = default;
  virtual std::vector<GpuReading> read() = 0;
};

}  // namespace batchmill

#include "agent/gpu_shares.h"

namespace batchmill::agent {

std::unique_ptr<GpuShares::Held> GpuShares::take_lowest(std::span<const std::uint32_t> offered) {
  std::optional<std::uint32_t> lowest;
  for (const std::uint32_t index : offered) {
    if (!taken_->contains(index) && (!lowest || index < *lowest)) lowest = index;
  }
  return lowest ? std::make_unique<Held>(taken_, *lowest) : nullptr;
}

}  // namespace batchmill::agent

#include "parallel/held_leases.h"

namespace batchmill::parallel {
namespace {

bool holds(const HeldLeases::Range& range, const AttemptId& id) {
  const LeaseRange& lease = range.lease;
  return range.epoch == id.epoch && lease.attempt == id.number && lease.part == id.part &&
         id.mini_batch.value >= lease.first.value &&
         id.mini_batch.value - lease.first.value < lease.count;
}

bool is_retry(std::uint16_t number, const ItemRange& part) {
  return number > 1 || !part.is_whole();
}

}  // namespace

void HeldLeases::add(const LeaseRange& lease, Epoch epoch) {
  if (lease.count == 0) return;
  ranges_.push_back({lease, epoch});
  size_ += lease.count;
  if (is_retry(lease.attempt, lease.part)) retries_ += lease.count;
}

bool HeldLeases::remove(const AttemptId& id) {
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    if (!holds(ranges_[i], id)) continue;
    --size_;
    if (is_retry(id.number, id.part)) --retries_;
    LeaseRange& lease = ranges_[i].lease;
    const auto before = static_cast<std::uint32_t>(id.mini_batch.value - lease.first.value);
    const std::uint32_t after = lease.count - before - 1;
    if (before == 0) {
      ++lease.first.value;
      --lease.count;
    } else {
      lease.count = before;
      if (after > 0) {
        const Range rest{{MiniBatchId{id.mini_batch.value + 1}, after, lease.attempt, {}},
                         ranges_[i].epoch};
        ranges_.insert(ranges_.begin() + static_cast<std::ptrdiff_t>(i) + 1, rest);
      }
    }
    if (ranges_[i].lease.count == 0) {
      ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return true;
  }
  return false;
}

std::optional<AttemptId> HeldLeases::oldest() const {
  if (ranges_.empty()) return std::nullopt;
  const Range& range = ranges_.front();
  return attempt_in(range.lease, 0, range.epoch);
}

}  // namespace batchmill::parallel

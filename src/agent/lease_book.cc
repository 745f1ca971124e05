#include "agent/lease_book.h"

namespace batchmill::agent {

void append_lease(std::vector<HeldRange>& ranges, const HeldLease& lease) {
  if (!ranges.empty()) {
    HeldRange& last = ranges.back();
    if (last.part.is_whole() && lease.part.is_whole() && last.epoch == lease.epoch &&
        last.attempt == lease.attempt && last.first.value + last.count == lease.mini_batch.value) {
      ++last.count;
      return;
    }
  }
  ranges.push_back({lease.mini_batch, 1, lease.attempt, lease.epoch, lease.part});
}

void LeaseBook::hand_over(const HeldRange& range) {
  for (std::uint32_t i = 0; i < range.count; ++i) {
    entries_.push_back(
        {{MiniBatchId{range.first.value + i}, range.attempt, range.epoch, range.part}});
  }
  next_ticket_ += range.count;
  held_ += range.count;
}

const HeldLease* LeaseBook::find(std::uint64_t ticket) const {
  if (ticket < first_ticket() || ticket >= next_ticket_) return nullptr;
  const Entry& entry = entries_[ticket - first_ticket()];
  return entry.held ? &entry.lease : nullptr;
}

std::optional<HeldLease> LeaseBook::finish(std::uint64_t ticket) {
  const HeldLease* found = find(ticket);
  if (found == nullptr) return std::nullopt;
  const HeldLease lease = *found;
  entries_[ticket - first_ticket()].held = false;
  --held_;
  drop_ended();
  return lease;
}

std::uint64_t LeaseBook::ticket_keeping(std::uint32_t keep) const {
  std::uint64_t ticket = first_ticket();
  for (const Entry& entry : entries_) {
    if (entry.held && keep-- == 0) return ticket - 1;
    ++ticket;
  }
  return last_ticket();
}

std::vector<HeldRange> LeaseBook::give_back_above(std::uint64_t ticket) {
  std::vector<HeldRange> returned;
  for (std::uint64_t t = std::max(first_ticket(), ticket + 1); t < next_ticket_; ++t) {
    Entry& entry = entries_[t - first_ticket()];
    if (!entry.held) continue;
    append_lease(returned, entry.lease);
    entry.held = false;
    --held_;
  }
  drop_ended();
  return returned;
}

std::vector<HeldRange> LeaseBook::ranges() const {
  std::vector<HeldRange> all;
  for (const Entry& entry : entries_) {
    if (entry.held) append_lease(all, entry.lease);
  }
  return all;
}

void LeaseBook::drop_ended() {
  while (!entries_.empty() && !entries_.front().held) entries_.pop_front();
}

}  // namespace batchmill::agent

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "model/attempt.h"
#include "model/ids.h"

namespace batchmill::agent {

// A mini-batch, or a part of one, as it was leased.
struct HeldLease {
  MiniBatchId mini_batch;
  std::uint16_t attempt = 1;
  Epoch epoch;
  ItemRange part;
  bool operator==(const HeldLease&) const = default;
};

// Consecutive mini-batches with the same attempt and epoch; a part of one is alone (count 1).
struct HeldRange {
  MiniBatchId first;
  std::uint32_t count = 0;
  std::uint16_t attempt = 1;
  Epoch epoch;
  ItemRange part;
  bool operator==(const HeldRange&) const = default;
};

// Joins neighbours that are whole mini-batches, keeping the order.
void append_lease(std::vector<HeldRange>& ranges, const HeldLease& lease);

// Which ticket of one worker stands for which mini-batch (docs/formats/worker-protocol.md). A
// ticket is held from the moment it is sent until it has finished or was given back; a result for
// one that is no longer held counts for nothing. Pure; every call costs O(1) per lease that it
// touches.
class LeaseBook {
 public:
  void hand_over(const HeldRange& range);  // the next tickets
  std::uint64_t first_ticket() const {
    return next_ticket_ - entries_.size();
  }  // none before is held
  std::uint64_t last_ticket() const { return next_ticket_ - 1; }
  std::uint32_t held() const { return held_; }

  const HeldLease* find(std::uint64_t ticket) const;  // null when it is not held
  // Ends a held ticket; nothing when it is not held.
  std::optional<HeldLease> finish(std::uint64_t ticket);
  // The highest ticket with at most `keep` held ones up to it.
  std::uint64_t ticket_keeping(std::uint32_t keep) const;
  // Ends every held ticket above `ticket`, in order.
  std::vector<HeldRange> give_back_above(std::uint64_t ticket);
  std::vector<HeldRange> ranges() const;  // all that is held, in order

 private:
  struct Entry {
    HeldLease lease;
    bool held = true;
  };
  void drop_ended();

  std::deque<Entry> entries_;
  std::uint64_t next_ticket_ = 1;
  std::uint32_t held_ = 0;
};

}  // namespace batchmill::agent

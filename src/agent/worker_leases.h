#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "agent/lease_book.h"
#include "base/time.h"
#include "protocol/board_view.h"

namespace batchmill::agent {

// The leases of one worker and its board's ticket limit: handing over, taking back, and waiting
// until the worker has dropped what was taken back (docs/formats/worker-protocol.md). A lease is
// either held by the worker or waits here; a worker that was told to drop tickets gets no new ones
// until it has passed the last that it was sent.
//
// A worker looks at the limit, then raises `started`, so one that is between the two when the limit
// falls may still start a ticket above it. Taking back therefore waits for kSettling; should the
// worker have stood still there even longer, the mini-batch runs twice and this result is dropped.
class WorkerLeases {
 public:
  static constexpr Duration kSettling = std::chrono::milliseconds(2);

  void attach(board::AgentView view) { view_ = view; }  // before the first next_to_send()
  void add(const HeldRange& range) { waiting_.push_back(range); }
  // Ranges to send to the worker now; they get the next tickets and the limit lets them start.
  std::vector<HeldRange> next_to_send();
  // Takes back the newest until at most `keep` remain. What waits here comes back at once, the rest
  // from settle().
  std::vector<HeldRange> revoke(std::uint32_t keep, TimePoint now);
  std::vector<HeldRange> settle(TimePoint now);
  bool is_settling() const { return settle_at_.has_value(); }
  // The worker still has to pass tickets that were taken back.
  bool is_blocked();
  std::vector<HeldRange> give_back_all();

  std::optional<HeldLease> finish(std::uint64_t ticket) { return book_.finish(ticket); }
  const HeldLease* find(std::uint64_t ticket) const { return book_.find(ticket); }
  // The tickets whose loading has begun and that are still held, oldest first. Of many quick
  // mini-batches also those that have ended but were not published yet.
  std::vector<std::uint64_t> started();
  std::uint64_t first_ticket() const { return book_.first_ticket(); }
  std::uint64_t last_ticket() const { return book_.last_ticket(); }
  std::uint32_t held() const { return book_.held(); }  // by the worker
  std::uint32_t total() const;                         // and waiting here
  std::vector<HeldRange> ranges() const;
  bool holds(MiniBatchId mini_batch, const ItemRange& part) const;  // just that part

 private:
  std::optional<board::AgentView> view_;
  LeaseBook book_;
  std::deque<HeldRange> waiting_;
  std::uint64_t limit_ = 0;
  std::optional<TimePoint> settle_at_;
};

}  // namespace batchmill::agent

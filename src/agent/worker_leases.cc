#include "agent/worker_leases.h"

#include <algorithm>
#include <iterator>

namespace batchmill::agent {

std::vector<HeldRange> WorkerLeases::next_to_send() {
  if (waiting_.empty() || !view_ || is_settling() || is_blocked()) return {};
  std::vector<HeldRange> ranges(waiting_.begin(), waiting_.end());
  waiting_.clear();
  for (const HeldRange& range : ranges) book_.hand_over(range);
  limit_ = book_.last_ticket();
  view_->set_ticket_limit(limit_);
  return ranges;
}

bool WorkerLeases::is_blocked() {
  if (limit_ == book_.last_ticket()) return false;
  return std::max(view_->started(), view_->refused()) < book_.last_ticket();
}

std::vector<HeldRange> WorkerLeases::revoke(std::uint32_t keep, TimePoint now) {
  std::deque<HeldRange> newest;
  std::uint32_t excess = total() > keep ? total() - keep : 0;
  while (excess > 0 && !waiting_.empty()) {
    HeldRange& last = waiting_.back();
    const std::uint32_t count = std::min(excess, last.count);
    last.count -= count;
    excess -= count;
    newest.push_front(
        {MiniBatchId{last.first.value + last.count}, count, last.attempt, last.epoch, last.part});
    if (last.count == 0) waiting_.pop_back();
  }
  std::vector<HeldRange> returned(newest.begin(), newest.end());
  if (excess == 0) return returned;
  const std::uint64_t limit = book_.ticket_keeping(keep);
  if (limit < limit_) {
    limit_ = limit;
    view_->set_ticket_limit(limit_);
  }
  settle_at_ = now + kSettling;
  return returned;
}

std::vector<HeldRange> WorkerLeases::settle(TimePoint now) {
  if (!settle_at_ || now < *settle_at_) return {};
  settle_at_.reset();
  return book_.give_back_above(std::max(limit_, view_->started()));
}

std::vector<HeldRange> WorkerLeases::give_back_all() {
  std::vector<HeldRange> all = book_.give_back_above(0);
  std::move(waiting_.begin(), waiting_.end(), std::back_inserter(all));
  waiting_.clear();
  return all;
}

std::vector<std::uint64_t> WorkerLeases::started() {
  std::vector<std::uint64_t> tickets;
  const std::uint64_t last = std::min(view_->started(), book_.last_ticket());
  for (std::uint64_t ticket = book_.first_ticket(); ticket <= last; ++ticket) {
    if (book_.find(ticket) != nullptr) tickets.push_back(ticket);
  }
  return tickets;
}

std::uint32_t WorkerLeases::total() const {
  std::uint32_t count = book_.held();
  for (const HeldRange& range : waiting_) count += range.count;
  return count;
}

std::vector<HeldRange> WorkerLeases::ranges() const {
  std::vector<HeldRange> all = book_.ranges();
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  return all;
}

bool WorkerLeases::holds(MiniBatchId mini_batch, const ItemRange& part) const {
  const std::vector<HeldRange> all = ranges();
  return std::any_of(all.begin(), all.end(), [&](const HeldRange& range) {
    return range.part == part && range.first <= mini_batch &&
           mini_batch.value < range.first.value + range.count;
  });
}

}  // namespace batchmill::agent

#include "parallel/retry_queue.h"

#include <algorithm>

namespace batchmill::parallel {
namespace {

// Looking further would make a lease cost what the queue is long; all entries stop avoiding within
// a second anyway.
constexpr std::size_t kLookAhead = 16;

bool later(const Retry& a, const Retry& b) { return a.not_before > b.not_before; }

}  // namespace

void RetryQueue::add(const Retry& retry, TimePoint now) {
  if (retry.not_before <= now) {
    ready_.push_back(retry);
    return;
  }
  delayed_.push_back(retry);
  std::push_heap(delayed_.begin(), delayed_.end(), later);
}

bool RetryQueue::wake(TimePoint now) {
  bool any = false;
  while (!delayed_.empty() && delayed_.front().not_before <= now) {
    std::pop_heap(delayed_.begin(), delayed_.end(), later);
    ready_.push_back(delayed_.back());
    delayed_.pop_back();
    any = true;
  }
  return any;
}

std::optional<Retry> RetryQueue::take(WorkerId worker, bool others_than_worker,
                                      bool others_than_node, TimePoint now) {
  const std::size_t end = std::min(ready_.size(), kLookAhead);
  for (std::size_t i = 0; i < end; ++i) {
    const Retry& retry = ready_[i];
    const bool others = retry.avoid_node ? others_than_node : others_than_worker;
    if (now < retry.avoid_until && others && retry.avoids(worker)) continue;
    Retry taken = retry;
    ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(i));
    return taken;
  }
  return std::nullopt;
}

TimePoint RetryQueue::next_wake() const {
  return delayed_.empty() ? kNever : delayed_.front().not_before;
}

TimePoint RetryQueue::next_release(TimePoint now) const {
  TimePoint next = kNever;
  const std::size_t end = std::min(ready_.size(), kLookAhead);
  for (std::size_t i = 0; i < end; ++i) {
    if (ready_[i].avoid_until > now) next = std::min(next, ready_[i].avoid_until);
  }
  return next;
}

}  // namespace batchmill::parallel

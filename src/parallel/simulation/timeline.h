#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "base/time.h"

namespace batchmill::parallel::simulation {

// Virtual time: things to do, in order of their time, ties in order of arrival.
class Timeline {
 public:
  TimePoint now() const { return now_; }
  void at(TimePoint when, std::function<void()> action) {
    queue_.push({when < now_ ? now_ : when, next_++, std::move(action)});
  }
  void after(Duration delay, std::function<void()> action) { at(now_ + delay, std::move(action)); }
  // Does the next thing; false when there is none.
  bool step() {
    if (queue_.empty()) return false;
    Entry entry = std::move(const_cast<Entry&>(queue_.top()));
    queue_.pop();
    now_ = entry.when;
    entry.action();
    return true;
  }

 private:
  struct Entry {
    TimePoint when;
    std::uint64_t order;
    std::function<void()> action;
    bool operator<(const Entry& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };
  std::priority_queue<Entry> queue_;
  std::uint64_t next_ = 0;
  TimePoint now_{std::chrono::hours(1)};
};

}  // namespace batchmill::parallel::simulation

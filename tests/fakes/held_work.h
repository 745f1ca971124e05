#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "ports/background.h"

namespace batchmill::fakes {

// Work beside the loop that waits until the test lets it be done.
class HeldWork : public Background {
 public:
  void run(std::function<void()> work) override { waiting_.push_back(std::move(work)); }
  std::size_t waiting() const { return waiting_.size(); }
  void do_one() {
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    work();
  }

 private:
  std::deque<std::function<void()>> waiting_;
};

}  // namespace batchmill::fakes

#include "agent/core_queue.h"

#include <utility>

namespace batchmill::agent {

namespace {

constexpr Duration kRound = std::chrono::milliseconds(200);

}  // namespace

void CoreQueue::request(std::uint64_t id, Grant grant) {
  waiting_.push_back({id, std::move(grant)});
  look_again();
}

void CoreQueue::withdraw(std::uint64_t id) {
  std::erase_if(waiting_, [id](const Waiting& waiting) { return waiting.id == id; });
}

void CoreQueue::look_again() {
  if (!waiting_.empty()) look_at(loop_.now());
}

void CoreQueue::look_at(TimePoint when) {
  loop_.cancel(timer_);
  timer_ = loop_.call_at(when, [this] { serve(); });
}

void CoreQueue::serve() {
  while (!waiting_.empty()) {
    auto slot = slots_.try_acquire();
    if (!slot) return look_at(loop_.now() + kRound);
    const Grant grant = std::move(waiting_.front().grant);
    waiting_.pop_front();
    grant(std::move(slot));
  }
}

}  // namespace batchmill::agent

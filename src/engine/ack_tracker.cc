#include "engine/ack_tracker.h"

#include <limits>

namespace batchmill::engine {

void AckTracker::arrived(std::uint64_t sequence) { arrived(sequence, "", 0); }

void AckTracker::arrived(std::uint64_t sequence, const std::string& step, std::uint64_t group) {
  if (sequence == 0) return;
  last_seen_ = sequence;
  waiting_.push_back({sequence, step, group});
  advance();
}

void AckTracker::taken_up(std::uint64_t sequence, std::uint64_t group) {
  for (Waiting& each : waiting_) {
    if (each.sequence == sequence) each.group = group;
  }
  advance();
}

void AckTracker::committed(const std::string& step, std::uint64_t group) {
  committed_[step] = group;
  advance();
}

void AckTracker::step_over(const std::string& step) {
  committed_[step] = std::numeric_limits<std::uint64_t>::max();
  advance();
}

void AckTracker::advance() {
  while (!waiting_.empty()) {
    const Waiting& front = waiting_.front();
    if (front.group != 0) {
      const auto done = committed_.find(front.step);
      if (done == committed_.end() || done->second < front.group) return;
    }
    ready_ = front.sequence;
    waiting_.pop_front();
  }
}

std::optional<std::uint64_t> AckTracker::take() {
  if (ready_ == taken_) return std::nullopt;
  taken_ = ready_;
  return taken_;
}

}  // namespace batchmill::engine

#include "agent/poll_pace.h"

namespace batchmill::agent {

namespace {

constexpr Duration kStreamingWait = std::chrono::milliseconds(2);
constexpr Duration kSlowWait = std::chrono::milliseconds(100);
constexpr Duration kWindow = std::chrono::milliseconds(2);
// Below this distance of results a wake-up each would cost more than looking.
constexpr Duration kQuick = std::chrono::milliseconds(1);

}  // namespace

void PollPace::note(std::uint32_t results, std::uint32_t held, TimePoint now) {
  window_results_ += results;
  const Duration elapsed = now - window_start_;
  if (elapsed >= kWindow) {
    streaming_ = window_results_ >= 2 && elapsed <= kQuick * window_results_;
    window_start_ = now;
    window_results_ = 0;
  }
  // A worker that may run dry before the next look says so itself.
  wake_wanted_ = !streaming_ || held <= results;
}

Duration PollPace::wait() const { return streaming_ ? kStreamingWait : kSlowWait; }

}  // namespace batchmill::agent

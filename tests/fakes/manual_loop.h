#pragma once

#include <deque>
#include <functional>
#include <map>
#include <utility>

#include "ports/loop.h"

namespace batchmill::fakes {

// A loop whose time only moves when a test moves it. Handlers run inside advance() and settle().
class ManualLoop : public Loop {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override {
    return {1'768'209'220'000'000 +
            std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch()).count()};
  }
  void post(std::function<void()> handler) override { posted_.push_back(std::move(handler)); }
  Timer call_at(TimePoint when, std::function<void()> handler) override {
    const Timer timer = ++last_timer_;
    timers_[{when, timer}] = std::move(handler);
    return timer;
  }
  void cancel(Timer timer) override {
    std::erase_if(timers_, [timer](const auto& entry) { return entry.first.second == timer; });
  }
  Watch watch_readable(int, std::function<void()>) override { return 1; }
  void unwatch(Watch) override {}
  void run() override {}
  void stop() override { stopped_ = true; }

  bool stopped() const { return stopped_; }
  // Runs what is posted and what is due, without moving time.
  void settle() {
    for (;;) {
      if (!posted_.empty()) {
        auto handler = std::move(posted_.front());
        posted_.pop_front();
        handler();
      } else if (!timers_.empty() && timers_.begin()->first.first <= now_) {
        auto handler = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        handler();
      } else {
        return;
      }
    }
  }
  // Moves time, running each timer at its own moment.
  void advance(Duration by) {
    const TimePoint until = now_ + by;
    settle();
    while (!timers_.empty() && timers_.begin()->first.first <= until) {
      now_ = timers_.begin()->first.first;
      settle();
    }
    now_ = until;
    settle();
  }

 private:
  TimePoint now_{std::chrono::hours(1)};
  std::deque<std::function<void()>> posted_;
  std::map<std::pair<TimePoint, Timer>, std::function<void()>> timers_;
  Timer last_timer_ = 0;
  bool stopped_ = false;
};

}  // namespace batchmill::fakes

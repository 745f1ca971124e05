#pragma once

#include <cstdint>
#include <functional>

#include "base/time.h"
#include "ports/clock.h"

namespace batchmill {

// The one event loop of a process. All calls except post() happen on the loop's own thread;
// handlers run there one after the other, never inside a call to the loop.
class Loop : public Clock {
 public:
  using Timer = std::uint64_t;  // 0 is no timer
  using Watch = std::uint64_t;

  virtual void post(std::function<void()> handler) = 0;  // from any thread
  virtual Timer call_at(TimePoint when, std::function<void()> handler) = 0;
  virtual void cancel(Timer timer) = 0;  // a fired or unknown timer is ignored
  // Calls `handler` each time `fd` is readable (or at its end) until unwatched. The fd stays the
  // caller's; unwatch before closing it.
  virtual Watch watch_readable(int fd, std::function<void()> handler) = 0;
  virtual void unwatch(Watch watch) = 0;
  virtual void run() = 0;  // returns after stop()
  virtual void stop() = 0;
};

}  // namespace batchmill

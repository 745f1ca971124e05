#include "os/asio_loop.h"

#include <chrono>
#include <unordered_map>
#include <utility>

#include <boost/asio.hpp>

#include "os/system_clock.h"

namespace batchmill {

namespace asio = boost::asio;

namespace {

// Asio's steady clock is CLOCK_MONOTONIC with the same origin as TimePoint.
std::chrono::steady_clock::time_point to_steady(TimePoint when) {
  return std::chrono::steady_clock::time_point(when.time_since_epoch());
}

}  // namespace

struct AsioLoop::State {
  struct Watched {
    Watched(asio::io_context& context, int fd) : descriptor(context, fd) {}
    // The fd stays its owner's.
    ~Watched() { descriptor.release(); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    asio::posix::stream_descriptor descriptor;
    std::function<void()> handler;
  };

  void wait(Watch id, const std::shared_ptr<Watched>& watched) {
    watched->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                   [this, id, watched](const boost::system::error_code& error) {
                                     if (error || !watches.contains(id)) return;
                                     watched->handler();
                                     if (watches.contains(id)) wait(id, watched);
                                   });
  }

  SystemClock clock;
  asio::io_context context{1};
  std::uint64_t next_id = 1;
  std::unordered_map<Timer, std::unique_ptr<asio::steady_timer>> timers;
  std::unordered_map<Watch, std::shared_ptr<Watched>> watches;
};

AsioLoop::AsioLoop() : state_(std::make_unique<State>()) {}
AsioLoop::~AsioLoop() = default;

TimePoint AsioLoop::now() const { return state_->clock.now(); }
WallTime AsioLoop::wall_now() const { return state_->clock.wall_now(); }

void AsioLoop::post(std::function<void()> handler) {
  asio::post(state_->context, std::move(handler));
}

Loop::Timer AsioLoop::call_at(TimePoint when, std::function<void()> handler) {
  const Timer id = state_->next_id++;
  if (when == kNever) return id;
  auto timer = std::make_unique<asio::steady_timer>(state_->context, to_steady(when));
  timer->async_wait([state = state_.get(), id,
                     call = std::move(handler)](const boost::system::error_code& error) {
    // A timer that had fired when it was cancelled is queued without an error: ask the table.
    if (error || state->timers.erase(id) == 0) return;
    call();
  });
  state_->timers.emplace(id, std::move(timer));
  return id;
}

void AsioLoop::cancel(Timer timer) { state_->timers.erase(timer); }

Loop::Watch AsioLoop::watch_readable(int fd, std::function<void()> handler) {
  const Watch id = state_->next_id++;
  auto watched = std::make_shared<State::Watched>(state_->context, fd);
  watched->handler = std::move(handler);
  state_->watches.emplace(id, watched);
  state_->wait(id, watched);
  return id;
}

void AsioLoop::unwatch(Watch watch) {
  const auto found = state_->watches.find(watch);
  if (found == state_->watches.end()) return;
  found->second->descriptor.release();
  state_->watches.erase(found);
}

void AsioLoop::run() {
  {
    const auto guard = asio::make_work_guard(state_->context);
    state_->context.run();
  }
  state_->context.restart();
}

void AsioLoop::stop() { state_->context.stop(); }

asio::io_context& AsioLoop::context() { return state_->context; }

}  // namespace batchmill

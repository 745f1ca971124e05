#pragma once

#include <memory>

#include "ports/loop.h"

namespace boost::asio {
class io_context;
}

namespace batchmill {

// The event loop of a process over Boost.Asio. Creating it starts no thread; fork before run() is
// the caller's risk (the spawner is forked before the loop exists).
class AsioLoop : public Loop {
 public:
  AsioLoop();
  ~AsioLoop() override;
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  TimePoint now() const override;
  WallTime wall_now() const override;
  void post(std::function<void()> handler) override;
  Timer call_at(TimePoint when, std::function<void()> handler) override;
  void cancel(Timer timer) override;
  Watch watch_readable(int fd, std::function<void()> handler) override;
  void unwatch(Watch watch) override;
  void run() override;
  void stop() override;

  // For adapters that do their own asynchronous I/O (compute/asio_channel.h).
  boost::asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace batchmill

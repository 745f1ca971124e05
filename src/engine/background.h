#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "ports/loop.h"

namespace batchmill::engine {

// One thread that runs blocking work in order (ledger writes, listing, merging) and posts what
// follows to the loop. The destructor drops what has not begun and waits for what has.
class Background {
 public:
  explicit Background(Loop& loop);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // `work` runs on the thread; the function that it returns runs on the loop.
  void run(std::function<std::function<void()>()> work);

 private:
  void serve();

  Loop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<std::function<void()>()>> queue_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace batchmill::engine

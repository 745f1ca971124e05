#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "ports/loop.h"

namespace batchmill::engine {

// One thread that runs blocking work in order (ledger writes, listing, merging) and posts what
// follows to the loop. The destructor, called on the loop's thread, drops what has not begun, waits
// for what has, and drops what was posted but not run: nothing of it happens afterwards.
class Background {
 public:
  explicit Background(Loop& loop);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // `work` runs on the thread; the function that it returns runs on the loop.
  void run(std::function<std::function<void()>()> work);
  // For work that has something to say before it ends.
  void post(std::function<void()> handler);

 private:
  void serve();

  Loop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<std::function<void()>()>> queue_;
  bool ending_ = false;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  std::thread thread_;
};

}  // namespace batchmill::engine

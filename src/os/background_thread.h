#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "ports/background.h"

namespace batchmill {

// Background with a thread of its own, which starts with the first work. The end of this object
// waits for the work in progress and drops what has not begun.
class BackgroundThread final : public Background {
 public:
  BackgroundThread() = default;
  ~BackgroundThread() override;
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

  void run(std::function<void()> work) override;

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace batchmill

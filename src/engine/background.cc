#include "engine/background.h"

#include <utility>

namespace batchmill::engine {

Background::Background(Loop& loop) : loop_(loop), thread_([this] { serve(); }) {}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    queue_.clear();
  }
  changed_.notify_one();
  thread_.join();
}

void Background::run(std::function<std::function<void()>()> work) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void Background::post(std::function<void()> handler) {
  loop_.post([alive = std::weak_ptr(alive_), handler = std::move(handler)] {
    if (!alive.expired()) handler();
  });
}

void Background::serve() {
  for (;;) {
    std::function<std::function<void()>()> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (ending_) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    post(work());
  }
}

}  // namespace batchmill::engine

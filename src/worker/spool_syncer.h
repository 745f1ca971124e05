#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>

#include "ports/loop.h"
#include "ports/spool_sync.h"

namespace batchmill {

// Syncs spools on one thread of its own, in the order asked for. Create it after the spawner was
// forked. The loop must outlive it; answers that come after its end are dropped.
class SpoolSyncer : public SpoolSync {
 public:
  explicit SpoolSyncer(Loop& loop);
  ~SpoolSyncer() override;  // finishes what was asked for

  void sync(const std::string& path, std::function<void(Result<void>)> done) override;

 private:
  struct Request {
    std::string path;
    std::function<void(Result<void>)> done;
  };
  void serve();
  Result<void> sync_now(const std::string& path);

  Loop& loop_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<Request> requests_;
  bool ending_ = false;
  std::unordered_set<std::string> named_;  // files whose folder was synced; the thread's own
  std::thread thread_;
};

}  // namespace batchmill

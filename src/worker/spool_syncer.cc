#include "worker/spool_syncer.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace batchmill {

namespace {

Result<void> sync_path(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(error_from_errno(errno, path));
  const int failed = ::fdatasync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (failed != 0) return tl::unexpected(error_from_errno(failed, path));
  return {};
}

}  // namespace

SpoolSyncer::SpoolSyncer(Loop& loop) : loop_(loop), thread_([this] { serve(); }) {}

SpoolSyncer::~SpoolSyncer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wanted_.notify_one();
  thread_.join();
}

void SpoolSyncer::sync(const std::string& path, std::function<void(Result<void>)> done) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back({path, std::move(done)});
  }
  wanted_.notify_one();
}

void SpoolSyncer::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [this] { return ending_ || !requests_.empty(); });
    if (requests_.empty()) return;
    Request request = std::move(requests_.front());
    requests_.pop_front();
    lock.unlock();
    loop_.post([done = std::move(request.done), result = sync_now(request.path)] { done(result); });
    lock.lock();
  }
}

Result<void> SpoolSyncer::sync_now(const std::string& path) {
  BM_TRY(sync_path(path, O_RDONLY));
  if (!named_.contains(path)) {
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    BM_TRY(sync_path(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY));
    named_.insert(path);
  }
  return {};
}

}  // namespace batchmill

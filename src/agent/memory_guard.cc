#include "agent/memory_guard.h"

#include <utility>

namespace batchmill::agent {

MemoryGuard::~MemoryGuard() {
  *self_ = nullptr;
  loop_.cancel(timer_);
}

void MemoryGuard::watch(int pid, std::uint64_t limit, Over over) {
  watched_[pid] = {limit, std::move(over)};
  if (!looking_) look_later();
}

void MemoryGuard::forget(int pid) { watched_.erase(pid); }

void MemoryGuard::look_later() {
  looking_ = !watched_.empty();
  if (looking_) timer_ = loop_.call_at(loop_.now() + kPeriod, [this] { look(); });
}

void MemoryGuard::look() {
  std::map<int, std::uint64_t> limits;
  for (const auto& [pid, watched] : watched_) limits[pid] = watched.limit;
  background_.run([&loop = loop_, &memory = memory_, self = self_, limits = std::move(limits)] {
    std::map<int, std::uint64_t> held;
    for (const auto& [pid, limit] : limits) held[pid] = memory.of_tree(pid, limit);
    loop.post([self, held = std::move(held)] {
      if (*self != nullptr) (*self)->judge(held);
    });
  });
}

void MemoryGuard::judge(const std::map<int, std::uint64_t>& held) {
  for (const auto& [pid, bytes] : held) {
    const auto found = watched_.find(pid);
    if (found == watched_.end() || bytes <= found->second.limit) continue;
    const Over over = std::move(found->second.over);
    watched_.erase(found);
    over(bytes);
  }
  look_later();
}

}  // namespace batchmill::agent

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "ports/background.h"
#include "ports/loop.h"
#include "ports/process_memory.h"

namespace batchmill::agent {

// Looks every 100 ms at the memory of the processes that have a limit (ports/process_memory.h says
// what counts), beside the loop. Costs nothing while no process has one. A process that grows
// faster than that may be above its limit for as long.
class MemoryGuard {
 public:
  static constexpr Duration kPeriod = std::chrono::milliseconds(100);
  using Over = std::function<void(std::uint64_t bytes)>;

  MemoryGuard(Loop& loop, Background& background, ProcessMemory& memory)
      : loop_(loop), background_(background), memory_(memory) {}
  ~MemoryGuard();
  MemoryGuard(const MemoryGuard&) = delete;
  MemoryGuard& operator=(const MemoryGuard&) = delete;

  // Calls `over` once, when `pid` and what it started hold more than `limit` bytes.
  void watch(int pid, std::uint64_t limit, Over over);
  void forget(int pid);

 private:
  struct Watched {
    std::uint64_t limit = 0;
    Over over;
  };
  void look_later();
  void look();
  void judge(const std::map<int, std::uint64_t>& held);

  Loop& loop_;
  Background& background_;
  ProcessMemory& memory_;
  std::map<int, Watched> watched_;
  Loop::Timer timer_ = 0;
  bool looking_ = false;  // a timer runs, or a look is under way
  std::shared_ptr<MemoryGuard*> self_ = std::make_shared<MemoryGuard*>(this);
};

}  // namespace batchmill::agent

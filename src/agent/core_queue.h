#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "ports/core_slots.h"
#include "ports/loop.h"

namespace batchmill::agent {

// Who of this agent waits for a core of the machine, first come, first served. Other agents take
// from the same slots, so a waiting queue asks again five times a second.
class CoreQueue {
 public:
  using Grant = std::function<void(std::unique_ptr<CoreSlot>)>;

  CoreQueue(Loop& loop, CoreSlots& slots) : loop_(loop), slots_(slots) {}
  ~CoreQueue() { loop_.cancel(timer_); }
  CoreQueue(const CoreQueue&) = delete;
  CoreQueue& operator=(const CoreQueue&) = delete;

  // `grant` is called later, never from here.
  void request(std::uint64_t id, Grant grant);
  void withdraw(std::uint64_t id);
  // A slot was given back here: no need to wait for the next round.
  void look_again();
  std::uint32_t usable_cores() const { return slots_.usable_cores(); }

 private:
  struct Waiting {
    std::uint64_t id;
    Grant grant;
  };
  void look_at(TimePoint when);
  void serve();

  Loop& loop_;
  CoreSlots& slots_;
  std::deque<Waiting> waiting_;
  Loop::Timer timer_ = 0;
};

}  // namespace batchmill::agent

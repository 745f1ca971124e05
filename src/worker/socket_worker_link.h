#pragma once

#include "ports/loop.h"
#include "ports/worker_link.h"

namespace batchmill {

// Worker links over a socketpair and a memfd of this machine.
class SocketWorkerLinks : public WorkerLinks {
 public:
  explicit SocketWorkerLinks(Loop& loop) : loop_(loop) {}
  Result<std::unique_ptr<WorkerLink>> open() override;

 private:
  Loop& loop_;
};

}  // namespace batchmill

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace batchmill {

// The agent's end of one worker: messages over a socketpair and the shared board
// (docs/formats/worker-protocol.md, worker-board.md). Handlers run on the loop's thread.
class WorkerLink {
 public:
  struct Handlers {
    std::function<void(std::string&& json)> on_message;
    std::function<void()> on_wake;
    std::function<void(Error)> on_closed;  // once: end of the stream, or a frame that breaks it
  };
  virtual ~WorkerLink() = default;
  virtual void start(Handlers handlers) = 0;
  // Never waits; what the worker does not read yet is kept.
  virtual void send(std::string_view json) = 0;
  // Delivers now everything that has arrived: what a worker sent before it published a result is
  // among it.
  virtual void read_available() = 0;
  virtual std::span<std::byte> board() = 0;  // formatted; valid as long as the link

  // What the worker inherits: (descriptor here, number there), and the variables that tell it.
  virtual std::vector<std::pair<int, int>> passed_fds() const = 0;
  virtual std::vector<std::pair<std::string, std::string>> variables() const = 0;
  // Call when the spawner has its copies: only then does the worker's death end the stream.
  virtual void close_passed_fds() = 0;
};

class WorkerLinks {
 public:
  virtual ~WorkerLinks() = default;
  virtual Result<std::unique_ptr<WorkerLink>> open() = 0;
};

}  // namespace batchmill

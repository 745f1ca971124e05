#pragma once

#include <deque>
#include <memory>

#include "os/spawner.h"
#include "os/spawner_messages.h"
#include "ports/loop.h"
#include "ports/processes.h"

namespace batchmill {

// Processes over a spawner. When the spawner dies, everything that it has started is killed
// before on_spawner_died is called (this process is a child subreaper and inherits it).
class SpawnerClient : public Processes {
 public:
  SpawnerClient(Loop& loop, SpawnerLink link);
  // Closes the socket, and waits (at most 10 s) until the spawner has ended everything and itself.
  ~SpawnerClient() override;

  void start(Handlers handlers) override;
  void spawn(SpawnRequest request) override;
  void signal(std::uint64_t id, int signal) override;
  void end(std::uint64_t id, int grace_millis) override;

 private:
  void read();
  void deliver(spawner::Message message);
  void tell(const spawner::Message& message, const std::vector<int>& fds);
  void spawner_died();

  Loop& loop_;
  SpawnerLink link_;
  Loop::Watch watch_ = 0;
  Handlers handlers_;
  spawner::Decoder decoder_;
  bool dead_ = false;
};

}  // namespace batchmill

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/agent_parts.h"
#include "agent/spawned.h"

namespace batchmill::agent {

// One command step from its order to its CommandExited.
class CommandProcess : public Spawned {
 public:
  // `on_gone`: the last word is reported; destroy it later, not from there.
  CommandProcess(const protocol::StartCommand& order, std::uint64_t spawn_id, AgentParts& parts,
                 Report report, std::function<void()> on_gone);
  ~CommandProcess() override;
  CommandProcess(const CommandProcess&) = delete;
  CommandProcess& operator=(const CommandProcess&) = delete;

  void start(std::unique_ptr<CoreSlot> slot);
  // Ends it: TERM, KILL after `grace`. One that still waits for a core ends as if by TERM.
  void kill(Duration grace);

  void on_started(int pid) override;
  void on_start_failed(const Error& error) override;
  void on_exit(const SpawnExit& exit) override;

  std::uint64_t spawn_id() const { return spawn_id_; }
  bool is_gone() const { return gone_; }

 private:
  void farewell(protocol::CommandExited&& exited);

  const protocol::StartCommand order_;
  const std::uint64_t spawn_id_;
  AgentParts& parts_;
  Report report_;
  std::function<void()> on_gone_;
  std::unique_ptr<CoreSlot> slot_;
  TimePoint started_{};
  Loop::Timer timer_ = 0;
  bool spawned_ = false;
  bool timed_out_ = false;
  bool gone_ = false;
};

}  // namespace batchmill::agent

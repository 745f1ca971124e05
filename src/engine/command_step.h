#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/background.h"
#include "engine/prepare_step.h"
#include "engine/step_run.h"

namespace batchmill::engine {

// Runs the shell command of a step on a node (pipeline-yaml.md 2.1). A node that is lost under it
// costs the step nothing: the command starts again on the next node, at most three times.
class CommandStep : public StepRun {
 public:
  // `recovered`: a former leader had started the step; its agent may still run the command.
  CommandStep(StepContext context, StepRecord record, bool recovered, Handlers handlers);

  void start() override;
  void cancel() override;
  void node_joined(const protocol::Hello& hello) override;
  void node_lost(NodeId node, const std::string& reason) override;
  std::uint64_t receive(NodeId node, protocol::ToLeader& message) override;
  StepProgress progress() const override;

 private:
  enum class Phase { kPreparing, kWaitingForNode, kRunning, kEnded };

  void prepared(Result<PreparedStep> result);
  void launch();
  void exited(const protocol::CommandExited& exit);
  void end(JobStatus status, const std::string& reason, const std::string& error_record);
  void end_failed(const std::string& reason);
  protocol::ToAgent start_message(const std::string& command) const;
  std::string log_tail() const;

  StepContext context_;
  StepRecord record_;
  Handlers handlers_;
  Background background_;
  Phase phase_ = Phase::kPreparing;
  TimePoint started_;
  PreparedStep prepared_;
  std::string command_id_;               // of the present try
  std::optional<NodeId> node_;           // where it runs
  std::optional<NodeId> maybe_running_;  // a kept node that has not told yet what it knows
  std::uint32_t tries_ = 0;
  bool recovered_;
  bool canceling_ = false;
};

}  // namespace batchmill::engine

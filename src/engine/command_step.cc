#include "engine/command_step.h"

#include <fmt/format.h>

#include "engine/command_failure.h"
#include "pipeline/expand.h"
#include "runlog/job_error.h"

namespace batchmill::engine {

namespace {

constexpr std::uint32_t kMostTries = 4;  // one, and three after lost nodes
constexpr auto kCancelGrace = std::chrono::seconds(10);
constexpr std::uint64_t kTailBytes = std::uint64_t{64} * 1024;

}  // namespace

CommandStep::CommandStep(StepContext context, StepRecord record, bool recovered, Handlers handlers)
    : context_(std::move(context)),
      record_(std::move(record)),
      handlers_(std::move(handlers)),
      background_(context_.loop),
      started_(context_.loop.now()),
      recovered_(recovered) {}

void CommandStep::start() {
  background_.run([this] {
    auto result = prepare_step(context_, recovered_);
    return [this, result = std::move(result)]() mutable { prepared(std::move(result)); };
  });
}

void CommandStep::prepared(Result<PreparedStep> result) {
  if (phase_ == Phase::kEnded) return;
  if (!result) {
    end_failed(result.error().message);
    return;
  }
  prepared_ = std::move(*result);
  record_.outputs = prepared_.outputs;
  record_.status = JobStatus::kRunning;
  handlers_.on_record(record_);
  if (phase_ == Phase::kRunning) return;  // taken over from a former leader
  phase_ = Phase::kWaitingForNode;
  launch();
}

void CommandStep::launch() {
  if (phase_ != Phase::kWaitingForNode || maybe_running_ || !context_.hub.has_node()) return;
  if (canceling_) {
    end(JobStatus::kCanceled, "canceled", "");
    return;
  }
  if (++tries_ > kMostTries) {
    end_failed(fmt::format("the node was lost {} times while the command ran", tries_ - 1));
    return;
  }
  const auto& spec = std::get<CommandSpec>(context_.step.spec);
  const auto command = pipeline::expand(spec.command, {prepared_.inputs, prepared_.outputs});
  if (!command) {
    end_failed(command.error().message);
    return;
  }
  phase_ = Phase::kRunning;
  node_ = context_.hub.nodes().front();
  command_id_ = fmt::format("{}.{}.{}", context_.step.name, context_.epoch.value, tries_);
  context_.hub.send(*node_, start_message(*command));
}

protocol::ToAgent CommandStep::start_message(const std::string& command) const {
  const StepFolder folder = context_.job.step(context_.step.name);
  const auto& spec = std::get<CommandSpec>(context_.step.spec);
  protocol::ToAgent message;
  protocol::StartCommand& start = *message.mutable_start_command();
  start.set_id(command_id_);
  start.set_step(context_.step.name);
  for (const char* part : {"/bin/bash", "-c"}) start.add_argv(part);
  start.add_argv(command);
  for (auto& [name, value] : command_environment(context_.base_environment, context_.step,
                                                 environment_facts(context_, prepared_))) {
    auto& variable = *start.add_environment();
    variable.set_name(name);
    variable.set_value(value);
  }
  start.set_working_folder(prepared_.working_folder);
  start.set_log_path(folder.std_log());
  start.set_timeout_ns(Duration(std::chrono::seconds(spec.timeout_seconds.value)).count());
  return message;
}

void CommandStep::cancel() {
  if (canceling_ || phase_ == Phase::kEnded) return;
  canceling_ = true;
  if (phase_ == Phase::kWaitingForNode) {
    end(JobStatus::kCanceled, "canceled", "");
    return;
  }
  if (phase_ != Phase::kRunning || !node_) return;
  protocol::ToAgent message;
  message.mutable_kill_command()->set_id(command_id_);
  message.mutable_kill_command()->set_grace_ns(Duration(kCancelGrace).count());
  context_.hub.send(*node_, std::move(message));
}

void CommandStep::node_joined(const protocol::Hello& hello) {
  const NodeId node{hello.node()};
  for (const std::string& id : hello.commands()) {
    if (phase_ != Phase::kEnded && id.starts_with(context_.step.name + ".")) {
      command_id_ = id;
      node_ = node;
      phase_ = Phase::kRunning;
      return;
    }
  }
  if (recovered_ && tries_ == 0 && phase_ != Phase::kRunning) {
    maybe_running_ = node;  // its unacknowledged messages come before its first heartbeat
    return;
  }
  launch();
}

void CommandStep::node_lost(NodeId node, const std::string& reason) {
  if (maybe_running_ == node) maybe_running_.reset();
  if (node_ != node || phase_ != Phase::kRunning) return;
  node_.reset();
  if (canceling_) {
    end(JobStatus::kCanceled, "canceled", "");
    return;
  }
  phase_ = Phase::kWaitingForNode;
  JobEvent event;
  event.type = "notice";
  event.code = 922;
  event.level = "warning";
  event.step = context_.step.name;
  event.text = fmt::format("{}; the command starts again", reason);
  handlers_.on_event(event);
  launch();
}

std::uint64_t CommandStep::receive(NodeId node, protocol::ToLeader& message) {
  if (message.has_heartbeat() && maybe_running_ == node) {
    maybe_running_.reset();
    launch();
  }
  if (message.has_command_exited()) {
    const auto& exit = message.command_exited();
    const bool ours = exit.id() == command_id_ || (command_id_.empty() && recovered_);
    if (ours && phase_ != Phase::kEnded) exited(exit);
  }
  return 0;
}

std::string CommandStep::log_tail() const {
  const std::string path = context_.job.step(context_.step.name).std_log();
  const auto status = context_.files.status(path);
  if (!status) return "";
  const std::uint64_t from = status->size > kTailBytes ? status->size - kTailBytes : 0;
  return context_.files.read_range(path, from, kTailBytes).value_or("");
}

void CommandStep::exited(const protocol::CommandExited& exit) {
  if (canceling_) {
    end(JobStatus::kCanceled, "canceled", "");
    return;
  }
  if (exit.exit_code() == 0 && exit.signal() == 0 && !exit.timed_out() &&
      exit.start_error().empty()) {
    end(JobStatus::kCompleted, "", "");
    return;
  }
  CommandEnd how;
  how.exit_code = exit.exit_code();
  how.signal = exit.signal();
  how.timed_out = exit.timed_out();
  how.timeout_s =
      static_cast<double>(std::get<CommandSpec>(context_.step.spec).timeout_seconds.value);
  how.start_error = exit.start_error();
  end(JobStatus::kFailed, "", command_error_record(how, log_tail(), prepared_.working_folder));
}

void CommandStep::end_failed(const std::string& reason) {
  CommandEnd how;
  how.start_error = reason;
  end(JobStatus::kFailed, reason, command_error_record(how, "", prepared_.working_folder));
}

void CommandStep::end(JobStatus status, const std::string& reason,
                      const std::string& error_record) {
  phase_ = Phase::kEnded;
  StepEnd result;
  result.status = status;
  result.reason = reason;
  if (!error_record.empty()) {
    runlog::JobErrorRequest request;
    request.step = context_.step.name;
    request.record = error_record;
    request.log = context_.job.step(context_.step.name).std_log();
    request.job = environment_facts(context_, prepared_).root_job;
    const runlog::JobError error = runlog::command_job_error(request);
    result.reason = error.first_line;
    result.error = error.json;
  }
  handlers_.on_end(result);
}

StepProgress CommandStep::progress() const {
  StepProgress progress;
  progress.step = context_.step.name;
  progress.kind = "command";
  progress.status = JobStatus::kRunning;
  progress.phase = phase_ == Phase::kRunning ? "command" : "waiting for cores";
  progress.elapsed_s = std::chrono::duration<double>(context_.loop.now() - started_).count();
  progress.phase_since_s = progress.elapsed_s;
  return progress;
}

}  // namespace batchmill::engine

#include "agent/command_process.h"

#include <csignal>
#include <utility>

#include <fmt/format.h>

namespace batchmill::agent {

namespace {

// What a command gets between TERM and KILL when its time is over.
constexpr int kTimeoutGraceMillis = 5000;

}  // namespace

CommandProcess::CommandProcess(const protocol::StartCommand& order, std::uint64_t spawn_id,
                               AgentParts& parts, Report report, std::function<void()> on_gone)
    : order_(order),
      spawn_id_(spawn_id),
      parts_(parts),
      report_(std::move(report)),
      on_gone_(std::move(on_gone)) {}

CommandProcess::~CommandProcess() { parts_.loop.cancel(timer_); }

void CommandProcess::start(std::unique_ptr<CoreSlot> slot) {
  slot_ = std::move(slot);
  started_ = parts_.loop.now();
  spawned_ = true;
  SpawnRequest request;
  request.id = spawn_id_;
  request.argv.assign(order_.argv().begin(), order_.argv().end());
  for (const auto& variable : order_.environment()) {
    request.environment.emplace_back(variable.name(), variable.value());
  }
  request.working_folder = order_.working_folder();
  request.stdout_path = order_.log_path();
  request.stderr_path = order_.log_path();
  parts_.processes.spawn(std::move(request));
  if (order_.timeout_ns() <= 0) return;
  timer_ = parts_.loop.call_at(started_ + Duration(order_.timeout_ns()), [this] {
    timed_out_ = true;
    parts_.processes.end(spawn_id_, kTimeoutGraceMillis);
  });
}

void CommandProcess::kill(Duration grace) {
  if (gone_) return;
  if (spawned_) {
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(grace).count();
    return parts_.processes.end(spawn_id_, static_cast<int>(millis));
  }
  protocol::CommandExited exited;
  exited.set_signal(SIGTERM);
  farewell(std::move(exited));
}

void CommandProcess::on_started(int pid) {
  parts_.log.line(fmt::format("command {}: started, pid {}", order_.id(), pid));
}

void CommandProcess::on_start_failed(const Error& error) {
  protocol::CommandExited exited;
  exited.set_start_error(error.message);
  farewell(std::move(exited));
}

void CommandProcess::on_exit(const SpawnExit& exit) {
  protocol::CommandExited exited;
  exited.set_exit_code(exit.exit_code);
  exited.set_signal(exit.signal);
  exited.set_timed_out(timed_out_);
  exited.set_elapsed_ns((parts_.loop.now() - started_).count());
  farewell(std::move(exited));
}

void CommandProcess::farewell(protocol::CommandExited&& exited) {
  parts_.log.line(fmt::format("command {}: exited, code {}, signal {}{}", order_.id(),
                              exited.exit_code(), exited.signal(),
                              exited.timed_out() ? ", out of time" : ""));
  exited.set_id(order_.id());
  protocol::ToLeader message;
  *message.mutable_command_exited() = std::move(exited);
  gone_ = true;
  slot_.reset();
  parts_.loop.cancel(timer_);
  report_(std::move(message));
  on_gone_();
}

}  // namespace batchmill::agent

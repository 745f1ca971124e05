#include "agent/worker_process.h"

#include <utility>

#include <fmt/format.h>

#include "runlog/log_tree.h"

namespace batchmill::agent {

namespace {

// How long a worker that said its last word may take to exit.
constexpr Duration kExitGrace = std::chrono::seconds(5);
// When the board of a worker that was just given work is looked at, to see it begin.
constexpr Duration kFirstLook = std::chrono::milliseconds(5);

int to_millis(Duration duration) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

}  // namespace

WorkerProcess::WorkerProcess(const protocol::StartWorker& order, NodeId node,
                             std::uint64_t spawn_id, AgentParts& parts, WorkerOwner& owner)
    : order_(order),
      node_(node),
      spawn_id_(spawn_id),
      parts_(parts),
      owner_(owner),
      key_(order.step(), order.process()),
      stdout_path_(runlog::LogTree(order.log_folder()).user_stdout({node, order.process()})),
      stderr_path_(runlog::LogTree(order.log_folder()).user_stderr({node, order.process()})),
      limits_{Duration(order.load_timeout_ns()), Duration(order.run_timeout_ns())} {}

WorkerProcess::~WorkerProcess() {
  parts_.loop.cancel(dump_timer_);
  parts_.loop.cancel(end_timer_);
  parts_.memory.forget(pid_);
}

// ---- start -----------------------------------------------------------------------------------

void WorkerProcess::start(std::unique_ptr<CoreSlot> slot) {
  slot_ = std::move(slot);
  gpu_ =
      parts_.gpus.take_lowest({order_.gpus().data(), static_cast<std::size_t>(order_.gpus_size())});
  phase_ = Phase::kStarting;
  auto spec = parts_.files.read(order_.spec_path());
  if (!spec) return fail_start(spec.error().message);
  auto link = parts_.links.open();
  if (!link) return fail_start(link.error().message);
  link_ = std::move(*link);
  view_.emplace(link_->board());
  view_->set_wake_wanted(pace_.wake_wanted());
  leases_.attach(*view_);
  oom_kills_before_ = parts_.oom_kills();
  link_->start({.on_message = [this](std::string&& json) { on_message(json); },
                .on_wake = [this] { poll(parts_.loop.now()); },
                .on_closed = [this](const Error& error) { on_closed(error); }});
  parts_.processes.spawn(spawn_request());
  link_->close_passed_fds();
  link_->send(to_json(InitMessage{std::move(*spec), node_.value, order_.process(), order_.spool(),
                                  order_.spool_path(), order_.log_folder()}));
  send_leases();
}

SpawnRequest WorkerProcess::spawn_request() const {
  SpawnRequest request;
  request.id = spawn_id_;
  request.argv.assign(order_.argv().begin(), order_.argv().end());
  for (const auto& variable : order_.environment()) {
    request.environment.emplace_back(variable.name(), variable.value());
  }
  tell_gpu(request);
  for (auto& variable : link_->variables()) request.environment.push_back(std::move(variable));
  request.working_folder = order_.working_folder();
  request.stdout_path = stdout_path_;
  request.stderr_path = stderr_path_;
  request.pass_fds = link_->passed_fds();
  return request;
}

void WorkerProcess::tell_gpu(SpawnRequest& request) const {
  constexpr const char* kVariable = "CUDA_VISIBLE_DEVICES";
  if (gpu_) {
    request.environment.emplace_back(kVariable, std::to_string(gpu_->index()));
  } else if (order_.hide_gpus()) {
    request.environment.emplace_back(kVariable, "");
  }
}

void WorkerProcess::on_started(int pid) {
  pid_ = pid;
  if (order_.memory_limit_bytes() > 0) {
    parts_.memory.watch(pid, order_.memory_limit_bytes(),
                        [this](std::uint64_t bytes) { end_for_memory(bytes); });
  }
  parts_.log.line(fmt::format("{}: started, pid {}", name(), pid));
  protocol::ToLeader message;
  auto& starting = *message.mutable_worker_starting();
  starting.set_step(order_.step());
  starting.set_process(order_.process());
  starting.set_pid(pid);
  if (gpu_) starting.set_gpu(gpu_->index());
  owner_.report(std::move(message));
}

void WorkerProcess::on_start_failed(const Error& error) { fail_start(error.message); }

void WorkerProcess::fail_start(const std::string& message) {
  broken_ = message;
  phase_ = Phase::kExited;
  say_farewell(SpawnExit{.id = spawn_id_});
}

// ---- orders of the leader --------------------------------------------------------------------

void WorkerProcess::lease(const protocol::Lease& order, Epoch epoch) {
  for (const auto& range : order.ranges()) {
    leases_.add({MiniBatchId{range.first()},
                 range.count(),
                 static_cast<std::uint16_t>(range.attempt()),
                 epoch,
                 {range.part_first(), range.part_count()}});
  }
  planned_ = std::max<std::uint64_t>(planned_, order.planned());
  send_leases();
}

void WorkerProcess::send_leases() {
  if (phase_ != Phase::kStarting && phase_ != Phase::kReady) return;
  const std::uint64_t first = leases_.last_ticket() + 1;
  const std::vector<HeldRange> ranges = leases_.next_to_send();
  if (ranges.empty()) return;
  sent_[first] = parts_.loop.now();
  sent_.erase(sent_.begin(), std::prev(sent_.upper_bound(leases_.first_ticket())));
  link_->send(leases_json(ranges, planned_));
  const TimePoint soon = parts_.loop.now() + kFirstLook;
  if (active_ticket_ == 0 && soon < next_poll_) {
    next_poll_ = soon;
    owner_.look_at(soon);
  }
}

void WorkerProcess::revoke(std::uint32_t keep) {
  report_returned(leases_.revoke(keep, parts_.loop.now()));
  if (!leases_.is_settling()) return;
  next_poll_ = std::min(next_poll_, parts_.loop.now() + WorkerLeases::kSettling);
  owner_.look_at(next_poll_);
}

void WorkerProcess::kill_attempt(MiniBatchId mini_batch, const ItemRange& part,
                                 AttemptStatus status) {
  if (phase_ != Phase::kReady || ending_) return;
  kill_when_started_ = {mini_batch, part, status};
  poll(parts_.loop.now());
}

void WorkerProcess::stop(bool graceful, Duration grace) {
  if (phase_ == Phase::kGone) return;
  asked_ = true;
  if (phase_ == Phase::kWaiting) {
    phase_ = Phase::kExited;
    return say_farewell(SpawnExit{.id = spawn_id_});
  }
  if (phase_ == Phase::kExited) return;
  if (graceful && phase_ == Phase::kReady && !ending_) {
    link_->send(shutdown_json());
    return end_within(grace);
  }
  // init() has nothing that a longer grace could save.
  parts_.processes.end(spawn_id_, graceful ? kEndGraceMillis : to_millis(grace));
}

// ---- what the worker says --------------------------------------------------------------------

void WorkerProcess::on_message(const std::string& json) {
  auto message = parse_worker_message(json);
  if (!message) return break_off(message.error().message);
  std::visit([this](auto& body) { handle(body); }, *message);
}

void WorkerProcess::handle(const WorkerHello& message) {
  if (message.version != kWorkerProtocolVersion) {
    break_off(fmt::format("the worker speaks version {} of the protocol, the agent {}",
                          message.version, kWorkerProtocolVersion));
  }
}

void WorkerProcess::handle(const WorkerInitDone& ready) {
  was_ready_ = true;
  if (phase_ == Phase::kStarting) phase_ = Phase::kReady;
  protocol::ToLeader message;
  auto& body = *message.mutable_worker_ready();
  body.set_step(order_.step());
  body.set_process(order_.process());
  body.set_init_ns(ready.took.count());
  owner_.report(std::move(message));
}

void WorkerProcess::handle(WorkerInitFailed& message) {
  init_failure_ = std::move(message);
  end_within(kExitGrace);
}

void WorkerProcess::handle(WorkerAttemptError& message) {
  errors_[message.ticket] = std::move(message.error);
}

void WorkerProcess::handle(WorkerNoticeGiven& message) { report_notice(std::move(message.notice)); }

void WorkerProcess::handle(const WorkerBye& message) {
  if (!message.shutdown_error.empty()) report_notice(shutdown_notice_json(message.shutdown_error));
  if (!asked_) end_within(kExitGrace);
}

void WorkerProcess::on_closed(const Error& error) {
  if (phase_ == Phase::kExited || phase_ == Phase::kGone) return;
  if (error.kind == ErrorKind::kProtocol) return break_off(error.message);
  // Usually it is exiting. A script that closed our descriptor cannot be talked to any more.
  end_within(kExitGrace);
}

void WorkerProcess::break_off(const std::string& message) {
  if (!broken_.empty()) return;
  broken_ = message;
  parts_.log.line(name() + ": " + message);
  if (phase_ == Phase::kStarting || phase_ == Phase::kReady) {
    parts_.processes.end(spawn_id_, kEndGraceMillis);
  }
}

void WorkerProcess::end_within(Duration grace) {
  parts_.loop.cancel(end_timer_);
  end_timer_ = parts_.loop.call_at(parts_.loop.now() + grace, [this] {
    if (phase_ == Phase::kStarting || phase_ == Phase::kReady) {
      parts_.processes.end(spawn_id_, kEndGraceMillis);
    }
  });
}

}  // namespace batchmill::agent

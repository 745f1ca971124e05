#include "agent/worker_process.h"

#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "agent/attempt_error.h"
#include "runlog/log_tree.h"

namespace batchmill::agent {

namespace {

// What a process gets between TERM and KILL when it is in the way.
constexpr int kEndGraceMillis = 1000;
// How long a worker that said its last word may take to exit.
constexpr Duration kExitGrace = std::chrono::seconds(5);
// How long faulthandler may take to write the stacks of a process that hangs.
constexpr Duration kDumpWait = std::chrono::milliseconds(200);
// When the board of a worker that was just given work is looked at, to see it begin.
constexpr Duration kFirstLook = std::chrono::milliseconds(5);
constexpr std::uint64_t kTailBytes = 16 * 1024;

int to_millis(Duration duration) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

std::int64_t to_micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

parallel::AttemptSlot to_slot(const board::Slot& slot) {
  return {slot.ticket, TimePoint(Duration(slot.start_ns))};
}

void fill(protocol::LeaseRange& out, const HeldRange& range) {
  out.set_first(range.first.value);
  out.set_count(range.count);
  out.set_attempt(range.attempt);
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
      limits_{Duration(order.load_timeout_ns()), Duration(order.run_timeout_ns())},
      results_(parts.spools, order.spool_path(),
               [this](auto&& r) { report_results(std::move(r)); }) {}

WorkerProcess::~WorkerProcess() {
  parts_.loop.cancel(dump_timer_);
  parts_.loop.cancel(end_timer_);
}

// ---- start -----------------------------------------------------------------------------------

void WorkerProcess::start(std::unique_ptr<CoreSlot> slot) {
  slot_ = std::move(slot);
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
  for (auto& variable : link_->variables()) request.environment.push_back(std::move(variable));
  request.working_folder = order_.working_folder();
  request.stdout_path = stdout_path_;
  request.stderr_path = stderr_path_;
  request.pass_fds = link_->passed_fds();
  return request;
}

void WorkerProcess::on_started(int pid) {
  parts_.log.line(fmt::format("{}: started, pid {}", name(), pid));
  protocol::ToLeader message;
  auto& starting = *message.mutable_worker_starting();
  starting.set_step(order_.step());
  starting.set_process(order_.process());
  starting.set_pid(pid);
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
    leases_.add({MiniBatchId{range.first()}, range.count(),
                 static_cast<std::uint16_t>(range.attempt()), epoch});
  }
  planned_ = std::max<std::uint64_t>(planned_, order.planned());
  send_leases();
}

void WorkerProcess::send_leases() {
  if (phase_ != Phase::kStarting && phase_ != Phase::kReady) return;
  const std::vector<HeldRange> ranges = leases_.next_to_send();
  if (ranges.empty()) return;
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

void WorkerProcess::kill_attempt(MiniBatchId mini_batch, AttemptStatus status) {
  if (phase_ != Phase::kReady || kill_) return;
  kill_when_started_ = {mini_batch, status};
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
  if (graceful && phase_ == Phase::kReady && !kill_) {
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

// ---- the board -------------------------------------------------------------------------------

void WorkerProcess::poll_if_due(TimePoint now) {
  if (next_poll_ <= now) poll(now);
}

void WorkerProcess::poll(TimePoint now) {
  if (phase_ != Phase::kStarting && phase_ != Phase::kReady) {
    next_poll_ = kNever;
    return;
  }
  if (polling_) return;
  polling_ = true;
  const std::uint32_t taken = take_results();
  report_returned(leases_.settle(now));
  results_.flush();
  pace_.note(taken, leases_.held(), now);
  view_->set_wake_wanted(pace_.wake_wanted());
  const parallel::AttemptSlots seen = slots();
  kill_what_is_due(seen, now);
  note_activity(seen);
  send_leases();

  next_poll_ = kNever;
  if (leases_.held() > 0) {
    next_poll_ = std::min(now + pace_.wait(), std::max(now, next_timeout(seen, limits_)));
  }
  if (leases_.is_settling()) next_poll_ = std::min(next_poll_, now + WorkerLeases::kSettling);
  owner_.look_at(next_poll_);
  polling_ = false;
}

std::uint32_t WorkerProcess::take_results() {
  if (!view_) return 0;
  if (view_->is_broken()) {
    break_off("the worker's board holds impossible numbers");
    return 0;
  }
  std::uint32_t taken = 0;
  while (const auto entry = view_->take()) {
    ++taken;
    if (const auto lease = leases_.finish(entry->ticket)) {
      results_.add(result_of(*entry, *lease));
    }
  }
  return taken;
}

protocol::AttemptResult WorkerProcess::result_of(const board::Entry& entry,
                                                 const HeldLease& lease) {
  protocol::AttemptResult result;
  result.set_mini_batch(lease.mini_batch.value);
  result.set_epoch(lease.epoch.value);
  result.set_attempt(lease.attempt);
  result.set_status(entry.status <= static_cast<std::uint32_t>(AttemptStatus::kCanceled)
                        ? entry.status
                        : static_cast<std::uint32_t>(AttemptStatus::kRunException));
  result.set_total(entry.total);
  result.set_succeeded(entry.succeeded);
  result.set_spool(order_.spool());
  result.set_offset(entry.spool_offset);
  result.set_length(entry.spool_length);
  result.set_rows(entry.rows);
  result.set_crc(entry.crc);
  result.set_started_us(entry.started_us);
  result.set_elapsed_us(entry.elapsed_us);
  result.set_run_us(entry.run_us);
  result.set_cpu_us(entry.cpu_us);
  result.set_peak_rss_kib(entry.peak_rss_kib);
  if (entry.has_error != 0) result.set_error(error_of(entry.ticket, lease.mini_batch));
  return result;
}

std::string WorkerProcess::error_of(std::uint64_t ticket, MiniBatchId mini_batch) {
  // It was sent before the entry became visible, so it has arrived, read or not.
  if (!errors_.contains(ticket)) link_->read_available();
  auto found = errors_.extract(ticket);
  return with_mini_batch(found.empty() ? "" : found.mapped(), mini_batch.value);
}

parallel::AttemptSlots WorkerProcess::slots() {
  if (!view_) return {};
  parallel::AttemptSlots read{to_slot(view_->running()), to_slot(view_->loading())};
  // A slot may still name what has just finished or was given back.
  if (leases_.find(read.running.ticket) == nullptr) read.running = {};
  if (leases_.find(read.loading.ticket) == nullptr) read.loading = {};
  return read;
}

void WorkerProcess::note_activity(const parallel::AttemptSlots& seen) {
  const std::uint64_t ticket = seen.running.ticket != 0 ? seen.running.ticket : seen.loading.ticket;
  const bool began = ticket != 0 && active_ticket_ == 0;
  active_ticket_ = ticket;
  if (began) owner_.worker_began(key_);
}

void WorkerProcess::kill_what_is_due(const parallel::AttemptSlots& seen, TimePoint now) {
  if (kill_ || asked_) return;
  if (const auto verdict = parallel::timed_out(seen, limits_, now)) {
    return begin_kill(verdict->ticket, verdict->status, seen);
  }
  if (!kill_when_started_) return;
  const auto& [mini_batch, status] = *kill_when_started_;
  for (const auto& slot : {seen.running, seen.loading}) {
    const HeldLease* lease = leases_.find(slot.ticket);
    if (lease != nullptr && lease->mini_batch == mini_batch) {
      return begin_kill(slot.ticket, status, seen);
    }
  }
  // It has ended or was taken back: a later try of it is another matter.
  if (!leases_.holds(mini_batch)) kill_when_started_.reset();
}

void WorkerProcess::begin_kill(std::uint64_t ticket, AttemptStatus status,
                               const parallel::AttemptSlots& seen) {
  const auto lease = leases_.finish(ticket);
  if (!lease) return;
  const bool was_running = ticket == seen.running.ticket;
  const TimePoint start = was_running ? seen.running.start : seen.loading.start;
  kill_ = Kill{*lease, status, start, parts_.loop.now() - start, was_running, ""};
  parts_.log.line(fmt::format("{}: ending mini-batch {} as {}", name(), lease->mini_batch.value,
                              status_name(status)));
  revoke(0);
  if (status != AttemptStatus::kRunTimeout && status != AttemptStatus::kLoadTimeout) {
    return parts_.processes.end(spawn_id_, kEndGraceMillis);
  }
  dump_from_ = stderr_size();
  parts_.processes.signal(spawn_id_, SIGUSR1);
  dump_timer_ = parts_.loop.call_at(parts_.loop.now() + kDumpWait, [this] { finish_dump(); });
}

void WorkerProcess::finish_dump() {
  dump_timer_ = 0;
  const Duration limit = kill_->status == AttemptStatus::kLoadTimeout ? limits_.load : limits_.run;
  runlog::ErrorRecord record =
      timeout_error(kill_->status, limit, stderr_from(dump_from_), order_.working_folder());
  record.mini_batch = kill_->lease.mini_batch.value;
  kill_->error = runlog::to_json(record);
  if (phase_ == Phase::kReady) parts_.processes.end(spawn_id_, kEndGraceMillis);
}

// ---- the end ---------------------------------------------------------------------------------

void WorkerProcess::on_exit(const SpawnExit& exit) {
  if (phase_ == Phase::kExited || phase_ == Phase::kGone) return;
  parts_.log.line(
      fmt::format("{}: exited, code {}, signal {}", name(), exit.exit_code, exit.signal));
  if (dump_timer_ != 0) {
    parts_.loop.cancel(std::exchange(dump_timer_, 0));
    finish_dump();
  }
  link_->read_available();
  phase_ = Phase::kExited;
  next_poll_ = kNever;
  take_results();
  charge(exit);
  results_.when_empty([this, exit] { say_farewell(exit); });
}

void WorkerProcess::charge(const SpawnExit& exit) {
  if (kill_) return results_.add(ended_attempt(*kill_, exit));
  if (asked_) return;
  const parallel::AttemptSlots seen = slots();
  const bool was_running = seen.running.ticket != 0;
  const parallel::AttemptSlot slot = was_running ? seen.running : seen.loading;
  const auto lease = leases_.finish(slot.ticket);
  if (!lease) return;
  runlog::ErrorRecord record = broken_.empty()
                                   ? death_error(exit, parts_.oom_kills() > oom_kills_before_,
                                                 stderr_tail(), order_.working_folder())
                                   : broken_worker_error(broken_, stderr_tail());
  record.mini_batch = lease->mini_batch.value;
  results_.add(ended_attempt({*lease, AttemptStatus::kProcessCrashed, slot.start,
                              parts_.loop.now() - slot.start, was_running, runlog::to_json(record)},
                             exit));
}

protocol::AttemptResult WorkerProcess::ended_attempt(const Kill& kill,
                                                     const SpawnExit& exit) const {
  const Duration age = parts_.loop.now() - kill.start;
  protocol::AttemptResult result;
  result.set_mini_batch(kill.lease.mini_batch.value);
  result.set_epoch(kill.lease.epoch.value);
  result.set_attempt(kill.lease.attempt);
  result.set_status(static_cast<std::uint32_t>(kill.status));
  result.set_spool(order_.spool());
  result.set_started_us(parts_.loop.wall_now().micros - to_micros(age));
  result.set_elapsed_us(
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_micros(kill.took))));
  if (kill.was_running) result.set_run_us(result.elapsed_us());
  result.set_peak_rss_kib(exit.peak_rss_kib);
  result.set_error(kill.error);
  return result;
}

void WorkerProcess::say_farewell(const SpawnExit& exit) {
  report_returned(leases_.give_back_all());
  protocol::ToLeader message;
  if (was_ready_ || asked_) {
    auto& body = *message.mutable_worker_exited();
    body.set_step(order_.step());
    body.set_process(order_.process());
    body.set_exit_code(exit.exit_code);
    body.set_signal(exit.signal);
    body.set_asked(asked_);
  } else {
    auto& body = *message.mutable_worker_failed();
    body.set_step(order_.step());
    body.set_process(order_.process());
    body.set_kind(init_failure_ ? init_failure_->kind : 3);
    body.set_error(init_failure_ ? init_failure_->error : failure_error(exit));
  }
  owner_.report(std::move(message));
  phase_ = Phase::kGone;
  slot_.reset();
  owner_.worker_gone(key_);
}

std::string WorkerProcess::failure_error(const SpawnExit& exit) const {
  return runlog::to_json(broken_.empty() ? death_error(exit, parts_.oom_kills() > oom_kills_before_,
                                                       stderr_tail(), order_.working_folder())
                                         : broken_worker_error(broken_, stderr_tail()));
}

// ---- reports ---------------------------------------------------------------------------------

void WorkerProcess::report_results(std::vector<protocol::AttemptResult>&& results) {
  protocol::ToLeader message;
  auto& body = *message.mutable_results();
  body.set_step(order_.step());
  body.set_process(order_.process());
  body.mutable_attempts()->Reserve(static_cast<int>(results.size()));
  for (auto& result : results) *body.add_attempts() = std::move(result);
  owner_.report(std::move(message));
}

void WorkerProcess::report_returned(const std::vector<HeldRange>& ranges) {
  for (std::size_t i = 0; i < ranges.size();) {
    protocol::ToLeader message;
    auto& body = *message.mutable_leases_returned();
    body.set_step(order_.step());
    body.set_process(order_.process());
    body.set_epoch(ranges[i].epoch.value);
    for (; i < ranges.size() && ranges[i].epoch.value == body.epoch(); ++i) {
      fill(*body.add_ranges(), ranges[i]);
    }
    owner_.report(std::move(message));
  }
}

void WorkerProcess::report_notice(std::string notice) {
  protocol::ToLeader message;
  auto& body = *message.mutable_worker_notice();
  body.set_step(order_.step());
  body.set_process(order_.process());
  body.set_notice(std::move(notice));
  owner_.report(std::move(message));
}

protocol::LiveWorker WorkerProcess::live() const {
  protocol::LiveWorker worker;
  worker.set_step(order_.step());
  worker.set_process(order_.process());
  worker.set_state(was_ready_ ? 1 : 0);
  worker.set_spool(order_.spool());
  std::vector<HeldRange> ranges;
  results_.for_each_pending([&ranges](const protocol::AttemptResult& result) {
    append_lease(ranges, {MiniBatchId{result.mini_batch()},
                          static_cast<std::uint16_t>(result.attempt()), Epoch{result.epoch()}});
  });
  if (kill_ && phase_ != Phase::kExited) append_lease(ranges, kill_->lease);
  for (const HeldRange& range : leases_.ranges()) ranges.push_back(range);
  for (const HeldRange& range : ranges) {
    fill(*worker.add_ranges(), range);
    worker.set_lease_epoch(std::max(worker.lease_epoch(), range.epoch.value));
  }
  return worker;
}

std::optional<protocol::Busy> WorkerProcess::busy(TimePoint now) {
  if (phase_ != Phase::kReady) return std::nullopt;
  protocol::Busy busy;
  busy.set_step(order_.step());
  busy.set_process(order_.process());
  busy.set_queued(leases_.total());
  const parallel::AttemptSlots seen = slots();
  const auto& slot = seen.running.ticket != 0 ? seen.running : seen.loading;
  if (const HeldLease* lease = leases_.find(slot.ticket)) {
    busy.set_running(true);
    busy.set_mini_batch(lease->mini_batch.value);
    busy.set_running_ns((now - slot.start).count());
  }
  return busy;
}

// ---- stderr ----------------------------------------------------------------------------------

std::uint64_t WorkerProcess::stderr_size() const {
  const auto status = parts_.files.status(stderr_path_);
  return status ? status->size : 0;
}

std::string WorkerProcess::stderr_from(std::uint64_t offset) const {
  const std::uint64_t size = stderr_size();
  const std::uint64_t begin = std::max(offset, size > kTailBytes ? size - kTailBytes : 0);
  return parts_.files.read_range(stderr_path_, begin, kTailBytes).value_or("");
}

std::string WorkerProcess::stderr_tail() const { return stderr_from(0); }

std::string WorkerProcess::name() const {
  return order_.step() + " " + process_name(order_.process());
}

}  // namespace batchmill::agent

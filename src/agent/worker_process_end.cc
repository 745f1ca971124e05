#include <utility>

#include <fmt/format.h>

#include "agent/attempt_error.h"
#include "agent/error_log_entry.h"
#include "agent/worker_process.h"
#include "runlog/log_tree.h"

// The end of a worker, who is charged for it, and what is said to the leader.
namespace batchmill::agent {

namespace {

constexpr std::uint64_t kTailBytes = std::uint64_t{16} * 1024;

std::int64_t to_micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

void fill(protocol::LeaseRange& out, const HeldRange& range) {
  out.set_first(range.first.value);
  out.set_count(range.count);
  out.set_attempt(range.attempt);
  out.set_part_first(range.part.first);
  out.set_part_count(range.part.count);
}

}  // namespace

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
  flush_results();
  say_farewell(exit);
}

void WorkerProcess::charge(const SpawnExit& exit) {
  if (!ending_ && !asked_) {
    const parallel::AttemptSlots seen = slots();
    for (const std::uint64_t ticket : active_tickets(seen)) {
      lose(ticket, AttemptStatus::kProcessCrashed, seen);
      lost_.back().error = cause_of_death(exit);
    }
  }
  for (LostAttempt& lost : lost_) results_.push_back(result_of(lost, exit));
}

protocol::AttemptResult WorkerProcess::result_of(LostAttempt& lost, const SpawnExit& exit) const {
  const Duration age = parts_.loop.now() - lost.start;
  protocol::AttemptResult result = result_for(lost.lease);
  result.set_status(static_cast<std::uint32_t>(lost.status));
  result.set_total(lost.items);
  result.set_spool(order_.spool());
  result.set_started_us(parts_.loop.wall_now().micros - to_micros(age));
  result.set_elapsed_us(
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_micros(lost.took))));
  if (lost.was_running) result.set_run_us(result.elapsed_us());
  result.set_peak_rss_kib(std::max(exit.peak_rss_kib, peak_memory_ / 1024));
  lost.error.mini_batch = lost.lease.mini_batch.value;
  if (lost.status != AttemptStatus::kCanceled) result.set_error(runlog::to_json(lost.error));
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
    body.set_error(init_failure_ ? init_failure_->error : runlog::to_json(cause_of_death(exit)));
  }
  owner_.report(std::move(message));
  phase_ = Phase::kGone;
  parts_.memory.forget(std::exchange(pid_, 0));
  slot_.reset();
  gpu_.reset();
  owner_.worker_gone(key_);
}

runlog::ErrorRecord WorkerProcess::cause_of_death(const SpawnExit& exit) const {
  if (out_of_memory_) return *out_of_memory_;
  if (!broken_.empty()) return broken_worker_error(broken_, stderr_tail());
  return death_error(exit, parts_.oom_kills() > oom_kills_before_, stderr_tail(),
                     order_.working_folder());
}

// ---- reports ---------------------------------------------------------------------------------

void WorkerProcess::flush_results() {
  if (!results_.empty()) report_results(std::exchange(results_, {}));
}

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
  worker.set_pid(pid_);
  if (gpu_) worker.set_gpu(gpu_->index());
  std::vector<HeldRange> ranges;
  if (phase_ != Phase::kExited) {
    for (const LostAttempt& lost : lost_) append_lease(ranges, lost.lease);
  }
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
  const auto active = active_tickets(seen);
  if (!active.empty()) {
    busy.set_running(true);
    busy.set_mini_batch(leases_.find(active.front())->mini_batch.value);
    busy.set_running_ns((now - start_of(active.front(), seen)).count());
  }
  return busy;
}

// ---- its logs --------------------------------------------------------------------------------

void WorkerProcess::log_error(const LostAttempt& lost, std::string dump,
                              std::string stderr_tail) const {
  const std::string path =
      runlog::LogTree(order_.log_folder()).user_error({node_, order_.process()});
  const EndedByAgent attempt{lost.lease, lost.error.raised.message, std::move(dump),
                             std::move(stderr_tail)};
  // The error record tells the same where the disk is full.
  static_cast<void>(parts_.files.make_folders(path.substr(0, path.rfind('/'))));
  static_cast<void>(parts_.files.append(path, error_log_entry(parts_.loop.wall_now(), attempt)));
}

std::uint64_t WorkerProcess::stderr_size() const {
  const auto status = parts_.files.status(stderr_path_);
  return status ? status->size : 0;
}

// The end of it, if it is long.
std::string WorkerProcess::stderr_between(std::uint64_t begin, std::uint64_t end) const {
  if (end > kTailBytes) begin = std::max(begin, end - kTailBytes);
  if (begin >= end) return "";
  return parts_.files.read_range(stderr_path_, begin, end - begin).value_or("");
}

std::string WorkerProcess::stderr_tail() const { return stderr_between(0, stderr_size()); }

std::string WorkerProcess::name() const {
  return order_.step() + " " + process_name(order_.process());
}

}  // namespace batchmill::agent

#include <algorithm>
#include <csignal>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "agent/attempt_error.h"
#include "agent/worker_process.h"

// What a worker's board shows: results, and attempts that have to be ended.
namespace batchmill::agent {

namespace {

// How long faulthandler may take to write the stacks of a process that hangs.
constexpr Duration kDumpWait = std::chrono::milliseconds(200);

parallel::AttemptSlot to_slot(const board::Slot& slot) {
  return {slot.ticket, TimePoint(Duration(slot.start_ns))};
}

}  // namespace

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
  flush_results();
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
      results_.push_back(result_of(*entry, *lease));
    }
  }
  return taken;
}

protocol::AttemptResult WorkerProcess::result_for(const HeldLease& lease) {
  protocol::AttemptResult result;
  result.set_mini_batch(lease.mini_batch.value);
  result.set_epoch(lease.epoch.value);
  result.set_attempt(lease.attempt);
  result.set_part_first(lease.part.first);
  result.set_part_count(lease.part.count);
  return result;
}

protocol::AttemptResult WorkerProcess::result_of(const board::Entry& entry,
                                                 const HeldLease& lease) {
  protocol::AttemptResult result = result_for(lease);
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

std::uint32_t WorkerProcess::items_of(std::uint64_t ticket) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(view_->running_items(ticket), kMost));
}

// What the worker works on, oldest first; a crash is charged to all of it.
std::vector<std::uint64_t> WorkerProcess::active_tickets(const parallel::AttemptSlots& seen) {
  if (order_.concurrent()) return view_ ? leases_.started() : std::vector<std::uint64_t>{};
  const std::uint64_t ticket = seen.running.ticket != 0 ? seen.running.ticket : seen.loading.ticket;
  if (ticket == 0) return {};
  return {ticket};
}

TimePoint WorkerProcess::start_of(std::uint64_t ticket, const parallel::AttemptSlots& seen) const {
  if (ticket == seen.running.ticket) return seen.running.start;
  if (ticket == seen.loading.ticket) return seen.loading.start;
  // Of one that waits among many for its result it is only known when it was sent.
  const auto after = sent_.upper_bound(ticket);
  return after == sent_.begin() ? parts_.loop.now() : std::prev(after)->second;
}

void WorkerProcess::note_activity(const parallel::AttemptSlots& seen) {
  const auto active = active_tickets(seen);
  const std::uint64_t ticket = active.empty() ? 0 : active.front();
  const bool began = ticket != 0 && active_ticket_ == 0;
  active_ticket_ = ticket;
  if (began) owner_.worker_began(key_);
}

void WorkerProcess::kill_what_is_due(const parallel::AttemptSlots& seen, TimePoint now) {
  if (ending_ || asked_) return;
  if (const auto verdict = parallel::timed_out(seen, limits_, now)) {
    return begin_kill(verdict->ticket, verdict->status, seen);
  }
  if (!kill_when_started_) return;
  const auto& [mini_batch, part, status] = *kill_when_started_;
  auto tickets = active_tickets(seen);
  tickets.push_back(seen.loading.ticket);
  for (const std::uint64_t ticket : tickets) {
    const HeldLease* lease = leases_.find(ticket);
    if (lease != nullptr && lease->mini_batch == mini_batch && lease->part == part) {
      return begin_kill(ticket, status, seen);
    }
  }
  // It has ended or was taken back: a later try of it is another matter.
  if (!leases_.holds(mini_batch, part)) kill_when_started_.reset();
}

void WorkerProcess::begin_kill(std::uint64_t ticket, AttemptStatus status,
                               const parallel::AttemptSlots& seen) {
  ending_ = true;
  lose(ticket, status, seen);
  parts_.log.line(fmt::format("{}: ending mini-batch {} as {}", name(),
                              lost_.back().lease.mini_batch.value, status_name(status)));
  revoke(0);
  if (status != AttemptStatus::kRunTimeout && status != AttemptStatus::kLoadTimeout) {
    return parts_.processes.end(spawn_id_, kEndGraceMillis);
  }
  dump_from_ = stderr_size();
  parts_.processes.signal(spawn_id_, SIGUSR1);
  dump_timer_ = parts_.loop.call_at(parts_.loop.now() + kDumpWait, [this] { finish_dump(); });
}

// `ticket` is held.
void WorkerProcess::lose(std::uint64_t ticket, AttemptStatus status,
                         const parallel::AttemptSlots& seen) {
  LostAttempt lost;
  lost.items = items_of(ticket);
  lost.lease = *leases_.finish(ticket);
  lost.status = status;
  lost.start = start_of(ticket, seen);
  lost.took = parts_.loop.now() - lost.start;
  lost.was_running = ticket != seen.loading.ticket;
  lost_.push_back(std::move(lost));
}

void WorkerProcess::end_for_memory(std::uint64_t bytes) {
  if (phase_ != Phase::kStarting && phase_ != Phase::kReady) return;
  runlog::ErrorRecord error = memory_error(bytes, order_.memory_limit_bytes(), stderr_tail());
  parts_.log.line(name() + ": " + error.raised.message);
  peak_memory_ = bytes;
  if (!ending_ && !asked_) {
    ending_ = true;
    take_results();
    const parallel::AttemptSlots seen = slots();
    for (const std::uint64_t ticket : active_tickets(seen)) {
      lose(ticket, AttemptStatus::kProcessCrashed, seen);
      lost_.back().error = error;
      log_error(lost_.back(), "", stderr_tail());
    }
    flush_results();
    revoke(0);
  }
  out_of_memory_ = std::move(error);
  parts_.processes.end(spawn_id_, 0);
}

void WorkerProcess::finish_dump() {
  dump_timer_ = 0;
  LostAttempt& lost = lost_.front();
  const Duration limit = lost.status == AttemptStatus::kLoadTimeout ? limits_.load : limits_.run;
  std::string dump = stderr_between(dump_from_, stderr_size());
  lost.error = timeout_error(lost.status, limit, dump, order_.working_folder());
  log_error(lost, std::move(dump), stderr_between(0, dump_from_));
  if (phase_ == Phase::kReady) parts_.processes.end(spawn_id_, kEndGraceMillis);
}

}  // namespace batchmill::agent

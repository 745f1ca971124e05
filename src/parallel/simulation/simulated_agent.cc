#include "parallel/simulation/simulated_agent.h"

#include <algorithm>
#include <utility>

namespace batchmill::parallel::simulation {
namespace {

using namespace std::chrono_literals;

AttemptStatus status_of(Deed deed) {
  switch (deed) {
    case Deed::kSucceed:
    case Deed::kReturnShort:
      return AttemptStatus::kRunDone;
    case Deed::kRaise:
      return AttemptStatus::kRunException;
    case Deed::kFailToLoad:
      return AttemptStatus::kLoadException;
    case Deed::kHang:
      return AttemptStatus::kRunTimeout;
    case Deed::kCrash:
      return AttemptStatus::kProcessCrashed;
  }
  return AttemptStatus::kRunDone;
}

}  // namespace

SimulatedAgent::SimulatedAgent(NodeId node, const Scenario& scenario, Timeline& time,
                               Random& random, Executions& executions,
                               std::function<void(const Report&)> send)
    : node_(node),
      scenario_(scenario),
      time_(time),
      random_(random),
      executions_(executions),
      send_(std::move(send)) {}

void SimulatedAgent::report(Event event) {
  unacknowledged_.push_back({++sequence_, std::move(event)});
  send_(unacknowledged_.back());
}

void SimulatedAgent::acknowledge(std::uint64_t sequence) {
  while (!unacknowledged_.empty() && unacknowledged_.front().sequence <= sequence) {
    unacknowledged_.pop_front();
  }
}

void SimulatedAgent::die() {
  dead_ = true;
  processes_.clear();
  unacknowledged_.clear();
}

void SimulatedAgent::obey(const Effect& command, Epoch epoch) {
  if (dead_ || epoch < epoch_) return;
  epoch_ = epoch;
  if (const auto* start = std::get_if<StartWorker>(&command)) start_worker(start->worker);
  if (const auto* stop = std::get_if<StopWorker>(&command)) {
    stop_worker(stop->worker, stop->graceful);
  }
  if (const auto* given = std::get_if<Lease>(&command)) lease(*given);
  if (const auto* back = std::get_if<Revoke>(&command)) revoke(*back);
  if (const auto* kill = std::get_if<KillAttempt>(&command)) kill_attempt(*kill);
}

NodeJoined SimulatedAgent::hello(bool finished_too) const {
  NodeJoined joined{node_, {}, next_process_};
  for (const auto& [number, process] : processes_) {
    std::vector<AttemptId> held;
    for (const Report& each : unacknowledged_) {
      const auto* finished = std::get_if<AttemptFinished>(&each.event);
      if (finished_too && finished != nullptr && finished->worker == process.id) {
        held.push_back(finished->id);
      }
    }
    for (const Running& each : process.running) held.push_back(each.id);
    held.insert(held.end(), process.queue.begin(), process.queue.end());
    AdoptedWorker adopted{process.id, process.ready, {}, {}};
    for (const AttemptId& id : held) {
      if (!adopted.leases.empty() && adopted.lease_epoch != id.epoch) {
        joined.adopted.push_back(adopted);
        adopted.leases.clear();
      }
      adopted.lease_epoch = id.epoch;
      adopted.leases.push_back({id.mini_batch, 1, id.number, id.part});
    }
    joined.adopted.push_back(adopted);
  }
  return joined;
}

std::vector<WorkerBusy> SimulatedAgent::heartbeat() const {
  std::vector<WorkerBusy> beats;
  for (const auto& [number, process] : processes_) {
    if (process.running.empty()) continue;
    const Running& first = process.running.front();
    beats.push_back({process.id, static_cast<std::uint32_t>(process.queue.size()), true,
                     first.id.mini_batch, time_.now() - first.since});
  }
  return beats;
}

void SimulatedAgent::start_worker(WorkerId id) {
  if (processes_.contains(id.process)) return;
  next_process_ = std::max(next_process_, id.process + 1);
  Process& process = processes_[id.process];
  process.id = id;
  process.turn = ++turns_;
  const std::uint64_t turn = process.turn;
  report(WorkerStarting{id});
  const bool slow = random_.chance(0.1);
  time_.after(random_.duration(10ms, slow ? 5s : 100ms),
              [this, id, turn] { init_ended(id, turn); });
}

void SimulatedAgent::init_ended(WorkerId id, std::uint64_t turn) {
  auto found = processes_.find(id.process);
  if (dead_ || found == processes_.end() || found->second.turn != turn) return;
  const bool broken = scenario_.script_is_broken;
  if (broken || scenario_.init_always_fails || random_.chance(scenario_.init_failures)) {
    processes_.erase(found);
    report(WorkerFailed{id, broken ? InitFailure::kScript : InitFailure::kInit, "{}"});
    return;
  }
  found->second.ready = true;
  report(WorkerReady{id});
  run_next(found->second);
}

void SimulatedAgent::lease(const Lease& lease) {
  auto found = processes_.find(lease.worker.process);
  std::vector<AttemptId> refused;
  for (const LeaseRange& range : lease.ranges) {
    for (std::uint32_t i = 0; i < range.count; ++i) {
      const AttemptId id{MiniBatchId{range.first.value + i}, epoch_, range.attempt, range.part};
      if (found == processes_.end()) {
        refused.push_back(id);
        continue;
      }
      Process& process = found->second;
      const bool runs = std::any_of(process.running.begin(), process.running.end(),
                                    [&](const Running& each) { return each.id == id; });
      const auto& queue = process.queue;
      if (!runs && std::find(queue.begin(), queue.end(), id) == queue.end()) {
        process.queue.push_back(id);
      }
    }
  }
  if (!refused.empty()) give_back(lease.worker, refused);
  if (found == processes_.end()) return;
  Process& process = found->second;
  most_held_ = std::max(most_held_, process.running.size() + process.queue.size());
  run_next(process);
}

void SimulatedAgent::run_next(Process& process) {
  const std::size_t at_once = std::max<std::size_t>(scenario_.rules.fixed_window, 1);
  while (process.ready && process.running.size() < at_once && !process.queue.empty()) {
    const Running begun{process.queue.front(), ++turns_, time_.now()};
    process.queue.pop_front();
    process.running.push_back(begun);
    const Run run = scenario_.run_of(begun.id, random_);
    const Duration takes = run.deed == Deed::kHang ? scenario_.rules.run_timeout : run.takes;
    time_.after(takes,
                [this, id = process.id, turn = begun.turn, run] { run_ended(id, turn, run); });
  }
}

void SimulatedAgent::run_ended(WorkerId id, std::uint64_t turn, const Run& run) {
  auto found = processes_.find(id.process);
  if (dead_ || found == processes_.end()) return;
  Process& process = found->second;
  for (std::size_t i = 0; i < process.running.size(); ++i) {
    if (process.running[i].turn != turn) continue;
    end_run(process, i, status_of(run.deed), run.succeeded);
    if (run.deed == Deed::kHang || run.deed == Deed::kCrash) return exit(id, false);
    return run_next(process);
  }
}

void SimulatedAgent::end_run(Process& process, std::size_t running, AttemptStatus status,
                             std::uint32_t succeeded) {
  const Running ended = process.running[running];
  process.running.erase(process.running.begin() + static_cast<std::ptrdiff_t>(running));
  Outcome outcome;
  outcome.status = status;
  outcome.total = status == AttemptStatus::kProcessCrashed ? 0 : scenario_.items_of(ended.id);
  outcome.succeeded = status == AttemptStatus::kRunDone ? succeeded : 0;
  outcome.rows.rows = outcome.succeeded;
  outcome.rows.offset = executions_.size();
  outcome.rows.spool = SpoolId{node_.value};
  outcome.run = outcome.elapsed = time_.now() - ended.since;
  executions_.push_back({ended.id, outcome});
  report(AttemptFinished{process.id, ended.id, outcome});
}

void SimulatedAgent::give_back(WorkerId id, const std::vector<AttemptId>& leases) {
  for (const AttemptId& each : leases) {
    report(LeasesReturned{id, each.epoch, {{each.mini_batch, 1, each.number, each.part}}});
  }
}

void SimulatedAgent::exit(WorkerId id, bool asked) {
  auto found = processes_.find(id.process);
  if (found == processes_.end()) return;
  std::vector<AttemptId> leases;
  for (const Running& each : found->second.running) leases.push_back(each.id);
  leases.insert(leases.end(), found->second.queue.begin(), found->second.queue.end());
  processes_.erase(found);
  const bool returns_first = random_.chance(0.5);
  if (returns_first) give_back(id, leases);
  report(WorkerExited{id, asked});
  if (!returns_first) give_back(id, leases);
}

void SimulatedAgent::stop_worker(WorkerId id, bool graceful) {
  auto found = processes_.find(id.process);
  if (found == processes_.end()) {
    report(WorkerExited{id, true});
    return;
  }
  if (!graceful) return exit(id, true);
  found->second.ready = false;  // starts nothing any more
  time_.after(random_.duration(1ms, 200ms), [this, id] {
    if (!dead_) exit(id, true);
  });
}

void SimulatedAgent::revoke(const Revoke& revoke) {
  auto found = processes_.find(revoke.worker.process);
  if (found == processes_.end()) return;
  Process& process = found->second;
  std::vector<AttemptId> returned;
  while (!process.queue.empty() && process.running.size() + process.queue.size() > revoke.keep) {
    returned.push_back(process.queue.back());
    process.queue.pop_back();
  }
  give_back(revoke.worker, returned);
}

void SimulatedAgent::kill_attempt(const KillAttempt& kill) {
  auto found = processes_.find(kill.worker.process);
  if (found == processes_.end()) return;
  Process& process = found->second;
  for (std::size_t i = 0; i < process.running.size(); ++i) {
    const AttemptId& runs = process.running[i].id;
    if (runs.mini_batch != kill.mini_batch || runs.part != kill.part) continue;
    end_run(process, i, kill.status, 0);
    return exit(kill.worker, false);
  }
}

void SimulatedAgent::kill_some_worker() {
  if (processes_.empty()) return;
  auto victim =
      std::next(processes_.begin(), static_cast<std::ptrdiff_t>(random_.below(processes_.size())));
  Process& process = victim->second;
  const WorkerId id = process.id;
  if (!process.running.empty()) {
    end_run(process, random_.below(process.running.size()), AttemptStatus::kProcessCrashed, 0);
  }
  if (process.ready) return exit(id, false);
  processes_.erase(victim);
  report(WorkerFailed{id, InitFailure::kCrash, ""});
}

}  // namespace batchmill::parallel::simulation

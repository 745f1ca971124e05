#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "parallel/init_rules.h"
#include "parallel/scheduler_state.h"
#include "parallel/thresholds.h"

namespace batchmill::parallel {

namespace {

// "init failed 6 times on node 0 (limit 3 x 2 workers)"; `rounds` of the rule that ends the step.
std::string init_failure_text(std::uint64_t failures,
                              const std::vector<std::unique_ptr<Node>>& nodes, int rounds,
                              std::uint32_t workers_per_node) {
  const std::string where = nodes.size() == 1 ? fmt::format("node {}", nodes.front()->id.value)
                                              : fmt::format("{} nodes", nodes.size());
  return fmt::format("init failed {} times on {} (limit {} x {} worker{})", failures, where, rounds,
                     workers_per_node, workers_per_node == 1 ? "" : "s");
}

}  // namespace

void Scheduler::State::check_endings(Turn& turn) {
  if (stage != Stage::kRunning) return;
  if (figures_changed) {
    figures_changed = false;
    if (auto over = exceeded_threshold(rules, tally)) {
      return end_step({Verdict::kFailed, over->cause, std::move(over->detail), ""}, turn);
    }
    if (auto end = natural_end()) return end_step(std::move(*end), turn);
  }
  if (auto end = ending_by_init(turn.now)) return end_step(std::move(*end), turn);
  if (auto alarm = watchdogs.check(turn.now)) {
    end_step({Verdict::kFailed, alarm->cause, std::move(alarm->detail), ""}, turn);
  }
}

// Every mini-batch is done and durable.
std::optional<Finish> Scheduler::State::natural_end() const {
  if (!pool.complete() || pool.table().done() < pool.planned()) return std::nullopt;
  if (pool.planned() == 0 && !rules.allow_empty_input) {
    return Finish{Verdict::kFailed, Cause::kEmptyInput, "", ""};
  }
  if (pool.planned() > 0 && rules.expects_rows && tally.rows == 0) {
    return Finish{Verdict::kFailed, Cause::kNoRows, "", ""};
  }
  return Finish{};
}

std::optional<Finish> Scheduler::State::ending_by_init(TimePoint now) const {
  const auto& nodes = workers.nodes();
  const bool nobody = workers.live() == 0;
  const bool all_gave_up =
      nobody && !nodes.empty() &&
      std::all_of(nodes.begin(), nodes.end(), [](const auto& node) { return node->gave_up; });
  if (all_gave_up || job_gives_up(init_failures, static_cast<std::uint32_t>(nodes.size()),
                                  rules.workers_per_node, ever_ready, now - started)) {
    return Finish{
        Verdict::kFailed, Cause::kInit,
        init_failure_text(init_failures, nodes, all_gave_up ? 3 : 2, rules.workers_per_node),
        init_error};
  }
  if (workers.ready() > 0 || workers.starting() == 0) return std::nullopt;
  const Duration stuck_for = now - last_start;
  if (stuck_for <= stuck_init_limit(rules.run_timeout)) return std::nullopt;
  return Finish{Verdict::kFailed, Cause::kNoProgress,
                fmt::format("every worker is inside init() for more than {:.0f} s",
                            std::chrono::duration<double>(stuck_for).count()),
                ""};
}

// One nanosecond after the limits, because they are exceeded, not reached.
std::optional<TimePoint> Scheduler::State::init_deadline() const {
  TimePoint next = kNever;
  if (workers.ready() == 0 && workers.starting() > 0) {
    next = last_start + stuck_init_limit(rules.run_timeout) + Duration(1);
  }
  const TimePoint patience_ends = started + kInitPatience + Duration(1);
  if (!ever_ready && init_failures > 0) {
    const auto nodes = static_cast<std::uint32_t>(workers.nodes().size());
    const bool enough = job_gives_up(init_failures, nodes, rules.workers_per_node, ever_ready,
                                     kInitPatience + Duration(1));
    if (enough) next = std::min(next, patience_ends);
  }
  return next;
}

// The first reason wins, whatever follows from stopping.
void Scheduler::State::end_step(Finish why, Turn& turn) {
  if (stage != Stage::kRunning) return;
  ending = std::move(why);
  const bool by_itself = ending.verdict == Verdict::kCompleted || ending.cause == Cause::kNoRows ||
                         ending.cause == Cause::kEmptyInput;
  if (by_itself) return enter_stopping(turn);
  stage = Stage::kDraining;
  stage_deadline = turn.now + kDrainFor;
  revoke_all(workers.ids(), turn);
}

void Scheduler::State::revoke_all(const std::vector<WorkerId>& ids, Turn& turn) {
  for (const WorkerId id : ids) {
    if (!workers.worker(id)->held.empty()) turn.effects.emplace_back(Revoke{id, 0});
  }
}

void Scheduler::State::kill_attempts(const std::vector<WorkerId>& ids, Turn& turn) {
  for (const WorkerId id : ids) {
    for (const HeldLeases::Range& range : workers.worker(id)->held.ranges()) {
      for (std::uint32_t i = 0; i < range.lease.count; ++i) {
        const AttemptId attempt = attempt_in(range.lease, i, range.epoch);
        turn.effects.emplace_back(
            KillAttempt{id, attempt.mini_batch, AttemptStatus::kCanceled, attempt.part});
      }
    }
  }
}

// A worker inside init() has nothing to shut down; one that still holds a lease did not answer, or
// works for nobody.
void Scheduler::State::stop_workers(const std::vector<WorkerId>& ids, Turn& turn) {
  for (const WorkerId id : ids) {
    Worker& worker = *workers.worker(id);
    const bool was_ready =
        worker.state == WorkerState::kReady || worker.state == WorkerState::kStopping;
    const bool graceful = !stop_is_forced && was_ready && worker.held.empty();
    workers.set_state(worker, WorkerState::kStopping);
    turn.effects.emplace_back(StopWorker{id, graceful});
  }
}

// A node that joined while the step ends, or came back: what its agent was told may be lost.
void Scheduler::State::repeat_ending(const Node& node, Turn& turn) {
  const std::vector<WorkerId> ids = workers.ids_on(node);
  switch (stage) {
    case Stage::kDraining:
      return revoke_all(ids, turn);
    case Stage::kKilling:
      return kill_attempts(ids, turn);
    case Stage::kStopping:
      return stop_workers(ids, turn);
    case Stage::kRunning:
    case Stage::kFinished:
      return;
  }
}

void Scheduler::State::enter_killing(Turn& turn) {
  stage = Stage::kKilling;
  stage_deadline = turn.now + kKillFor;
  kill_attempts(workers.ids(), turn);
}

void Scheduler::State::enter_stopping(Turn& turn) {
  stage = Stage::kStopping;
  stage_deadline = turn.now + kStopFor;
  stop_workers(workers.ids(), turn);
}

// The second time, those that still do not answer are given up: their node is as good as gone, and
// no result of theirs counts any more.
void Scheduler::State::force_stop(Turn& turn) {
  if (stop_is_forced) {
    for (const WorkerId id : workers.ids()) {
      give_back_all(*workers.worker(id), turn.now);
      workers.remove_worker(id);
    }
    return;
  }
  stop_is_forced = true;
  stage_deadline = turn.now + kKillFor;
  stop_workers(workers.ids(), turn);
}

void Scheduler::State::advance_ending(Turn& turn) {
  const bool late = turn.now >= stage_deadline;
  if (stage == Stage::kDraining && late && workers.held() > 0) return enter_killing(turn);
  if (stage == Stage::kDraining || stage == Stage::kKilling) {
    if (workers.held() > 0 && !late) return;
    enter_stopping(turn);
  } else if (late && workers.live() > 0) {
    force_stop(turn);
  }
  if (workers.live() > 0) return;
  stage_deadline = kNever;
  if (groups.due(turn.now, true)) turn.effects.emplace_back(groups.close(pool.high_water()));
  if (!groups.idle()) return;
  stage = Stage::kFinished;
  turn.effects.emplace_back(ending);
}

}  // namespace batchmill::parallel

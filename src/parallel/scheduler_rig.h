#pragma once

#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "parallel/scheduler.h"

// Drives a Scheduler by hand in tests: a virtual clock, a record of every effect, and the
// sanity check after every event.
namespace batchmill::parallel {

using namespace std::chrono_literals;

template <typename T>
std::vector<T> of(const std::vector<Effect>& effects) {
  std::vector<T> found;
  for (const Effect& each : effects) {
    if (const T* effect = std::get_if<T>(&each)) found.push_back(*effect);
  }
  return found;
}

constexpr WorkerId worker(std::uint32_t process, std::uint32_t node = 0) {
  return {NodeId{node}, process};
}

inline Outcome outcome(AttemptStatus status, std::uint32_t succeeded = 5, std::uint32_t total = 5) {
  Outcome result;
  result.status = status;
  result.total = total;
  result.succeeded =
      status == AttemptStatus::kRunDone || status == AttemptStatus::kRunShort ? succeeded : 0;
  result.rows.rows = result.succeeded;
  result.rows.length = result.succeeded * 10;
  result.run = result.elapsed = 100ms;
  return result;
}

inline StepRules rules_with(std::uint32_t max_retries, std::uint32_t workers = 1) {
  StepRules rules;
  rules.max_retries = max_retries;
  rules.workers_per_node = workers;
  return rules;
}

inline StepRules rules_for(std::uint32_t workers) {
  return rules_with(StepRules{}.max_retries, workers);
}

// Every range that was leased, in order, to whomever.
inline std::vector<LeaseRange> ranges_leased(const std::vector<Effect>& effects) {
  std::vector<LeaseRange> ranges;
  for (const Lease& lease : of<Lease>(effects)) {
    ranges.insert(ranges.end(), lease.ranges.begin(), lease.ranges.end());
  }
  return ranges;
}

inline LeaseRange whole(std::uint64_t mini_batch, std::uint16_t attempt) {
  return {MiniBatchId{mini_batch}, 1, attempt, {}};
}

class Rig {
 public:
  explicit Rig(StepRules rules = {}, std::uint32_t epoch = 1)
      : epoch_{epoch}, scheduler_(std::move(rules), Epoch{epoch}, now_) {}

  // Starts from what a former leader committed; before anything else.
  void recover(const Rig& former) {
    for (const AttemptRecord& each : former.committed()) scheduler_.recover(each);
    scheduler_.recovered(former.high_water(), now_);
  }

  std::vector<Effect> send(const Event& event) {
    std::vector<Effect> effects;
    scheduler_.handle(event, now_, effects);
    EXPECT_EQ(scheduler_.sanity_check(), "");
    for (const Effect& each : effects) {
      if (const Commit* commit = std::get_if<Commit>(&each)) unanswered_.push_back(*commit);
      if (const Finish* finish = std::get_if<Finish>(&each)) finish_ = *finish;
      all_.push_back(each);
    }
    return effects;
  }

  // Lets time pass; ticks exactly when the scheduler asks for it. Returns what happened.
  std::vector<Effect> pass(Duration duration) {
    const TimePoint until = now_ + duration;
    std::vector<Effect> effects;
    while (!scheduler_.finished() && scheduler_.next_deadline() <= until) {
      now_ = std::max(now_, scheduler_.next_deadline());
      const std::vector<Effect> more = send(Tick{});
      effects.insert(effects.end(), more.begin(), more.end());
      if (++ticks_ > 100000) {
        ADD_FAILURE() << "the scheduler asks for ticks without end";
        break;
      }
    }
    now_ = until;
    return effects;
  }

  // Answers every commit that was asked for; returns what followed.
  std::vector<Effect> commit() {
    std::vector<Effect> effects;
    while (!unanswered_.empty()) {
      const Commit next = unanswered_.front();
      unanswered_.pop_front();
      committed_.insert(committed_.end(), next.attempts.begin(), next.attempts.end());
      high_water_ = std::max(high_water_, next.lease_high_water);
      const std::vector<Effect> more = send(Committed{next.group});
      effects.insert(effects.end(), more.begin(), more.end());
    }
    return effects;
  }
  std::vector<Effect> settle() {  // closes the open group and commits it
    std::vector<Effect> effects = pass(10ms);
    const std::vector<Effect> more = commit();
    effects.insert(effects.end(), more.begin(), more.end());
    return effects;
  }

  void plan(std::uint64_t mini_batches) { send(PlanComplete{mini_batches, mini_batches * 5}); }
  std::vector<Effect> join(std::uint32_t node = 0) { return send(NodeJoined{NodeId{node}, {}}); }
  std::vector<Effect> ready(std::uint32_t process, std::uint32_t node = 0) {
    send(WorkerStarting{worker(process, node)});
    return send(WorkerReady{worker(process, node)});
  }
  // A node with so many warm workers.
  void staff(std::uint32_t workers, std::uint32_t node = 0) {
    join(node);
    for (std::uint32_t i = 0; i < workers; ++i) ready(i, node);
  }
  AttemptId attempt(std::uint64_t mini_batch, std::uint16_t number = 1, ItemRange part = {}) const {
    return {MiniBatchId{mini_batch}, epoch_, number, part};
  }
  std::vector<Effect> report(WorkerId by, std::uint64_t mini_batch, std::uint16_t number,
                             const Outcome& result) {
    return send(AttemptFinished{by, attempt(mini_batch, number), result});
  }
  std::vector<Effect> done(WorkerId by, std::uint64_t mini_batch, std::uint16_t number = 1) {
    return report(by, mini_batch, number, outcome(AttemptStatus::kRunDone));
  }
  std::vector<Effect> failed(WorkerId by, std::uint64_t mini_batch, std::uint16_t number,
                             AttemptStatus status) {
    return report(by, mini_batch, number, outcome(status));
  }
  // Every worker that was told to stop does so.
  void let_workers_exit() {
    const std::vector<StopWorker> stops = of<StopWorker>(all_);
    for (const StopWorker& stop : stops) send(WorkerExited{stop.worker, true});
  }

  const Tally& tally() const { return scheduler_.tally(); }
  bool finished() const { return scheduler_.finished(); }
  const Finish& finish() const {
    EXPECT_TRUE(finished());
    return finish_;
  }
  const std::vector<Effect>& all() const { return all_; }
  const std::vector<AttemptRecord>& committed() const { return committed_; }
  MiniBatchId high_water() const { return high_water_; }
  TimePoint now() const { return now_; }
  Scheduler& scheduler() { return scheduler_; }
  std::deque<Commit>& unanswered() { return unanswered_; }

 private:
  TimePoint now_{1000s};
  Epoch epoch_;
  Scheduler scheduler_;
  std::vector<Effect> all_;
  std::deque<Commit> unanswered_;
  std::vector<AttemptRecord> committed_;
  MiniBatchId high_water_;
  Finish finish_;
  int ticks_ = 0;
};

}  // namespace batchmill::parallel

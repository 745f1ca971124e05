#include <algorithm>
#include <set>
#include <utility>

#include "parallel/simulation/cluster.h"

namespace batchmill::parallel::simulation {
namespace {

using namespace std::chrono_literals;

std::optional<WorkerId> addressee(const Effect& effect) {
  if (const auto* start = std::get_if<StartWorker>(&effect)) return start->worker;
  if (const auto* stop = std::get_if<StopWorker>(&effect)) return stop->worker;
  if (const auto* lease = std::get_if<Lease>(&effect)) return lease->worker;
  if (const auto* revoke = std::get_if<Revoke>(&effect)) return revoke->worker;
  if (const auto* kill = std::get_if<KillAttempt>(&effect)) return kill->worker;
  return std::nullopt;
}

}  // namespace

void Cluster::start_leader() {
  ++life_;
  ++statistics_.lives;
  ++ledger_.epoch.value;
  scheduler_ = std::make_unique<Scheduler>(scenario_.rules, ledger_.epoch, time_.now());
  journal_.begin_life(ledger_.epoch, ledger_.attempts, ledger_.high_water, time_.now());
  pace_ = std::make_unique<PaceCheck>(scenario_, ledger_.epoch);
  for (const AttemptRecord& record : ledger_.attempts) scheduler_->recover(record);
  scheduler_->recovered(ledger_.high_water, time_.now());
  plan_complete_ = false;
  if (planned_ > 0) tell(PlanGrew{planned_});
  plan_more();
  if (cancelled_ && scheduler_) tell(CancelRequested{});
  // Nodes of which nothing is heard are replaced after a while.
  time_.after(random_.duration(2s, 20s), [this, life = life_] {
    if (life != life_ || !scheduler_) return;
    std::vector<std::uint32_t> silent;
    for (const auto& [node, link] : links_) {
      if (!link.joined && !link.given_up && link.agent->is_dead()) silent.push_back(node);
    }
    for (const std::uint32_t node : silent) node_is_lost(node);
  });
}

void Cluster::plan_more() {
  const std::uint64_t total = scenario_.mini_batches;
  const std::uint64_t step =
      scenario_.plan_at_once ? total : 1 + random_.below(std::max<std::uint64_t>(total / 3, 1));
  planned_ = std::min(total, std::max(planned_, std::min(planned_ + step, total)));
  if (planned_ < total) {
    tell(PlanGrew{planned_});
    time_.after(random_.duration(1ms, 300ms), [this, life = life_] {
      if (life == life_ && scheduler_) plan_more();
    });
    return;
  }
  plan_complete_ = true;
  tell(PlanComplete{total, 0, scenario_.order});
}

// What the ledger was asked for and did not answer may have become durable or not, but never a
// later group without an earlier one.
void Cluster::crash_leader() {
  if (!scheduler_ || done_) return;
  const std::size_t durable = random_.below(commits_.size() + 1);
  for (std::size_t i = 0; i < durable; ++i) {
    const Commit& commit = commits_[i].commit;
    ledger_.attempts.insert(ledger_.attempts.end(), commit.attempts.begin(), commit.attempts.end());
    ledger_.high_water = std::max(ledger_.high_water, commit.lease_high_water);
    oracle_.committed(commit.attempts);
  }
  leader_is_gone();
}

void Cluster::leader_is_gone() {
  commits_.clear();
  committing_ = false;
  scheduler_.reset();
  timer_ = kNever;
  for (auto& [node, link] : links_) {
    if (link.connection == 0) continue;
    hang_up(node);
    time_.after(random_.duration(1ms, 2s), [this, node = node] { dial(node); });
  }
  time_.after(random_.duration(10ms, 3s), [this] { start_leader(); });
}

void Cluster::tell(const Event& event) {
  if (!scheduler_ || done_) return;
  const bool must_stop = oracle_.exceeded(plan_complete_);
  std::vector<Effect> effects;
  scheduler_->handle(event, time_.now(), effects);
  journal_.add(event, time_.now(), effects, *scheduler_);
  if (std::string wrong = scheduler_->sanity_check(); !wrong.empty()) oracle_.complain(wrong);
  const std::uint64_t twins = pace_->twins();
  oracle_.complain(pace_->see(event, time_.now(), effects));
  statistics_.twins += pace_->twins() - twins;
  oracle_.compare(scheduler_->tally());
  for (const Effect& each : effects) {
    if (must_stop && std::holds_alternative<Lease>(each)) {
      oracle_.complain("work is handed out although a threshold is exceeded");
    }
  }
  carry_out(effects);
  if (scheduler_) set_timer();
}

void Cluster::carry_out(const std::vector<Effect>& effects) {
  for (const Effect& each : effects) {
    if (const auto* commit = std::get_if<Commit>(&each)) {
      PendingCommit pending{*commit, {}};
      for (const auto& [node, link] : links_) pending.heard[node] = link.heard;
      commits_.push_back(std::move(pending));
      begin_commit();
    } else if (const auto* finish = std::get_if<Finish>(&each)) {
      on_finish(*finish);
    } else if (const auto worker = addressee(each)) {
      down(*worker, each);
    }
  }
}

void Cluster::set_timer() {
  const TimePoint next = scheduler_->next_deadline();
  if (next == kNever || next >= timer_) return;
  timer_ = next;
  time_.at(next + random_.duration(0us, 500us), [this, life = life_, next] {
    if (life != life_ || !scheduler_ || timer_ != next) return;
    timer_ = kNever;
    tell(Tick{});
  });
}

void Cluster::begin_commit() {
  if (committing_ || commits_.empty()) return;
  committing_ = true;
  time_.after(random_.duration(100us, random_.chance(0.1) ? 100ms : 5ms), [this, life = life_] {
    if (life == life_ && scheduler_) end_commit();
  });
}

void Cluster::end_commit() {
  const PendingCommit done = std::move(commits_.front());
  commits_.pop_front();
  committing_ = false;
  if (random_.chance(scenario_.commit_failures)) {
    commit_failed_ = true;
    tell(CommitFailed{done.commit.group, "no space left on device"});
  } else {
    const std::vector<AttemptRecord>& attempts = done.commit.attempts;
    ledger_.attempts.insert(ledger_.attempts.end(), attempts.begin(), attempts.end());
    ledger_.high_water = std::max(ledger_.high_water, done.commit.lease_high_water);
    oracle_.committed(attempts);
    acknowledge(done);
    tell(Committed{done.commit.group});
  }
  begin_commit();
}

// Everything that was heard before the group closed is in it, in an earlier one, or of no use.
void Cluster::acknowledge(const PendingCommit& done) {
  for (const auto& [node, sequence] : done.heard) {
    Link& link = links_[node];
    if (link.connection != 0) link.agent->acknowledge(std::min(sequence, link.heard));
  }
}

void Cluster::node_is_lost(std::uint32_t node) {
  Link& link = links_[node];
  if (!scheduler_ || link.given_up || link.connection != 0) return;
  link.given_up = true;
  start_node();
  tell(NodeLost{NodeId{node}, "connection lost"});
  tell_if_all_are_back();
}

void Cluster::on_finish(const Finish& finish) {
  statistics_.verdict = finish.verdict;
  statistics_.cause = finish.cause;
  oracle_.finished(finish, cancelled_, commit_failed_, plan_complete_);
  if (!commits_.empty()) oracle_.complain("finished before the ledger had answered");
  const std::uint32_t window = scenario_.rules.fixed_window;
  for (const auto& [node, link] : links_) {
    if (link.joined && link.agent->has_workers()) oracle_.complain("a worker is left behind");
    // What an agent kept from an earlier connection comes on top.
    const bool as_sent = scenario_.doubled == 0 && statistics_.connections == statistics_.nodes;
    if (window > 0 && as_sent && link.agent->most_held() > window) {
      oracle_.complain("a streaming worker held more than its window");
    }
  }
  done_ = !may_resume(finish);
  if (!done_) resume();
}

bool Cluster::may_resume(const Finish& finish) const {
  switch (finish.cause) {
    case Cause::kMiniBatchThreshold:
    case Cause::kItemThreshold:
    case Cause::kPercentThreshold:
    case Cause::kCommitFailed:
    case Cause::kCanceled:
      return statistics_.resumes < scenario_.resumes;
    default:
      return false;
  }
}

// Finally failed mini-batches get fresh tries (docs/formats/ledger.md); a new leader begins.
void Cluster::resume() {
  ++statistics_.resumes;
  std::set<MiniBatchId> failed;
  for (const AttemptRecord& record : ledger_.attempts) {
    const bool success = record.outcome.status == AttemptStatus::kRunDone;
    if (record.final && !success) failed.insert(record.id.mini_batch);
  }
  for (AttemptRecord& record : ledger_.attempts) {
    if (!failed.contains(record.id.mini_batch)) continue;
    record.forgotten = true;
    record.final = record.rows_count = record.split = false;
  }
  oracle_.resumed(ledger_.attempts);
  cancelled_ = commit_failed_ = false;
  leader_is_gone();
}

}  // namespace batchmill::parallel::simulation

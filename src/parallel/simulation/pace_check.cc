#include "parallel/simulation/pace_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace batchmill::parallel::simulation {
namespace {

constexpr double kRounding = 1e-3;

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::vector<AttemptId> ids_of(const LeaseRange& range, Epoch epoch) {
  std::vector<AttemptId> ids;
  for (std::uint32_t i = 0; i < range.count; ++i) {
    ids.push_back({MiniBatchId{range.first.value + i}, epoch, range.attempt, range.part});
  }
  return ids;
}

}  // namespace

PaceCheck::PaceCheck(const Scenario& scenario, Epoch epoch) : scenario_(scenario), epoch_(epoch) {
  if (!scenario.order) return;
  place_.resize(scenario.order->size());
  for (std::size_t i = 0; i < place_.size(); ++i) place_[(*scenario.order)[i].value] = i;
}

std::string PaceCheck::see(const Event& event, TimePoint now, const std::vector<Effect>& effects) {
  plan_complete_ |= std::holds_alternative<PlanComplete>(event);
  credit(event);
  std::string wrong;
  for (const Effect& each : effects) {
    if (const auto* lease = std::get_if<Lease>(&each)) wrong = see_lease(*lease, now);
    if (std::holds_alternative<StartWorker>(each)) wrong = see_start(now);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

// Leases of this life that came back unstarted may go out again at once. Generous where the event
// alone does not tell which those are.
void PaceCheck::credit(const Event& event) {
  if (const auto* finished = std::get_if<AttemptFinished>(&event)) {
    out_[finished->worker].erase(finished->id);
  } else if (const auto* returned = std::get_if<LeasesReturned>(&event)) {
    for (const LeaseRange& range : returned->ranges) {
      for (const AttemptId& id : ids_of(range, returned->epoch)) {
        credit(static_cast<double>(out_[returned->worker].erase(id)));
      }
    }
  } else if (const auto* exited = std::get_if<WorkerExited>(&event)) {
    credit_all(exited->worker);
  } else if (const auto* failed = std::get_if<WorkerFailed>(&event)) {
    credit_all(failed->worker);
  } else if (const auto* lost = std::get_if<NodeLost>(&event)) {
    for (const auto& [worker, leases] : out_) {
      if (worker.node == lost->node) credit_all(worker);
    }
  } else if (const auto* joined = std::get_if<NodeJoined>(&event)) {
    for (const AdoptedWorker& each : joined->adopted) {
      if (each.lease_epoch != epoch_) continue;
      for (const LeaseRange& range : each.leases) {
        for (const AttemptId& id : ids_of(range, epoch_)) out_[each.worker].insert(id);
      }
    }
  }
}

void PaceCheck::credit_all(WorkerId worker) {
  credit(static_cast<double>(out_[worker].size()));
  out_[worker].clear();
}

bool PaceCheck::is_out(const AttemptId& id) const {
  for (const auto& [worker, leases] : out_) {
    const auto near = leases.lower_bound({id.mini_batch, Epoch{0}, 0, {}});
    for (auto each = near; each != leases.end() && each->mini_batch == id.mini_batch; ++each) {
      if (each->part == id.part) return true;
    }
  }
  return false;
}

void PaceCheck::credit(double leases) { level_ = std::max(0.0, level_ - leases); }

std::string PaceCheck::see_lease(const Lease& lease, TimePoint now) {
  if (scenario_.rules.largest_first && !plan_complete_) return "a lease before the order is known";
  const double rate = scenario_.rules.max_mini_batches_per_second;
  level_ = std::max(0.0, level_ - seconds(now - level_at_) * rate);
  level_at_ = now;
  for (const LeaseRange& range : lease.ranges) {
    for (const AttemptId& id : ids_of(range, epoch_)) {
      if (scenario_.rules.speculation && is_out(id)) ++twins_;
      out_[lease.worker].insert(id);
    }
    level_ += range.count;
    if (!keeps_order(range)) {
      return fmt::format("mini-batch {} is leased before larger ones", range.first.value);
    }
  }
  const double burst = std::max(1.0, rate / 10);
  if (rate > 0 && level_ > burst + kRounding) {
    return fmt::format("{:.3f} leases at once where the rate limit allows {:.1f}", level_, burst);
  }
  return "";
}

// Mini-batches that were never leased go out in order. (Later lives cannot tell which those are.)
bool PaceCheck::keeps_order(const LeaseRange& range) {
  if (place_.empty() || epoch_ != Epoch{1} || !range.part.is_whole()) return true;
  for (std::uint64_t id = range.first.value; id < range.first.value + range.count; ++id) {
    if (!leased_.insert(id).second) continue;
    if (place_[id] < furthest_) return false;
    furthest_ = place_[id];
  }
  return true;
}

std::string PaceCheck::see_start(TimePoint now) {
  const bool too_early = any_start_ && now < last_start_ + scenario_.rules.init_stagger;
  any_start_ = true;
  last_start_ = now;
  return too_early ? "a worker is started too soon after the one before" : "";
}

}  // namespace batchmill::parallel::simulation

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "parallel/scheduler.h"

// What a decision costs (design.md sections 5 and 11): processor time of the scheduler with a
// simple driver. It is printed, not judged, because machines differ.
//   BATCHMILL_SCALE_MINI_BATCHES=10000000
namespace batchmill::parallel {
namespace {

using namespace std::chrono_literals;

class BigCluster {
 public:
  BigCluster(std::uint32_t nodes, std::uint32_t workers_per_node, std::uint64_t mini_batches,
             Duration run, std::uint32_t fails_one_in)
      : run_(run),
        fails_one_in_(fails_one_in),
        workers_per_node_(workers_per_node),
        queues_(std::size_t{nodes} * workers_per_node),
        scheduler_(rules(workers_per_node), Epoch{1}, now_) {
    tell(PlanComplete{mini_batches, 0});
    for (std::uint32_t node = 0; node < nodes; ++node) tell(NodeJoined{NodeId{node}, {}});
    for (std::uint32_t node = 0; node < nodes; ++node) {
      for (std::uint32_t i = 0; i < workers_per_node; ++i) {
        tell(WorkerStarting{{NodeId{node}, i}});
        tell(WorkerReady{{NodeId{node}, i}});
      }
    }
  }

  // Lets workers report in turn, a handful of results each, as messages bring them.
  void run() {
    while (!scheduler_.finished()) {
      bool any = false;
      for (std::size_t i = 0; i < queues_.size(); ++i) any |= report(i);
      if (!any && scheduler_.next_deadline() != kNever) {
        now_ = std::max(now_, scheduler_.next_deadline());
        tell(Tick{});
      }
    }
  }

  const Tally& tally() const { return scheduler_.tally(); }
  std::uint64_t messages() const { return leases_; }

 private:
  static StepRules rules(std::uint32_t workers_per_node) {
    StepRules made;
    made.workers_per_node = workers_per_node;
    return made;
  }
  std::size_t index(WorkerId id) const {
    return std::size_t{id.node.value} * workers_per_node_ + id.process;
  }

  bool report(std::size_t i) {
    std::deque<LeaseRange>& queue = queues_[i];
    const WorkerId worker{NodeId{static_cast<std::uint32_t>(i / workers_per_node_)},
                          static_cast<std::uint32_t>(i % workers_per_node_)};
    now_ += run_ / static_cast<std::int64_t>(queues_.size());
    int left = 16;
    bool any = false;
    while (left-- > 0 && !queue.empty()) {
      LeaseRange& range = queue.front();
      AttemptFinished finished{worker, {range.first, Epoch{1}, range.attempt}, outcome_};
      ++range.first.value;
      if (--range.count == 0) queue.pop_front();
      if (fails_one_in_ > 0 && ++reports_ % fails_one_in_ == 0) {
        finished.outcome.status = AttemptStatus::kRunException;
      }
      finished.outcome.run = finished.outcome.elapsed = run_;
      tell(finished);
      any = true;
      if (run_ > 1ms) break;
    }
    return any;
  }

  void tell(const Event& event) {
    std::vector<Effect> effects;
    std::swap(effects, spare_);
    effects.clear();
    scheduler_.handle(event, now_, effects);
    deadlines_ += scheduler_.next_deadline() == kNever ? 0 : 1;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      if (const auto* lease = std::get_if<Lease>(&effects[i])) {
        ++leases_;
        std::deque<LeaseRange>& queue = queues_[index(lease->worker)];
        queue.insert(queue.end(), lease->ranges.begin(), lease->ranges.end());
      } else if (const auto* commit = std::get_if<Commit>(&effects[i])) {
        scheduler_.handle(Committed{commit->group}, now_, effects);
      } else if (const auto* stop = std::get_if<StopWorker>(&effects[i])) {
        scheduler_.handle(WorkerExited{stop->worker, true}, now_, effects);
      }
    }
    std::swap(effects, spare_);
  }

  TimePoint now_{1h};
  Duration run_;
  std::uint32_t fails_one_in_;
  std::uint64_t reports_ = 0;
  std::uint32_t workers_per_node_;
  std::vector<std::deque<LeaseRange>> queues_;
  std::vector<Effect> spare_;
  Outcome outcome_;
  std::uint64_t leases_ = 0, deadlines_ = 0;
  Scheduler scheduler_;
};

std::uint64_t mini_batches_wanted() {
  const char* text = std::getenv("BATCHMILL_SCALE_MINI_BATCHES");
  return text == nullptr ? 200000 : std::strtoull(text, nullptr, 10);
}

// Returns how many mini-batches went into one lease message.
double run_and_print(std::uint32_t nodes, std::uint32_t workers, Duration run,
                     std::uint32_t fails_one_in, const char* name) {
  const std::uint64_t mini_batches = mini_batches_wanted();
  BigCluster cluster(nodes, workers, mini_batches, run, fails_one_in);
  const std::clock_t start = std::clock();  // of this process: others on the machine do not matter
  cluster.run();
  const double took = 1e9 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const Tally& tally = cluster.tally();
  EXPECT_EQ(tally.succeeded + tally.failed, mini_batches);
  const double batch = static_cast<double>(tally.tries) / static_cast<double>(cluster.messages());
  fmt::print("{:<12} {} mini-batches, {} x {} workers: {:.0f} ns per attempt, {:.1f} per lease\n",
             name, mini_batches, nodes, workers, took / static_cast<double>(tally.tries), batch);
  return batch;
}

TEST(Scale, ALargeClusterFinishesAndTheCostIsPrinted) {
  EXPECT_GT(run_and_print(1, 2, 1us, 0, "empty runs"), 64);
  EXPECT_GT(run_and_print(1000, 16, 100us, 0, "short runs"), 2);
  EXPECT_GE(run_and_print(1000, 16, 1s, 0, "long runs"), 1);
  run_and_print(1000, 16, 100us, 4, "many retries");
  run_and_print(1, 2, 1us, 2, "mostly retries");
}

}  // namespace
}  // namespace batchmill::parallel

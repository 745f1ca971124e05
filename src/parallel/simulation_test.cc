#include <cstdlib>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "parallel/simulation/cluster.h"

// The production scheduler in a world that breaks: for every seed, exactly-once, counts that add
// up, figures that follow commits only, exact thresholds, an end, and the same decisions when the
// same events are played again.
//   BATCHMILL_SIMULATION_RUNS=100000  runs longer
//   BATCHMILL_SIMULATION_SEED=17      runs one seed again
namespace batchmill::parallel::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Simulation, HoldsItsPromisesWhateverBreaks) {
  const std::uint64_t first = from_environment("BATCHMILL_SIMULATION_SEED", 1);
  const bool one = std::getenv("BATCHMILL_SIMULATION_SEED") != nullptr;
  const std::uint64_t runs = one ? 1 : from_environment("BATCHMILL_SIMULATION_RUNS", 10000);
  Cluster::Statistics sum;
  std::map<Cause, std::uint64_t> causes;
  int wrong = 0;
  for (std::uint64_t seed = first; seed < first + runs && wrong < 5; ++seed) {
    Cluster cluster(seed);
    const std::string complaint = cluster.run();
    if (!complaint.empty()) {
      ++wrong;
      ADD_FAILURE() << "BATCHMILL_SIMULATION_SEED=" << seed << ": " << complaint;
    }
    const Cluster::Statistics& each = cluster.statistics();
    sum.events += each.events;
    sum.lives += each.lives;
    sum.nodes += each.nodes;
    sum.connections += each.connections;
    sum.attempts += each.attempts;
    sum.splits += each.splits;
    sum.twins += each.twins;
    sum.resumes += each.resumes;
    if (each.lives > 0) ++causes[each.cause];
  }
  fmt::print(
      "{} runs: {} events, {} lives of leaders, {} nodes, {} connections, {} attempts, {} cuts, "
      "{} second attempts, {} resumes\n",
      runs, sum.events, sum.lives, sum.nodes, sum.connections, sum.attempts, sum.splits, sum.twins,
      sum.resumes);
  for (const auto& [cause, count] : causes) fmt::print("  cause {}: {}\n", int(cause), count);
  if (!one && runs >= 2000) {
    // The world really broke, and every kind of end was seen.
    EXPECT_GT(sum.lives, runs);
    EXPECT_GT(sum.nodes, runs);
    EXPECT_GT(sum.splits, runs);
    EXPECT_GT(sum.twins, runs / 10);
    EXPECT_GT(sum.resumes, runs / 20);
    EXPECT_GE(causes.size(), 8u);
  }
}

// A seed that fails can be looked at again.
TEST(Simulation, IsTheSameEveryTimeForASeed) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Cluster once(seed), again(seed);
    once.run();
    again.run();
    EXPECT_EQ(once.statistics().events, again.statistics().events) << "seed " << seed;
    EXPECT_EQ(once.statistics().digest, again.statistics().digest) << "seed " << seed;
  }
}

}  // namespace
}  // namespace batchmill::parallel::simulation

#include "pipeline/graph.h"

#include <algorithm>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "b" waits for "a".
Edge edge(const std::string& a, const std::string& b) { return {a, b, {}}; }

std::string text(const std::vector<Edge>& cycle) {
  std::string result = cycle.front().consumer;
  for (const Edge& step : cycle) result += " -> " + step.producer;
  return result;
}

TEST(OrderSteps, KeepsTheOrderOfTheFileWhereItMay) {
  EXPECT_THAT(order_steps({"c", "a", "b"}, {}).steps, ElementsAre("c", "a", "b"));
  EXPECT_THAT(order_steps({"c", "a", "b"}, {edge("a", "c")}).steps, ElementsAre("a", "c", "b"));
  EXPECT_THAT(
      order_steps({"d", "c", "b", "a"}, {edge("a", "b"), edge("b", "c"), edge("a", "c")}).steps,
      ElementsAre("d", "a", "b", "c"));
}

TEST(OrderSteps, IgnoresStepsThatAreNotThere) {
  const Order order = order_steps({"a"}, {edge("x", "a"), edge("a", "y")});
  EXPECT_THAT(order.steps, ElementsAre("a"));
  EXPECT_THAT(order.cycles, IsEmpty());
}

TEST(OrderSteps, NamesCyclesByTheirSteps) {
  const Order self = order_steps({"a"}, {edge("a", "a")});
  ASSERT_EQ(self.cycles.size(), 1u);
  EXPECT_EQ(text(self.cycles[0]), "a -> a");

  // "after" only waits for the cycle and is no part of it.
  const Order order =
      order_steps({"after", "a", "b", "c", "free"},
                  {edge("a", "after"), edge("b", "a"), edge("c", "b"), edge("a", "c")});
  EXPECT_THAT(order.steps, ElementsAre("free"));
  ASSERT_EQ(order.cycles.size(), 1u);
  EXPECT_EQ(text(order.cycles[0]), "a -> b -> c -> a");
}

TEST(OrderSteps, FindsSeveralCycles) {
  const Order order = order_steps({"a", "b", "c", "d"},
                                  {edge("a", "b"), edge("b", "a"), edge("c", "d"), edge("d", "c")});
  ASSERT_EQ(order.cycles.size(), 2u);
  EXPECT_EQ(text(order.cycles[0]), "a -> b -> a");
  EXPECT_EQ(text(order.cycles[1]), "c -> d -> c");
}

// Either all steps are ordered with producers first, or there is a cycle made of real edges.
TEST(OrderSteps, HoldsOnRandomGraphs) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    const std::size_t count = 1 + random() % 8;
    std::vector<std::string> steps;
    for (std::size_t index = 0; index < count; ++index) steps.push_back(std::to_string(index));
    std::vector<Edge> edges;
    std::set<std::pair<std::string, std::string>> known;
    for (unsigned rest = random() % 10; rest > 0; --rest) {
      edges.push_back(edge(steps[random() % count], steps[random() % count]));
      known.emplace(edges.back().producer, edges.back().consumer);
    }
    const Order order = order_steps(steps, edges);
    for (std::size_t at = 0; at < order.steps.size(); ++at) {
      for (const Edge& e : edges) {
        if (e.consumer != order.steps[at]) continue;
        const auto end = order.steps.begin() + static_cast<std::ptrdiff_t>(at);
        ASSERT_NE(std::find(order.steps.begin(), end, e.producer), end);
      }
    }
    ASSERT_EQ(order.cycles.empty(), order.steps.size() == count);
    for (const auto& cycle : order.cycles) {
      for (std::size_t at = 0; at < cycle.size(); ++at) {
        ASSERT_TRUE(known.contains({cycle[at].producer, cycle[at].consumer}));
        ASSERT_EQ(cycle[at].producer, cycle[(at + 1) % cycle.size()].consumer);
      }
    }
  }
}

}  // namespace
}  // namespace batchmill::pipeline

#include "engine/step_nodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StepNodes, AStepTakesTheLowestNodesUpToItsCount) {
  StepNodes nodes(2);
  for (const std::uint32_t node : {2U, 0U, 1U}) nodes.present(NodeId{node}, false);
  EXPECT_THAT(nodes.take(false), ElementsAre(NodeId{0}, NodeId{1}));
  EXPECT_FALSE(nodes.uses(NodeId{2}));
  EXPECT_EQ(nodes.seat(NodeId{1}), 1u);
}

TEST(StepNodes, ASpareNodeTakesTheSeatOfALostOne) {
  StepNodes nodes(2);
  for (const std::uint32_t node : {0U, 1U, 2U}) nodes.present(NodeId{node}, false);
  nodes.take(false);
  EXPECT_TRUE(nodes.lost(NodeId{0}));
  EXPECT_THAT(nodes.take(false), ElementsAre(NodeId{2}));
  EXPECT_EQ(nodes.seat(NodeId{2}), 0u);
  EXPECT_FALSE(nodes.lost(NodeId{0}));
}

TEST(StepNodes, AReplacementWithANewNumberJoinsLater) {
  StepNodes nodes(2);
  nodes.present(NodeId{0}, false);
  nodes.present(NodeId{1}, false);
  nodes.take(false);
  nodes.lost(NodeId{1});
  EXPECT_THAT(nodes.take(false), IsEmpty());
  nodes.present(NodeId{3}, false);
  EXPECT_THAT(nodes.take(false), ElementsAre(NodeId{3}));
  EXPECT_EQ(nodes.seat(NodeId{3}), 1u);
}

TEST(StepNodes, ANodeThatComesBackIsNoNewOne) {
  StepNodes nodes(1);
  nodes.present(NodeId{0}, false);
  nodes.take(false);
  nodes.present(NodeId{0}, true);
  EXPECT_THAT(nodes.take(false), IsEmpty());
}

// After the death of a leader the nodes come back in any order; those with workers come first.
TEST(StepNodes, WarmWorkersDecideBeforeNumbers) {
  StepNodes nodes(1);
  nodes.present(NodeId{0}, false);
  EXPECT_THAT(nodes.take(true), IsEmpty());
  nodes.present(NodeId{2}, true);
  EXPECT_THAT(nodes.take(true), ElementsAre(NodeId{2}));
  EXPECT_THAT(nodes.take(false), IsEmpty());
}

TEST(StepNodes, SeatsOutliveALeader) {
  StepNodes before(3);
  for (const std::uint32_t node : {0U, 1U, 2U}) before.present(NodeId{node}, false);
  before.take(false);
  before.lost(NodeId{1});
  before.present(NodeId{3}, false);
  before.take(false);
  EXPECT_EQ(before.seats_text(), "0=0,2=2,3=1");

  StepNodes after(3);
  ASSERT_TRUE(after.restore_seats(before.seats_text()));
  for (const std::uint32_t node : {2U, 3U, 0U}) after.present(NodeId{node}, true);
  after.take(true);
  EXPECT_EQ(after.seats_text(), before.seats_text());
}

TEST(StepNodes, ASeatThatANodeMayComeBackToIsGivenAwayLast) {
  StepNodes nodes(2);
  ASSERT_TRUE(nodes.restore_seats("0=0"));
  nodes.present(NodeId{4}, false);
  nodes.present(NodeId{5}, false);
  nodes.take(false);
  EXPECT_EQ(nodes.seats_text(), "4=1,5=0");
}

TEST(StepNodes, DamagedSeatsAreAnError) {
  StepNodes nodes(1);
  EXPECT_TRUE(nodes.restore_seats(""));
  for (const char* text : {"x", "1", "1:2", "1=2,"})
    EXPECT_FALSE(nodes.restore_seats(text)) << text;
}

}  // namespace
}  // namespace batchmill::engine

#include "agent/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

protocol::ToLeader ready(std::uint32_t process) {
  protocol::ToLeader message;
  message.mutable_worker_ready()->set_process(process);
  return message;
}

std::vector<std::uint64_t> kept(const Outbox& outbox) {
  std::vector<std::uint64_t> sequences;
  for (const auto& message : outbox.kept()) sequences.push_back(message.sequence());
  return sequences;
}

TEST(Outbox, NumbersFromOneAndKeepsUntilAcknowledged) {
  Outbox outbox;
  EXPECT_EQ(outbox.first_unacknowledged(), 1u);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(outbox.put(ready(i)).sequence(), i + 1);
  outbox.acknowledge(2);
  EXPECT_THAT(kept(outbox), ElementsAre(3));
  EXPECT_EQ(outbox.first_unacknowledged(), 3u);
  outbox.acknowledge(1);  // late
  EXPECT_THAT(kept(outbox), ElementsAre(3));
  outbox.acknowledge(3);
  EXPECT_THAT(kept(outbox), IsEmpty());
  EXPECT_EQ(outbox.first_unacknowledged(), 4u);
  EXPECT_EQ(outbox.put(ready(9)).sequence(), 4u);
}

TEST(Outbox, KeepsOutcomesUntilTheyAreAcknowledged) {
  Outbox outbox;
  outbox.put(ready(0));
  EXPECT_FALSE(outbox.keeps_outcomes()) << "a worker is gone with its agent";
  protocol::ToLeader results;
  results.mutable_results();
  outbox.put(std::move(results));
  EXPECT_TRUE(outbox.keeps_outcomes());
  outbox.acknowledge(2);
  EXPECT_FALSE(outbox.keeps_outcomes());
  protocol::ToLeader exited;
  exited.mutable_command_exited();
  outbox.put(std::move(exited));
  EXPECT_TRUE(outbox.keeps_outcomes());
}

}  // namespace
}  // namespace batchmill::agent

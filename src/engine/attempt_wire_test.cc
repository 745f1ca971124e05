#include "engine/attempt_wire.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

TEST(AttemptWire, RangesComeBackAsTheyWereSentPartsIncluded) {
  const std::vector<parallel::LeaseRange> ranges = {{MiniBatchId{7}, 300, 1, {}},
                                                    {MiniBatchId{9}, 1, 2, {4, 3}},
                                                    {MiniBatchId{12}, 1, 65535, {0, 1}}};
  google::protobuf::RepeatedPtrField<protocol::LeaseRange> wire;
  to_wire(ranges, wire);
  EXPECT_EQ(from_wire(wire), ranges);
}

TEST(AttemptWire, AResultKeepsItsIdentityAndWhatTheWorkerSaid) {
  protocol::AttemptResult result;
  result.set_mini_batch(9);
  result.set_epoch(3);
  result.set_attempt(2);
  result.set_part_first(4);
  result.set_part_count(3);
  result.set_status(static_cast<std::uint32_t>(AttemptStatus::kRunShort));
  result.set_total(3);
  result.set_succeeded(1);
  result.set_spool(65536);
  result.set_offset(10);
  result.set_length(20);
  result.set_rows(1);
  result.set_crc(0xFFFFFFFF);
  result.set_run_us(1500);
  result.set_error("{}");
  const auto event = from_wire({NodeId{1}, 0}, std::move(result));
  EXPECT_EQ(event.id, (AttemptId{MiniBatchId{9}, Epoch{3}, 2, {4, 3}}));
  EXPECT_EQ(event.outcome.status, AttemptStatus::kRunShort);
  EXPECT_EQ(event.outcome.rows.spool, SpoolId{65536});
  EXPECT_EQ(event.outcome.rows.crc, 0xFFFFFFFFU);
  EXPECT_EQ(event.outcome.run, std::chrono::microseconds(1500));
  EXPECT_EQ(event.outcome.error, "{}");
}

}  // namespace
}  // namespace batchmill::engine

#include "engine/scheduler_wire.h"

#include <gtest/gtest.h>

namespace batchmill::engine {
namespace {

TEST(SchedulerWire, RangesComeBackAsTheyWereSentPartsIncluded) {
  const std::vector<parallel::LeaseRange> ranges = {{MiniBatchId{7}, 300, 1, {}},
                                                    {MiniBatchId{9}, 1, 2, {4, 3}},
                                                    {MiniBatchId{12}, 1, 65535, {0, 1}}};
  google::protobuf::RepeatedPtrField<protocol::LeaseRange> wire;
  to_wire(ranges, wire);
  EXPECT_EQ(from_wire(wire), ranges);
}

TEST(SchedulerWire, AResultKeepsItsIdentityAndWhatTheWorkerSaid) {
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

// What an agent says of worker 4 of node 2 is one event about that worker, or none.
TEST(SchedulerWire, MessagesAboutAWorkerAreEventsAboutThatWorker) {
  const WorkerId worker{NodeId{2}, 4};
  const auto event_of = [](auto fill) {
    protocol::ToLeader message;
    fill(message);
    return worker_event(NodeId{2}, message);
  };
  const auto starting = event_of([](auto& m) { m.mutable_worker_starting()->set_process(4); });
  EXPECT_EQ(std::get<parallel::WorkerStarting>(*starting).worker, worker);
  const auto ready = event_of([](auto& m) { m.mutable_worker_ready()->set_process(4); });
  EXPECT_EQ(std::get<parallel::WorkerReady>(*ready).worker, worker);
  const auto failed = event_of([](auto& m) {
    m.mutable_worker_failed()->set_process(4);
    m.mutable_worker_failed()->set_kind(2);
    m.mutable_worker_failed()->set_error("{}");
  });
  EXPECT_EQ(std::get<parallel::WorkerFailed>(*failed).kind, parallel::InitFailure::kInit);
  EXPECT_EQ(std::get<parallel::WorkerFailed>(*failed).error, "{}");
  const auto exited = event_of([](auto& m) {
    m.mutable_worker_exited()->set_process(4);
    m.mutable_worker_exited()->set_asked(true);
  });
  EXPECT_TRUE(std::get<parallel::WorkerExited>(*exited).asked);
  const auto returned = event_of([](auto& m) {
    m.mutable_leases_returned()->set_process(4);
    m.mutable_leases_returned()->set_epoch(3);
    m.mutable_leases_returned()->add_ranges()->set_count(5);
  });
  EXPECT_EQ(std::get<parallel::LeasesReturned>(*returned).epoch, Epoch{3});
  EXPECT_EQ(std::get<parallel::LeasesReturned>(*returned).ranges.front().count, 5U);
  EXPECT_FALSE(event_of([](auto& m) { m.mutable_worker_notice()->set_process(4); }));
  EXPECT_FALSE(event_of([](auto& m) { m.mutable_results()->set_process(4); }));
}

TEST(SchedulerWire, AGreetingNamesOnlyTheWorkersAndNumbersOfTheStep) {
  protocol::Hello hello;
  hello.set_node(3);
  for (const char* step : {"other", "score"}) {
    auto& numbers = *hello.add_processes();
    numbers.set_step(step);
    numbers.set_next_process(step == std::string("score") ? 9 : 70);
    auto& live = *hello.add_workers();
    live.set_step(step);
    live.set_process(8);
    live.set_state(1);
    live.set_lease_epoch(2);
    live.add_ranges()->set_count(1);
  }
  const auto joined = node_joined("score", hello);
  EXPECT_EQ(joined.node, NodeId{3});
  EXPECT_EQ(joined.next_process, 9U);
  ASSERT_EQ(joined.adopted.size(), 1U);
  EXPECT_EQ(joined.adopted[0].worker, (WorkerId{NodeId{3}, 8}));
  EXPECT_TRUE(joined.adopted[0].ready);
  EXPECT_EQ(joined.adopted[0].lease_epoch, Epoch{2});
  EXPECT_EQ(joined.adopted[0].leases.size(), 1U);
}

TEST(SchedulerWire, OrdersNameTheStepTheWorkerAndWhatToDo) {
  const WorkerId worker{NodeId{2}, 4};
  const auto lease =
      order("score", parallel::Lease{worker, {{MiniBatchId{7}, 2, 1, {}}}}, 90).lease();
  EXPECT_EQ(lease.step(), "score");
  EXPECT_EQ(lease.process(), 4U);
  EXPECT_EQ(lease.planned(), 90U);
  EXPECT_EQ(lease.ranges(0).first(), 7U);
  EXPECT_EQ(order("score", parallel::Revoke{worker, 3}).revoke().keep(), 3U);
  const auto stop = order("score", parallel::StopWorker{worker, true}).stop_worker();
  EXPECT_TRUE(stop.graceful());
  EXPECT_EQ(Duration(stop.grace_ns()), std::chrono::seconds(30));
  parallel::KillAttempt effect{worker, MiniBatchId{7}, AttemptStatus::kCanceled};
  effect.part = {4, 3};
  const auto kill = order("score", effect).kill_attempt();
  EXPECT_EQ(kill.mini_batch(), 7U);
  EXPECT_EQ(kill.status(), static_cast<std::uint32_t>(AttemptStatus::kCanceled));
  EXPECT_EQ(kill.part_first(), 4U);
  EXPECT_EQ(kill.part_count(), 3U);
}

}  // namespace
}  // namespace batchmill::engine

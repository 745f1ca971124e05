#include "engine/scheduler_wire.h"

#include <chrono>
#include <utility>

namespace batchmill::engine {

namespace {

// How long a worker's shutdown() may take.
constexpr auto kShutdownGrace = std::chrono::seconds(30);

Duration micros(std::uint64_t count) {
  return std::chrono::microseconds(static_cast<std::int64_t>(count));
}

}  // namespace

parallel::AttemptFinished from_wire(WorkerId worker, protocol::AttemptResult&& result) {
  parallel::AttemptFinished event;
  event.worker = worker;
  event.id = {MiniBatchId{result.mini_batch()},
              Epoch{result.epoch()},
              static_cast<std::uint16_t>(result.attempt()),
              {result.part_first(), result.part_count()}};
  Outcome& outcome = event.outcome;
  outcome.status = static_cast<AttemptStatus>(result.status());
  outcome.total = result.total();
  outcome.succeeded = result.succeeded();
  outcome.rows = {SpoolId{result.spool()}, result.offset(), result.length(), result.rows(),
                  result.crc()};
  outcome.started = {result.started_us()};
  outcome.elapsed = micros(result.elapsed_us());
  outcome.run = micros(result.run_us());
  outcome.cpu = micros(result.cpu_us());
  outcome.peak_rss_kib = result.peak_rss_kib();
  outcome.error = std::move(*result.mutable_error());
  return event;
}

parallel::WorkerBusy from_wire(NodeId node, const protocol::Busy& busy) {
  return {{node, busy.process()},
          busy.queued(),
          busy.running(),
          MiniBatchId{busy.mini_batch()},
          Duration(busy.running_ns())};
}

std::vector<parallel::LeaseRange> from_wire(
    const google::protobuf::RepeatedPtrField<protocol::LeaseRange>& ranges) {
  std::vector<parallel::LeaseRange> result;
  result.reserve(static_cast<std::size_t>(ranges.size()));
  for (const protocol::LeaseRange& range : ranges) {
    result.push_back({MiniBatchId{range.first()},
                      range.count(),
                      static_cast<std::uint16_t>(range.attempt()),
                      {range.part_first(), range.part_count()}});
  }
  return result;
}

std::optional<parallel::Event> worker_event(NodeId node, protocol::ToLeader& message) {
  switch (message.body_case()) {
    case protocol::ToLeader::kWorkerStarting:
      return parallel::WorkerStarting{{node, message.worker_starting().process()}};
    case protocol::ToLeader::kWorkerReady:
      return parallel::WorkerReady{{node, message.worker_ready().process()}};
    case protocol::ToLeader::kWorkerFailed: {
      auto& failed = *message.mutable_worker_failed();
      return parallel::WorkerFailed{{node, failed.process()},
                                    static_cast<parallel::InitFailure>(failed.kind()),
                                    std::move(*failed.mutable_error())};
    }
    case protocol::ToLeader::kWorkerExited:
      return parallel::WorkerExited{{node, message.worker_exited().process()},
                                    message.worker_exited().asked()};
    case protocol::ToLeader::kLeasesReturned: {
      const auto& returned = message.leases_returned();
      return parallel::LeasesReturned{
          {node, returned.process()}, Epoch{returned.epoch()}, from_wire(returned.ranges())};
    }
    default:
      return std::nullopt;
  }
}

parallel::NodeJoined node_joined(const std::string& step, const protocol::Hello& hello) {
  parallel::NodeJoined joined;
  joined.node = NodeId{hello.node()};
  for (const protocol::StepProcesses& numbers : hello.processes()) {
    if (numbers.step() == step) joined.next_process = numbers.next_process();
  }
  for (const protocol::LiveWorker& live : hello.workers()) {
    if (live.step() != step) continue;
    parallel::AdoptedWorker adopted;
    adopted.worker = {joined.node, live.process()};
    adopted.ready = live.state() == 1;
    adopted.leases = from_wire(live.ranges());
    adopted.lease_epoch = Epoch{live.lease_epoch()};
    joined.adopted.push_back(std::move(adopted));
  }
  return joined;
}

void to_wire(const std::vector<parallel::LeaseRange>& ranges,
             google::protobuf::RepeatedPtrField<protocol::LeaseRange>& wire) {
  for (const parallel::LeaseRange& range : ranges) {
    protocol::LeaseRange& added = *wire.Add();
    added.set_first(range.first.value);
    added.set_count(range.count);
    added.set_attempt(range.attempt);
    added.set_part_first(range.part.first);
    added.set_part_count(range.part.count);
  }
}

protocol::ToAgent order(const std::string& step, const parallel::StopWorker& effect) {
  protocol::ToAgent message;
  auto& stop = *message.mutable_stop_worker();
  stop.set_step(step);
  stop.set_process(effect.worker.process);
  stop.set_graceful(effect.graceful);
  stop.set_grace_ns(Duration(kShutdownGrace).count());
  return message;
}

protocol::ToAgent order(const std::string& step, const parallel::Lease& effect,
                        std::uint64_t planned) {
  protocol::ToAgent message;
  auto& lease = *message.mutable_lease();
  lease.set_step(step);
  lease.set_process(effect.worker.process);
  lease.set_planned(planned);
  to_wire(effect.ranges, *lease.mutable_ranges());
  return message;
}

protocol::ToAgent order(const std::string& step, const parallel::Revoke& effect) {
  protocol::ToAgent message;
  auto& revoke = *message.mutable_revoke();
  revoke.set_step(step);
  revoke.set_process(effect.worker.process);
  revoke.set_keep(effect.keep);
  return message;
}

protocol::ToAgent order(const std::string& step, const parallel::KillAttempt& effect) {
  protocol::ToAgent message;
  auto& kill = *message.mutable_kill_attempt();
  kill.set_step(step);
  kill.set_process(effect.worker.process);
  kill.set_mini_batch(effect.mini_batch.value);
  kill.set_status(static_cast<std::uint32_t>(effect.status));
  kill.set_part_first(effect.part.first);
  kill.set_part_count(effect.part.count);
  return message;
}

}  // namespace batchmill::engine

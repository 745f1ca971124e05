#include "engine/attempt_wire.h"

#include <chrono>
#include <utility>

namespace batchmill::engine {

namespace {

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

}  // namespace batchmill::engine

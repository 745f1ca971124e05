#include "db/attempt_columns.h"

namespace batchmill::db {

namespace {

std::int64_t micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

std::int64_t state_of(const AttemptRecord& record) {
  return static_cast<std::int64_t>(record.outcome.status) | (record.final ? kFinalBit : 0) |
         (record.rows_count ? kRowsBit : 0) | (record.forgotten ? kForgottenBit : 0) |
         (record.split ? kSplitBit : 0);
}

}  // namespace

void bind_attempt(Statement& insert, const AttemptRecord& record, WallTime origin,
                  std::int64_t code) {
  const Outcome& outcome = record.outcome;
  insert.bind(1, static_cast<std::int64_t>(record.id.mini_batch.value));
  insert.bind(2, std::int64_t{record.id.epoch.value});
  insert.bind(3, std::int64_t{record.id.number});
  insert.bind(4, std::int64_t{record.worker.node.value});
  insert.bind(5, std::int64_t{record.worker.process});
  insert.bind(6, state_of(record));
  insert.bind(7, std::int64_t{outcome.total});
  insert.bind(8, std::int64_t{outcome.total} - std::int64_t{outcome.succeeded});
  insert.bind(9, std::int64_t{outcome.rows.spool.value});
  insert.bind(10, static_cast<std::int64_t>(outcome.rows.offset));
  insert.bind(11, static_cast<std::int64_t>(outcome.rows.length));
  insert.bind(12, std::int64_t{outcome.rows.rows});
  // Signed, so that it takes four bytes.
  insert.bind(13, std::int64_t{static_cast<std::int32_t>(outcome.rows.crc)});
  insert.bind(14, outcome.started.micros - origin.micros);
  insert.bind(15, micros(outcome.elapsed));
  insert.bind(16, micros(outcome.run));
  insert.bind(17, micros(outcome.cpu));
  insert.bind(18, static_cast<std::int64_t>(outcome.peak_rss_kib));
  insert.bind(19, std::int64_t{record.id.part.first});
  insert.bind(20, std::int64_t{record.id.part.count});
  insert.bind(21, code);
}

void read_attempt(const Statement& row, WallTime origin, AttemptRecord& record) {
  Outcome& outcome = record.outcome;
  record.id.mini_batch.value = static_cast<std::uint64_t>(row.integer(0));
  record.id.epoch.value = static_cast<std::uint32_t>(row.integer(1));
  record.id.number = static_cast<std::uint16_t>(row.integer(2));
  record.worker.node.value = static_cast<std::uint32_t>(row.integer(3));
  record.worker.process = static_cast<std::uint32_t>(row.integer(4));
  const std::int64_t state = row.integer(5);
  outcome.status = static_cast<AttemptStatus>(state & kStatusBits);
  record.final = (state & kFinalBit) != 0;
  record.rows_count = (state & kRowsBit) != 0;
  record.forgotten = (state & kForgottenBit) != 0;
  record.split = (state & kSplitBit) != 0;
  outcome.total = static_cast<std::uint32_t>(row.integer(6));
  outcome.succeeded = static_cast<std::uint32_t>(std::int64_t{outcome.total} - row.integer(7));
  outcome.rows.spool.value = static_cast<std::uint32_t>(row.integer(8));
  outcome.rows.offset = static_cast<std::uint64_t>(row.integer(9));
  outcome.rows.length = static_cast<std::uint64_t>(row.integer(10));
  outcome.rows.rows = static_cast<std::uint32_t>(row.integer(11));
  outcome.rows.crc = static_cast<std::uint32_t>(row.integer(12));
  outcome.started.micros = row.integer(13) + origin.micros;
  outcome.elapsed = std::chrono::microseconds(row.integer(14));
  outcome.run = std::chrono::microseconds(row.integer(15));
  outcome.cpu = std::chrono::microseconds(row.integer(16));
  outcome.peak_rss_kib = static_cast<std::uint64_t>(row.integer(17));
  record.id.part.first = static_cast<std::uint32_t>(row.integer(18));
  record.id.part.count = static_cast<std::uint32_t>(row.integer(19));
  record.code = static_cast<std::uint32_t>(row.integer(20));
}

}  // namespace batchmill::db

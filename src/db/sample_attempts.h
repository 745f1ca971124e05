#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "ports/ledger.h"

// Attempts for the tests of the ledger: like those of a real step, made from a number.
namespace batchmill::db {

inline constexpr std::int64_t kSampleStart = 1'768'209'220'123'456;

inline AttemptRecord sample_success(std::uint64_t mini_batch) {
  AttemptRecord record;
  record.id = {MiniBatchId{mini_batch}, Epoch{1}, 1};
  record.worker = {NodeId{0}, static_cast<std::uint32_t>(mini_batch % 16)};
  record.outcome.total = 5;
  record.outcome.succeeded = 5;
  record.outcome.rows = {SpoolId{static_cast<std::uint32_t>(mini_batch % 16)},
                         mini_batch / 16 * 640, 640, 5,
                         static_cast<std::uint32_t>(mini_batch * 2'654'435'761U)};
  const auto n = static_cast<std::int64_t>(mini_batch);
  record.outcome.started = WallTime{kSampleStart + n * 1'300};
  record.outcome.elapsed = std::chrono::microseconds(21'000 + n % 977);
  record.outcome.run = std::chrono::microseconds(20'000 + n % 953);
  record.outcome.cpu = std::chrono::microseconds(19'000 + n % 941);
  record.outcome.peak_rss_kib = 80'000 + mini_batch % 512;
  return record;
}

inline std::string sample_error(std::uint64_t mini_batch) {
  return R"({"code": 901, "type": "ValueError", "message": "could not convert )" +
         std::to_string(mini_batch) +
         R"(", "place": {"file": "score.py", "line": 31, "function": "run"}, )" +
         R"("frames": [")" + std::string(1'500, 'f') + R"("], "item": "day-)" +
         std::to_string(mini_batch) + R"(.csv", "mini_batch": )" + std::to_string(mini_batch) + "}";
}

inline AttemptRecord sample_failure(std::uint64_t mini_batch, std::uint16_t number, bool final) {
  AttemptRecord record = sample_success(mini_batch);
  record.id.number = number;
  record.outcome.status = AttemptStatus::kRunException;
  record.outcome.succeeded = 0;
  record.outcome.rows = {};
  record.outcome.error = sample_error(mini_batch);
  record.final = final;
  record.rows_count = false;
  return record;
}

// All that a record says, for comparing.
inline std::string in_words(const AttemptRecord& record) {
  const Outcome& o = record.outcome;
  std::string text = status_name(o.status);
  for (const std::int64_t number : {static_cast<std::int64_t>(record.id.mini_batch.value),
                                    std::int64_t{record.id.epoch.value},
                                    std::int64_t{record.id.number},
                                    std::int64_t{record.worker.node.value},
                                    std::int64_t{record.worker.process},
                                    std::int64_t{o.total},
                                    std::int64_t{o.succeeded},
                                    std::int64_t{o.rows.spool.value},
                                    static_cast<std::int64_t>(o.rows.offset),
                                    static_cast<std::int64_t>(o.rows.length),
                                    std::int64_t{o.rows.rows},
                                    std::int64_t{o.rows.crc},
                                    o.started.micros,
                                    std::int64_t{o.elapsed.count()},
                                    std::int64_t{o.run.count()},
                                    std::int64_t{o.cpu.count()},
                                    static_cast<std::int64_t>(o.peak_rss_kib),
                                    std::int64_t{record.final},
                                    std::int64_t{record.rows_count},
                                    std::int64_t{record.forgotten},
                                    std::int64_t{record.split},
                                    std::int64_t{record.id.part.first},
                                    std::int64_t{record.id.part.count}}) {
    text += " " + std::to_string(number);
  }
  return text + " " + o.error;
}

inline std::vector<AttemptRecord> read_all(const Ledger& ledger, bool with_errors = true) {
  std::vector<AttemptRecord> records;
  const auto read = ledger.for_each_attempt(with_errors, [&](const AttemptRecord& record) {
    records.push_back(record);
    return true;
  });
  if (!read) records.clear();
  return records;
}

}  // namespace batchmill::db

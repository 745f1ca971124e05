#pragma once

#include <algorithm>
#include <string>

#include "model/attempt.h"

// Attempts and error records for tests, as a worker makes them.
namespace batchmill::runlog {

inline constexpr std::int64_t kNoon = 1'768'219'200'000'000;  // 2026-01-12T12:00:00Z

inline std::string value_error(const std::string& message, const std::string& item) {
  return R"j({"code": 901, "type": "ValueError", "message": ")j" + message +
         R"j(", "place": {"file": "score.py", "line": 31, "function": "run"}, "frames": [
  {"file": "score.py", "line": 31, "function": "run", "text": "price = parse(row[\"price\"])",
   "user": true},
  {"file": "lib/parse.py", "line": 8, "function": "parse", "text": "return float(text)",
   "user": true}],
 "chain": [{"link": "while handling", "type": "KeyError", "message": "'EUR'",
            "place": {"file": "lib/parse.py", "line": 5, "function": "parse"}, "frames": []}],
 "notes": [], "item": ")j" +
         item + R"j(", "detail": ""})j";
}

inline std::string out_of_memory() {
  return R"j({"code": 911, "type": "", "message": "killed: out of memory (peak 7.9 GB)",
 "place": null, "frames": [], "chain": [], "notes": [], "item": "", "detail": ""})j";
}

inline AttemptRecord success(std::uint64_t mini_batch, std::uint16_t number = 1) {
  AttemptRecord attempt;
  attempt.id = {MiniBatchId{mini_batch}, Epoch{1}, number};
  attempt.worker = {NodeId{0}, 4};
  attempt.outcome.total = 5;
  attempt.outcome.succeeded = 5;
  attempt.outcome.rows.rows = 5;
  attempt.outcome.started = WallTime{kNoon + static_cast<std::int64_t>(mini_batch) * 250'000};
  attempt.outcome.elapsed = std::chrono::microseconds(520'001);
  attempt.outcome.run = std::chrono::microseconds(480'000);
  attempt.outcome.cpu = std::chrono::microseconds(1'470'000);
  attempt.outcome.peak_rss_kib = 81'000;
  return attempt;
}

inline AttemptRecord failure(std::uint64_t mini_batch, std::uint16_t number, bool is_final,
                             std::string error,
                             AttemptStatus status = AttemptStatus::kRunException) {
  AttemptRecord attempt = success(mini_batch, number);
  attempt.outcome.status = status;
  attempt.outcome.succeeded = 0;
  attempt.outcome.rows.rows = 0;
  attempt.outcome.error = std::move(error);
  attempt.final = is_final;
  attempt.rows_count = false;
  return attempt;
}

// The same try of items [first, first + count) alone.
inline AttemptRecord part(AttemptRecord attempt, std::uint32_t first, std::uint32_t count) {
  attempt.id.part = {first, count};
  attempt.outcome.total = count;
  attempt.outcome.succeeded = std::min(attempt.outcome.succeeded, count);
  attempt.outcome.rows.rows = attempt.outcome.succeeded;
  return attempt;
}

// The last try of a range that was cut in two.
inline AttemptRecord split(AttemptRecord attempt) {
  attempt.final = false;
  attempt.split = true;
  return attempt;
}

}  // namespace batchmill::runlog

#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/attempt.h"
#include "runlog/worker_gpus.h"

// Fields of CSV files, appended without allocating: reports have millions of rows.
namespace batchmill::runlog {

// Stands for null in the original's reports.
inline constexpr std::string_view kNull = "N/A";

template <typename Integer>
void append_number(std::string& out, Integer number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

// "0.021345"; negative durations count as zero.
void append_seconds(std::string& out, Duration duration);
// Quoted where RFC 4180 wants it. Empty text is null.
void append_text(std::string& out, std::string_view text);
// "3-4": items by position, from the first to the last; null for a whole mini-batch.
void append_part(std::string& out, const ItemRange& part);
// Index of the worker's GPU on its node; null where there is none, or none is known.
void append_gpu(std::string& out, const WorkerGpus& gpus, WorkerId worker);
// "process004"
void append_process(std::string& out, std::uint32_t process);

// iso_micros() for times that mostly follow each other.
class IsoTimes {
 public:
  void append(std::string& out, WallTime time);

 private:
  std::int64_t second_ = -1;
  std::string prefix_;
};

}  // namespace batchmill::runlog

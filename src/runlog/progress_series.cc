#include "runlog/progress_series.h"

#include <algorithm>

#include <fmt/format.h>

#include "runlog/csv_text.h"

namespace batchmill::runlog {

std::string progress_series_header() {
  return "Datetime,Total Tasks,Scheduled Tasks,Completed Tasks,Failed Tasks,Elapsed Time,"
         "Estimated Remaining Time\n";
}

std::string progress_series_row(WallTime now, const StepProgress& step) {
  const Count& count = step.mini_batches;
  const std::string total = count.total_known ? std::to_string(count.total) : std::string(kNull);
  const std::string left = step.left_s
                               ? fmt::format("{:.0f}", (step.left_s->low + step.left_s->high) / 2)
                               : std::string(kNull);
  return fmt::format("{},{},{},{},{},{:.1f},{}\n", iso_micros(now), total, count.total,
                     count.done - std::min(count.done, count.failed), count.failed, step.elapsed_s,
                     left);
}

}  // namespace batchmill::runlog

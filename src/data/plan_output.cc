#include "data/plan_output.h"

#include <algorithm>

namespace batchmill::data {

namespace {
constexpr std::uint32_t kRecordsPerLook = 64;  // reading the clock costs as much as a record
}

void ReportPace::reported(TimePoint before, TimePoint after, std::uint64_t mini_batches) {
  due_ = after + std::max(kInterval, 4 * (after - before));
  reported_ = mini_batches;
}

PlanOutput::PlanOutput(ManifestWriter& writer, const Clock& clock, const PlanSink& sink,
                       bool counts_items)
    : writer_(writer),
      clock_(clock),
      sink_(sink),
      counts_items_(counts_items),
      pace_(clock.now()) {}

Result<void> PlanOutput::add_file(std::string_view path) {
  BM_TRY(writer_.add_file(path));
  ++items_;
  return report_if_due();
}

Result<void> PlanOutput::add_slice(const SliceRecord& slice) {
  BM_TRY(writer_.add_slice(slice));
  return report_if_due();
}

Result<void> PlanOutput::add_rows(const RowsRecord& rows) {
  BM_TRY(writer_.add_rows(rows));
  items_ += rows.rows;
  return report_if_due();
}

Result<void> PlanOutput::add_rank() {
  BM_TRY(writer_.add_rank());
  return report_if_due();
}

Result<void> PlanOutput::report_if_due() {
  if (--until_look_ > 0) return {};
  until_look_ = kRecordsPerLook;
  if (pace_.is_due(clock_.now(), writer_.mini_batches())) BM_TRY(report());
  return {};
}

Result<PlanProgress> PlanOutput::report() {
  const TimePoint before = clock_.now();
  BM_TRY(writer_.sync());
  PlanProgress progress;
  progress.mark = writer_.mark();
  progress.items_known = counts_items_;
  if (counts_items_) progress.items = items_;
  if (!sink_(progress)) return fail(ErrorKind::kCanceled, "planning was canceled");
  pace_.reported(before, clock_.now(), progress.mark.mini_batches);
  return progress;
}

Result<PlanProgress> PlanOutput::finish() {
  BM_TRY(writer_.finish());
  return report();
}

}  // namespace batchmill::data

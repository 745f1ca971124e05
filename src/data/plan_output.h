#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "data/manifest_writer.h"
#include "data/planner.h"
#include "ports/clock.h"

namespace batchmill::data {

// When progress is due: the first report early, so that work can start, later ones so far apart
// that syncing takes at most a fifth of the time. Pure.
class ReportPace {
 public:
  explicit ReportPace(TimePoint start) : due_(start + kFirst) {}
  bool is_due(TimePoint now, std::uint64_t mini_batches) const {
    return mini_batches > reported_ && (now >= due_ || mini_batches >= reported_ + kMiniBatches);
  }
  void reported(TimePoint before, TimePoint after, std::uint64_t mini_batches);

 private:
  static constexpr Duration kFirst = std::chrono::milliseconds(5);
  static constexpr Duration kInterval = std::chrono::milliseconds(50);
  static constexpr std::uint64_t kMiniBatches = 10'000;
  TimePoint due_;
  std::uint64_t reported_ = 0;
};

// The manifest that is being written, with its reports to the sink.
class PlanOutput {
 public:
  PlanOutput(ManifestWriter& writer, const Clock& clock, const PlanSink& sink, bool counts_items);

  Result<void> add_file(std::string_view path);
  Result<void> add_slice(const SliceRecord& slice);
  Result<void> add_rows(const RowsRecord& rows);
  Result<void> add_rank();
  Result<PlanProgress> finish();

 private:
  Result<void> report_if_due();
  Result<PlanProgress> report();

  ManifestWriter& writer_;
  const Clock& clock_;
  const PlanSink& sink_;
  bool counts_items_;
  std::uint64_t items_ = 0;
  ReportPace pace_;
  std::uint32_t until_look_ = 1;
};

}  // namespace batchmill::data

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/sources.h"
#include "data/table_format.h"
#include "model/ids.h"
#include "ports/bulk_files.h"
#include "ports/clock.h"
#include "ports/files.h"
#include "ports/ledger.h"

// From an input to its mini-batches: lists, cuts and writes the manifest (design.md section 6,
// steps 1 to 3; parallel-job.md 4).
namespace batchmill::data {

// Rows of a mini-batch of JSON lines where nothing else is said.
constexpr std::uint64_t kDefaultRowsPerMiniBatch = 100;

// At most one of `table`, `rows_per_mini_batch` and `rank_count` is there; without any the items
// are files.
struct PlanRequest {
  std::string input_name;  // for messages
  std::vector<Source> sources;
  std::optional<TableFormat> table;   // a delimited table
  std::uint64_t mini_batch_size = 1;  // files, or bytes of a table; not 0
  // Not 0: the items are rows of JSON lines, and so many of them make a mini-batch.
  std::uint64_t rows_per_mini_batch = 0;
  std::uint64_t rank_count = 0;  // not 0: so many mini-batches without input; no sources needed
  bool wants_order = false;      // PlanResult::order; files are looked at for their sizes
  std::string manifest_folder;
  PlanMark earlier;          // the mark of an earlier life, or no records
  bool allow_empty = false;  // an input without items is a plan without mini-batches
};

struct PlanProgress {
  // Durable: the manifest was synced. Mini-batches of the mark may be leased once it stands in the
  // ledger; what lies behind the mark may be cut off by a restart.
  PlanMark mark;
  std::uint64_t items = 0;   // files or rows of JSON lines; 0 for tables and ranks
  bool items_known = false;  // false for tables: rows are counted by reading them
};

struct PlanResult {
  PlanProgress total;  // mark.complete is true
  std::vector<std::string> warnings;
  // With wants_order: every mini-batch once, largest first (plan_order.h).
  std::shared_ptr<const std::vector<MiniBatchId>> order;
};

// Called on the thread of run(). Returning false ends planning with kCanceled.
using PlanSink = std::function<bool(const PlanProgress&)>;

class Planner {
 public:
  // All outlive the planner.
  Planner(Files& files, BulkFiles& bulk, const Clock& clock)
      : files_(files), bulk_(bulk), clock_(clock) {}

  // Blocks until the plan is complete. `sink` gets progress soon after the first mini-batches, then
  // every 50 ms or 10,000 mini-batches (less often where syncing is slow), and at the end.
  //
  // Errors: kInvalid for an input without items (unless allowed) and for an input that changed
  // since the earlier life; kNotFound for what does not exist; kCanceled. They name the input or
  // the path. The same input and settings give the same manifest (I-10).
  Result<PlanResult> run(const PlanRequest& request, const PlanSink& sink);

 private:
  Result<PlanResult> make(const PlanRequest& request, const PlanSink& sink);

  Files& files_;
  BulkFiles& bulk_;
  const Clock& clock_;
};

}  // namespace batchmill::data

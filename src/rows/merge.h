#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "ports/bulk_files.h"
#include "ports/files.h"
#include "rows/extent_index.h"
#include "rows/spool_set.h"

// The aggregated file (design.md section 6, step 7; parallel-job.md 6).
namespace batchmill::rows {

struct MergeRequest {
  std::string target;  // absolute path; a file that is there is replaced
  std::string owner;   // name of the job: the same in every life of its leader, another in others
  // The header line of the first mini-batch whose spool has one comes first, once.
  bool wants_header = false;
};

struct MergeTotals {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of the file, its header line included
};

// Bytes of rows done and in total. Returning false ends the merge with kCanceled.
using MergeProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Writes the committed rows in mini-batch order. The file appears complete or not at all (I-5): a
// hidden file beside it is written, synced and renamed. After an error nothing is left behind;
// after a crash the next call with the same target and owner replaces the leftover. No rows give
// an empty file. Errors name the spool or the target; kProtocol when rows are not those that were
// committed.
Result<MergeTotals> merge_rows(Files& files, BulkFiles& bulk, const ExtentIndex& index,
                               const SpoolPath& spool_path, const MergeRequest& request,
                               const MergeProgress& progress);

// For a job that ends without merging: removes what a crash may have left. Missing is success.
Result<void> remove_merge_leftover(Files& files, const std::string& target,
                                   const std::string& owner);

// The hidden file beside the target, ".temp_<hash of owner>_<final name>".
std::string merge_temporary(const std::string& target, const std::string& owner);

}  // namespace batchmill::rows

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/attempt.h"
#include "model/job_folder.h"
#include "ports/bulk_files.h"
#include "ports/files.h"
#include "ports/ledger.h"
#include "runlog/finished_mini_batches.h"

namespace batchmill::engine {

// Which mini-batches of an earlier step are kept: those that succeeded, bisected ones with all of
// their parts. Pure.
class KeptMiniBatches {
 public:
  explicit KeptMiniBatches(std::uint64_t mini_batches)
      : began_(mini_batches), succeeded_(mini_batches) {}
  // Every attempt of the earlier ledger, in commit order.
  void add(const AttemptRecord& record);
  // Whether the record goes into the new ledger: what counts, and how it was cut.
  bool keeps(const AttemptRecord& record) const;
  std::uint64_t count() const { return count_; }
  // When its rows were made: the start of the attempt that made them, of a bisected mini-batch the
  // earliest one. Nothing when it is not kept.
  std::optional<WallTime> made(MiniBatchId mini_batch) const;

 private:
  runlog::FinishedMiniBatches finished_;
  std::vector<WallTime> began_;  // 0: no attempt of it counts yet
  std::vector<bool> succeeded_;
  std::uint64_t count_ = 0;
};
Result<KeptMiniBatches> kept_mini_batches(const Ledger& earlier, std::uint64_t mini_batches);

// Spools that hold rows of an earlier job have ids of their own, which no worker has.
constexpr std::uint32_t kTakenOverSpools = 0x8000'0000;

// Where the rows of an earlier step lie, and where they go: into spools of the new step. Rows that
// were merged are found in the aggregated file, which holds them in the order of mini-batches.
class KeptRows {
 public:
  // Of the spools. Nothing when one is missing or too short.
  static Result<std::optional<KeptRows>> in_spools(const Files& files, const Ledger& earlier,
                                                   const StepFolder& folder,
                                                   const KeptMiniBatches& kept);
  // Of the aggregated file. Nothing when it is missing, or is not what was merged.
  static Result<std::optional<KeptRows>> in_aggregated(const BulkFiles& bulk, const Files& files,
                                                       const Ledger& earlier,
                                                       const std::string& path);

  // Durable copies under their new ids, each with its header line. May be repeated.
  Result<void> copy(Files& files, BulkFiles& bulk, const StepFolder& to) const;
  // Lets the record name its rows by the new spool.
  void move(AttemptRecord& record) const;

 private:
  struct Source {
    std::string path;
    std::uint64_t length = 0;
    std::string header;
  };
  struct Place {
    MiniBatchId mini_batch;
    std::uint32_t part_first = 0;
    std::uint64_t offset = 0;
    auto key() const { return std::pair(mini_batch, part_first); }
  };
  std::vector<Source> sources_;               // by new number
  std::map<SpoolId, std::uint32_t> numbers_;  // of old spools
  std::vector<Place> places_;                 // in the aggregated file, in its order
};

}  // namespace batchmill::engine

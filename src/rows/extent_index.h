#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "model/attempt.h"
#include "model/ids.h"
#include "ports/ledger.h"

namespace batchmill::rows {

// Rows of a mini-batch, or of a part of one, that belong to the aggregated file. The extent's
// number of rows is not kept (ExtentIndex::rows() has the sum).
struct CommittedExtent {
  MiniBatchId mini_batch;
  SpoolExtent rows;
  ItemRange part;
};

// Where the committed rows of each mini-batch lie: 16 bytes per mini-batch, so that a step of ten
// million fits beside the leader's budget (design.md section 11). Bisected mini-batches cost more,
// by the number of their parts.
class ExtentIndex {
 public:
  // Grows as needed; `mini_batches` only saves growing.
  explicit ExtentIndex(std::uint64_t mini_batches = 0) { cells_.reserve(mini_batches); }

  // Everything that the ledger holds.
  static Result<ExtentIndex> read(const Ledger& ledger, std::uint64_t mini_batches);

  // Takes the rows of an attempt that is final and whose rows count; ignores all others.
  // kProtocol when an item of it has such an attempt already: exactly once (I-1) is broken, and
  // no aggregated file may be made.
  Result<void> add(const AttemptRecord& attempt);

  std::uint64_t mini_batches() const { return with_rows_; }  // that have an entry
  std::uint64_t rows() const { return rows_; }
  std::uint64_t bytes() const { return bytes_; }

  // Walks the entries in the order of mini-batches and, within one, of parts; nothing at the end.
  std::optional<CommittedExtent> first() const { return from(0); }
  std::optional<CommittedExtent> after(const CommittedExtent& extent) const;

 private:
  struct Cell {
    std::uint64_t place = kAbsent;  // number of the spool << 44 | offset
    std::uint32_t length = 0;
    std::uint32_t crc = 0;
  };
  static constexpr std::uint64_t kAbsent = UINT64_MAX;
  static constexpr std::uint64_t kElsewhere = UINT64_MAX - 1;  // does not fit, see large_
  static constexpr std::uint64_t kInParts = UINT64_MAX - 2;    // see parts_
  static constexpr unsigned kOffsetBits = 44;

  std::uint64_t number_of(SpoolId spool);
  void put_whole(std::uint64_t mini_batch, const SpoolExtent& rows);
  Result<void> put_part(const AttemptRecord& attempt);
  std::optional<CommittedExtent> from(std::uint64_t mini_batch) const;

  std::vector<Cell> cells_;
  // Ids of spools are sparse (they tell node and process); numbers by appearance are not.
  std::vector<SpoolId> spools_;
  std::unordered_map<SpoolId, std::uint64_t> numbers_;
  std::unordered_map<std::uint64_t, SpoolExtent> large_;
  // By mini-batch, then by first item.
  std::unordered_map<std::uint64_t, std::map<std::uint32_t, CommittedExtent>> parts_;
  std::uint64_t with_rows_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace batchmill::rows

#include "rows/extent_index.h"

#include <string>

namespace batchmill::rows {

Result<ExtentIndex> ExtentIndex::read(const Ledger& ledger, std::uint64_t mini_batches) {
  ExtentIndex index(mini_batches);
  Result<void> added;
  BM_TRY(ledger.for_each_attempt(false, [&](const AttemptRecord& attempt) {
    added = index.add(attempt);
    return added.has_value();
  }));
  BM_TRY(std::move(added));
  return index;
}

Result<void> ExtentIndex::add(const AttemptRecord& attempt) {
  if (!attempt.final || !attempt.rows_count) return {};
  const std::uint64_t mini_batch = attempt.id.mini_batch.value;
  if (mini_batch >= cells_.size()) cells_.resize(mini_batch + 1);
  Cell& cell = cells_[mini_batch];
  if (cell.place != kAbsent) {
    return fail(ErrorKind::kProtocol,
                "mini-batch " + std::to_string(mini_batch) +
                    " has two committed attempts whose rows count; the second is try " +
                    std::to_string(attempt.id.number) + " of epoch " +
                    std::to_string(attempt.id.epoch.value));
  }
  const SpoolExtent& rows = attempt.outcome.rows;
  const std::uint64_t spool = number_of(rows.spool);
  // The largest spool number is left out, so that no place looks like one of the marks.
  const bool fits = spool < (std::uint64_t{1} << (64 - kOffsetBits)) - 1 &&
                    rows.offset < std::uint64_t{1} << kOffsetBits && rows.length <= UINT32_MAX;
  if (fits) {
    cell.place = spool << kOffsetBits | rows.offset;
    cell.length = static_cast<std::uint32_t>(rows.length);
    cell.crc = rows.crc;
  } else {
    cell.place = kElsewhere;
    large_[mini_batch] = rows;
  }
  ++with_rows_;
  rows_ += rows.rows;
  bytes_ += rows.length;
  return {};
}

std::uint64_t ExtentIndex::number_of(SpoolId spool) {
  const auto [found, is_new] = numbers_.try_emplace(spool, spools_.size());
  if (is_new) spools_.push_back(spool);
  return found->second;
}

std::optional<CommittedExtent> ExtentIndex::next(MiniBatchId from) const {
  for (std::uint64_t at = from.value; at < cells_.size(); ++at) {
    const Cell& cell = cells_[at];
    if (cell.place == kAbsent) continue;
    CommittedExtent extent{MiniBatchId{at}, {}};
    if (cell.place == kElsewhere) {
      extent.rows = large_.at(at);
      extent.rows.rows = 0;
    } else {
      extent.rows.spool = spools_[cell.place >> kOffsetBits];
      extent.rows.offset = cell.place & ((std::uint64_t{1} << kOffsetBits) - 1);
      extent.rows.length = cell.length;
      extent.rows.crc = cell.crc;
    }
    return extent;
  }
  return std::nullopt;
}

}  // namespace batchmill::rows

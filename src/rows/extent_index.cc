#include "rows/extent_index.h"

#include <iterator>
#include <string>

namespace batchmill::rows {

namespace {

Error second_attempt(const AttemptRecord& attempt) {
  const ItemRange& part = attempt.id.part;
  std::string text = "mini-batch " + std::to_string(attempt.id.mini_batch.value);
  if (!part.is_whole()) {
    text += ", item " + std::to_string(part.first) + " and the " + std::to_string(part.count - 1) +
            " after it,";
  }
  text += " has two committed attempts whose rows count; the second is try " +
          std::to_string(attempt.id.number) + " of epoch " + std::to_string(attempt.id.epoch.value);
  return Error{ErrorKind::kProtocol, std::move(text)};
}

}  // namespace

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
  const SpoolExtent& rows = attempt.outcome.rows;
  if (!attempt.id.part.is_whole()) {
    BM_TRY(put_part(attempt));
  } else if (cells_[mini_batch].place != kAbsent) {
    return tl::unexpected(second_attempt(attempt));
  } else {
    put_whole(mini_batch, rows);
    ++with_rows_;
  }
  rows_ += rows.rows;
  bytes_ += rows.length;
  return {};
}

void ExtentIndex::put_whole(std::uint64_t mini_batch, const SpoolExtent& rows) {
  Cell& cell = cells_[mini_batch];
  const std::uint64_t spool = number_of(rows.spool);
  // The largest spool number is left out, so that no place looks like one of the marks.
  const bool fits = spool < (std::uint64_t{1} << (64 - kOffsetBits)) - 1 &&
                    rows.offset < std::uint64_t{1} << kOffsetBits && rows.length <= UINT32_MAX;
  if (!fits) {
    cell.place = kElsewhere;
    large_[mini_batch] = rows;
    return;
  }
  cell.place = spool << kOffsetBits | rows.offset;
  cell.length = static_cast<std::uint32_t>(rows.length);
  cell.crc = rows.crc;
}

Result<void> ExtentIndex::put_part(const AttemptRecord& attempt) {
  const std::uint64_t mini_batch = attempt.id.mini_batch.value;
  const ItemRange& part = attempt.id.part;
  Cell& cell = cells_[mini_batch];
  if (cell.place != kAbsent && cell.place != kInParts) {
    return tl::unexpected(second_attempt(attempt));
  }
  auto& parts = parts_[mini_batch];
  const auto later = parts.lower_bound(part.first);
  const bool into_later =
      later != parts.end() && later->first - part.first < part.count;  // first <= later->first
  const bool into_earlier = later != parts.begin() && part.first - std::prev(later)->first <
                                                          std::prev(later)->second.part.count;
  if (into_later || into_earlier) return tl::unexpected(second_attempt(attempt));
  CommittedExtent extent{attempt.id.mini_batch, attempt.outcome.rows, part};
  extent.rows.rows = 0;
  parts.emplace_hint(later, part.first, extent);
  if (cell.place == kAbsent) ++with_rows_;
  cell.place = kInParts;
  return {};
}

std::uint64_t ExtentIndex::number_of(SpoolId spool) {
  const auto [found, is_new] = numbers_.try_emplace(spool, spools_.size());
  if (is_new) spools_.push_back(spool);
  return found->second;
}

std::optional<CommittedExtent> ExtentIndex::after(const CommittedExtent& extent) const {
  if (!extent.part.is_whole()) {
    const auto& parts = parts_.at(extent.mini_batch.value);
    const auto next = parts.upper_bound(extent.part.first);
    if (next != parts.end()) return next->second;
  }
  return from(extent.mini_batch.value + 1);
}

std::optional<CommittedExtent> ExtentIndex::from(std::uint64_t mini_batch) const {
  for (std::uint64_t at = mini_batch; at < cells_.size(); ++at) {
    const Cell& cell = cells_[at];
    if (cell.place == kAbsent) continue;
    if (cell.place == kInParts) return parts_.at(at).begin()->second;
    CommittedExtent extent{MiniBatchId{at}, {}, {}};
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

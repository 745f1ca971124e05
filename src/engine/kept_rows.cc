#include "engine/kept_rows.h"

#include <algorithm>

#include "base/hash.h"
#include "rows/extent_index.h"

namespace batchmill::engine {

void KeptMiniBatches::add(const AttemptRecord& record) {
  const std::uint64_t id = record.id.mini_batch.value;
  const bool is_last_success = finished_.add(record) == true;
  if (id >= succeeded_.size() || !record.final || record.forgotten) return;
  const WallTime started = record.outcome.started;
  began_[id] = began_[id] == WallTime() ? started : std::min(began_[id], started);
  if (!is_last_success || succeeded_[id]) return;
  succeeded_[id] = true;
  ++count_;
}

std::optional<WallTime> KeptMiniBatches::made(MiniBatchId mini_batch) const {
  if (mini_batch.value >= succeeded_.size() || !succeeded_[mini_batch.value]) return std::nullopt;
  return began_[mini_batch.value];
}

bool KeptMiniBatches::keeps(const AttemptRecord& record) const {
  const std::uint64_t id = record.id.mini_batch.value;
  return !record.forgotten && (record.final || record.split) && id < succeeded_.size() &&
         succeeded_[id];
}

Result<KeptMiniBatches> kept_mini_batches(const Ledger& earlier, std::uint64_t mini_batches) {
  KeptMiniBatches kept(mini_batches);
  BM_TRY(earlier.for_each_attempt(false, [&](const AttemptRecord& record) {
    kept.add(record);
    return true;
  }));
  return kept;
}

Result<std::optional<KeptRows>> KeptRows::in_spools(const Files& files, const Ledger& earlier,
                                                    const StepFolder& folder,
                                                    const KeptMiniBatches& kept) {
  std::map<SpoolId, std::uint64_t> ends;
  BM_TRY(earlier.for_each_attempt(false, [&](const AttemptRecord& record) {
    const SpoolExtent& rows = record.outcome.rows;
    if (record.rows_count && rows.length > 0 && kept.keeps(record)) {
      ends[rows.spool] = std::max(ends[rows.spool], rows.offset + rows.length);
    }
    return true;
  }));
  KeptRows found;
  for (const auto& [spool, end] : ends) {
    Source source{folder.spool(spool.value), end, ""};
    const auto status = files.status(source.path);
    if (!status || status->size < end) return std::optional<KeptRows>();
    if (files.exists(source.path + ".header")) {
      BM_ASSIGN(source.header, files.read(source.path + ".header"));
    }
    found.numbers_[spool] = static_cast<std::uint32_t>(found.sources_.size());
    found.sources_.push_back(std::move(source));
  }
  return std::optional<KeptRows>(std::move(found));
}

Result<std::optional<KeptRows>> KeptRows::in_aggregated(const BulkFiles& bulk, const Files& files,
                                                        const Ledger& earlier,
                                                        const std::string& path) {
  if (path.empty() || !files.exists(path)) return std::optional<KeptRows>();
  BM_ASSIGN(const rows::ExtentIndex index, rows::ExtentIndex::read(earlier, 0));
  BM_ASSIGN(const auto file, bulk.open(path));
  if (file->size() < index.bytes()) return std::optional<KeptRows>();
  BM_ASSIGN(const std::string_view bytes, file->map());
  KeptRows found;
  const std::uint64_t header = file->size() - index.bytes();
  std::uint64_t offset = header;
  for (auto extent = index.first(); extent; extent = index.after(*extent)) {
    const std::uint64_t length = extent->rows.length;
    if (crc32(bytes.substr(offset, length)) != extent->rows.crc) return std::optional<KeptRows>();
    found.places_.push_back({extent->mini_batch, extent->part.first, offset});
    offset += length;
  }
  found.sources_.push_back({path, file->size(), std::string(bytes.substr(0, header))});
  return std::optional<KeptRows>(std::move(found));
}

Result<void> KeptRows::copy(Files& files, BulkFiles& bulk, const StepFolder& to) const {
  for (std::uint32_t number = 0; number < sources_.size(); ++number) {
    const Source& source = sources_[number];
    const std::string target = to.spool(kTakenOverSpools + number);
    BM_ASSIGN(const auto from, bulk.open(source.path));
    BM_ASSIGN(const auto copy, bulk.create(target + ".tmp"));
    BM_TRY(copy->copy_from(*from, 0, source.length));
    BM_TRY(copy->sync());
    if (!source.header.empty()) {
      BM_TRY(files.write_atomically(target + ".header", source.header));
    }
    BM_TRY(bulk.publish(target + ".tmp", target));
  }
  return {};
}

void KeptRows::move(AttemptRecord& record) const {
  SpoolExtent& rows = record.outcome.rows;
  if (!record.rows_count || rows.length == 0) {
    const std::uint32_t returned = rows.rows;
    rows = {};
    if (record.rows_count) rows.rows = returned;
    return;
  }
  if (places_.empty()) {
    rows.spool = SpoolId{kTakenOverSpools + numbers_.at(rows.spool)};
    return;
  }
  const Place wanted{record.id.mini_batch, record.id.part.first, 0};
  const auto place = std::lower_bound(
      places_.begin(), places_.end(), wanted,
      [](const Place& left, const Place& right) { return left.key() < right.key(); });
  rows.spool = SpoolId{kTakenOverSpools};
  rows.offset = place->offset;
}

}  // namespace batchmill::engine

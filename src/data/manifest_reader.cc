#include "data/manifest_reader.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace batchmill::data {

namespace {

std::uint64_t number_at(std::string_view bytes, std::uint64_t offset) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

}  // namespace

std::uint64_t extend_manifest_hash(std::uint64_t hash, std::string_view record) {
  return xxh3(record, hash);
}

Result<ManifestReader> ManifestReader::open(const Files& files, const BulkFiles& bulk,
                                            const std::string& folder) {
  ManifestReader reader;
  reader.folder_ = folder;
  BM_ASSIGN(const std::string json, files.read(manifest_json_path(folder)));
  auto header = manifest_header_from_json(json);
  if (!header) {
    return fail(header.error().kind, manifest_json_path(folder) + ": " + header.error().message);
  }
  reader.header_ = *header;
  // The index first: what it names is then in the data, which is written before it.
  BM_ASSIGN(reader.index_file_, bulk.open(manifest_index_path(folder)));
  BM_ASSIGN(reader.data_file_, bulk.open(manifest_data_path(folder)));
  BM_ASSIGN(reader.index_, reader.index_file_->map());
  BM_ASSIGN(reader.data_, reader.data_file_->map());
  reader.index_ = reader.index_.substr(0, reader.index_.size() / 8 * 8);
  reader.drop_torn_tail();
  return reader;
}

// A crash of the machine may leave index entries whose data never came to the disk; they lie
// behind the mark and are not looked at.
void ManifestReader::drop_torn_tail() {
  while (!index_.empty() && bytes(records()) > data_.size()) index_.remove_suffix(8);
}

std::uint64_t ManifestReader::mini_batches() const {
  return (records() + header_.per_mini_batch - 1) / header_.per_mini_batch;
}

std::pair<std::uint64_t, std::uint64_t> ManifestReader::range(std::uint64_t mini_batch) const {
  const std::uint64_t first = mini_batch * header_.per_mini_batch;
  return {first, std::min(first + header_.per_mini_batch, records())};
}

std::uint64_t ManifestReader::bytes(std::uint64_t count) const {
  return count == 0 ? 0 : number_at(index_, (count - 1) * 8);
}

std::string_view ManifestReader::record(std::uint64_t index) const {
  const std::uint64_t begin = bytes(index);
  const std::uint64_t end = bytes(index + 1);
  if (begin > end || end > data_.size()) return {};
  return data_.substr(begin, end - begin);
}

std::string_view ManifestReader::path(std::uint64_t index) const {
  const std::string_view bytes = record(index);
  const std::size_t offset = path_offset(header_.kind);
  return bytes.size() < offset ? std::string_view() : bytes.substr(offset);
}

SliceRecord ManifestReader::slice(std::uint64_t index) const {
  const std::string_view bytes = record(index);
  SliceRecord slice;
  if (bytes.size() < path_offset(ManifestKind::kSlices)) return slice;
  slice.begin = number_at(bytes, 0);
  slice.end = number_at(bytes, 8);
  slice.first_line = number_at(bytes, 16);
  slice.path = bytes.substr(path_offset(ManifestKind::kSlices));
  return slice;
}

RowsRecord ManifestReader::rows(std::uint64_t index) const {
  const std::string_view bytes = record(index);
  RowsRecord rows;
  if (bytes.size() < path_offset(ManifestKind::kRows)) return rows;
  rows.begin = number_at(bytes, 0);
  rows.end = number_at(bytes, 8);
  rows.first_row = number_at(bytes, 16);
  rows.rows = number_at(bytes, 24);
  rows.path = bytes.substr(path_offset(ManifestKind::kRows));
  return rows;
}

std::uint64_t ManifestReader::items(std::uint64_t mini_batch) const {
  const auto [first, end] = range(mini_batch);
  switch (header_.kind) {
    case ManifestKind::kFiles:
      return end - first;
    case ManifestKind::kRows:
      return rows(first).rows;
    case ManifestKind::kSlices:
    case ManifestKind::kRanks:
      break;
  }
  return 0;
}

std::uint64_t ManifestReader::total_items(std::uint64_t records) const {
  if (header_.kind == ManifestKind::kFiles) return records;
  if (header_.kind != ManifestKind::kRows || records == 0) return 0;
  const RowsRecord last = rows(records - 1);
  return last.first_row + last.rows;
}

Result<void> ManifestReader::verify(const PlanMark& mark) const {
  if (records() < mark.records) {
    return fail(ErrorKind::kProtocol, manifest_index_path(folder_) + ": holds " +
                                          std::to_string(records()) + " records, but " +
                                          std::to_string(mark.records) + " were planned");
  }
  std::uint64_t hash = 0;
  std::uint64_t begin = 0;
  for (std::uint64_t i = 0; i < mark.records; ++i) {
    const std::uint64_t end = number_at(index_, i * 8);
    if (end < begin || end > data_.size()) {
      return fail(ErrorKind::kProtocol,
                  manifest_index_path(folder_) + ": record " + std::to_string(i) + " is damaged");
    }
    hash = extend_manifest_hash(hash, data_.substr(begin, end - begin));
    begin = end;
  }
  if (hash == mark.hash) return {};
  return fail(ErrorKind::kProtocol, manifest_data_path(folder_) + ": the first " +
                                        std::to_string(mark.records) +
                                        " records are not those that were planned");
}

}  // namespace batchmill::data

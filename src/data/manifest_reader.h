#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "data/manifest_header.h"
#include "ports/bulk_files.h"
#include "ports/files.h"
#include "ports/ledger.h"

namespace batchmill::data {

// Names of a manifest's files (docs/formats/manifest.md).
inline std::string manifest_json_path(const std::string& folder) {
  return folder + "/manifest.json";
}
inline std::string manifest_data_path(const std::string& folder) {
  return folder + "/manifest.dat";
}
inline std::string manifest_index_path(const std::string& folder) {
  return folder + "/manifest.idx";
}

// A record of kind `slices`.
struct SliceRecord {
  std::uint64_t begin = 0;       // first byte
  std::uint64_t end = 0;         // byte after the last
  std::uint64_t first_line = 0;  // number of the file's first data line, or 0
  std::string_view path;         // relative to the root
};

// A record of kind `rows`: lines of JSON.
struct RowsRecord {
  std::uint64_t begin = 0;      // first byte
  std::uint64_t end = 0;        // byte after the last
  std::uint64_t first_row = 0;  // index of its first row in the whole input
  std::uint64_t rows = 0;
  std::string_view path;  // relative to the root
};

// Reads what a manifest held when it was opened. Thread-safe.
class ManifestReader {
 public:
  static Result<ManifestReader> open(const Files& files, const BulkFiles& bulk,
                                     const std::string& folder);

  const ManifestHeader& header() const { return header_; }
  std::uint64_t records() const { return index_.size() / 8; }
  // Of the records that are there, a short last mini-batch included.
  std::uint64_t mini_batches() const;
  // Records [first, second) of a mini-batch below mini_batches().
  std::pair<std::uint64_t, std::uint64_t> range(std::uint64_t mini_batch) const;
  // index < records(); empty where the index is damaged.
  std::string_view record(std::uint64_t index) const;
  // Of the record's file, relative to the root; empty for ranks.
  std::string_view path(std::uint64_t index) const;
  // Kind slices only.
  SliceRecord slice(std::uint64_t index) const;
  // Kind rows only.
  RowsRecord rows(std::uint64_t index) const;
  // Items of a mini-batch below mini_batches(): its files or rows. 0 where the plan does not tell
  // (slices) or where there are none (ranks).
  std::uint64_t items(std::uint64_t mini_batch) const;
  // Items of the first `records` records; 0 likewise.
  std::uint64_t total_items(std::uint64_t records) const;
  // Bytes of manifest.dat that the first `count` records take.
  std::uint64_t bytes(std::uint64_t count) const;
  // kProtocol unless the first `mark.records` records are there and have the hash of the mark.
  Result<void> verify(const PlanMark& mark) const;

 private:
  ManifestReader() = default;
  void drop_torn_tail();

  std::string folder_;
  ManifestHeader header_;
  std::unique_ptr<ReadableFile> data_file_, index_file_;
  std::string_view data_, index_;
};

// The hash that PlanMark holds: each record's bytes with the hash of those before as seed; 0 for
// no records.
std::uint64_t extend_manifest_hash(std::uint64_t hash, std::string_view record);

}  // namespace batchmill::data

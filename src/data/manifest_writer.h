#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/manifest_header.h"
#include "data/manifest_reader.h"
#include "ports/bulk_files.h"
#include "ports/files.h"
#include "ports/ledger.h"

namespace batchmill::data {

// Writes a manifest, record by record, buffered (docs/formats/manifest.md). One thread at a time.
//
// After a restart the caller lists again from the beginning. The records up to the mark of the
// earlier life are then compared with those on disk instead of being written: the first that
// differs fails with kInvalid and both names. What lay behind the mark is cut off.
class ManifestWriter {
 public:
  // `earlier` with no records starts a new manifest in place of any old one.
  static Result<ManifestWriter> open(Files& files, BulkFiles& bulk, const std::string& folder,
                                     const ManifestHeader& header, const PlanMark& earlier);

  Result<void> add_file(std::string_view path);
  Result<void> add_slice(const SliceRecord& slice);
  Result<void> add_rows(const RowsRecord& rows);
  Result<void> add_rank();

  // What was added, written and durable.
  Result<void> sync();
  // Nothing follows any more. kInvalid when less was added than the earlier life had planned.
  // Does not sync.
  Result<void> finish();

  std::uint64_t records() const { return records_; }
  // Full mini-batches; after finish() a short last one too.
  std::uint64_t mini_batches() const;
  PlanMark mark() const { return {records_, mini_batches(), hash_, finished_}; }

 private:
  explicit ManifestWriter(const ManifestHeader& header) : header_(header) {}
  Result<void> reopen(const Files& files, BulkFiles& bulk, const std::string& folder,
                      const PlanMark& earlier);
  Result<void> add(std::string_view record);
  Result<void> compare(std::string_view record) const;
  std::string shown(std::string_view record) const;
  Result<void> flush();

  ManifestHeader header_;
  std::unique_ptr<WritableFile> data_file_, index_file_;
  std::string data_buffer_, index_buffer_, record_;
  std::uint64_t data_end_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t hash_ = 0;
  bool finished_ = false;
  std::optional<ManifestReader> earlier_;  // while records are still compared with it
  std::uint64_t earlier_records_ = 0;
};

}  // namespace batchmill::data

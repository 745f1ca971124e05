#include "data/manifest_writer.h"

#include <cstring>

#include "base/text.h"

namespace batchmill::data {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

void append_number(std::string& bytes, std::uint64_t number) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  bytes.append(raw, sizeof raw);
}

}  // namespace

Result<ManifestWriter> ManifestWriter::open(Files& files, BulkFiles& bulk,
                                            const std::string& folder, const ManifestHeader& header,
                                            const PlanMark& earlier) {
  ManifestWriter writer(header);
  if (earlier.records > 0) {
    BM_TRY(writer.reopen(files, bulk, folder, earlier));
    return writer;
  }
  BM_ASSIGN(const std::string json, to_json(header));
  BM_TRY(files.make_folders(folder));
  BM_ASSIGN(writer.data_file_, bulk.create(manifest_data_path(folder)));
  BM_ASSIGN(writer.index_file_, bulk.create(manifest_index_path(folder)));
  // Last, because writing it makes the names of all three durable.
  BM_TRY(files.write_atomically(manifest_json_path(folder), json));
  return writer;
}

Result<void> ManifestWriter::reopen(const Files& files, BulkFiles& bulk, const std::string& folder,
                                    const PlanMark& earlier) {
  BM_ASSIGN(ManifestReader reader, ManifestReader::open(files, bulk, folder));
  if (!(reader.header() == header_)) {
    return fail(ErrorKind::kInvalid,
                manifest_json_path(folder) + ": the plan was begun with other settings");
  }
  BM_TRY(reader.verify(earlier));
  data_end_ = reader.bytes(earlier.records);
  BM_ASSIGN(data_file_, bulk.extend(manifest_data_path(folder), data_end_));
  BM_ASSIGN(index_file_, bulk.extend(manifest_index_path(folder), earlier.records * 8));
  earlier_ = std::move(reader);
  earlier_records_ = earlier.records;
  return {};
}

Result<void> ManifestWriter::add_file(std::string_view path) { return add(path); }

Result<void> ManifestWriter::add_slice(const SliceRecord& slice) {
  record_.clear();
  append_number(record_, slice.begin);
  append_number(record_, slice.end);
  append_number(record_, slice.first_line);
  record_.append(slice.path);
  return add(record_);
}

Result<void> ManifestWriter::add_rows(const RowsRecord& rows) {
  record_.clear();
  append_number(record_, rows.begin);
  append_number(record_, rows.end);
  append_number(record_, rows.first_row);
  append_number(record_, rows.rows);
  record_.append(rows.path);
  return add(record_);
}

Result<void> ManifestWriter::add_rank() { return add({}); }

Result<void> ManifestWriter::add(std::string_view record) {
  if (earlier_) {
    BM_TRY(compare(record));
  } else {
    data_buffer_.append(record);
    data_end_ += record.size();
    append_number(index_buffer_, data_end_);
  }
  hash_ = extend_manifest_hash(hash_, record);
  ++records_;
  if (earlier_ && records_ == earlier_records_) earlier_.reset();
  if (data_buffer_.size() + index_buffer_.size() >= kBufferBytes) return flush();
  return {};
}

std::string ManifestWriter::shown(std::string_view record) const {
  if (header_.kind == ManifestKind::kFiles) return "'" + printable(record) + "'";
  if (header_.kind == ManifestKind::kRanks) return "one more";
  std::uint64_t numbers[2] = {};
  const std::size_t head = path_offset(header_.kind);
  if (record.size() < head) return "?";
  std::memcpy(numbers, record.data(), sizeof numbers);
  return "bytes " + std::to_string(numbers[0]) + " to " + std::to_string(numbers[1]) + " of '" +
         printable(record.substr(head)) + "'";
}

Result<void> ManifestWriter::compare(std::string_view record) const {
  const std::string_view before = earlier_->record(records_);
  if (before == record) return {};
  return fail(ErrorKind::kInvalid, "the input changed since it was planned: item " +
                                       std::to_string(records_) + " was " + shown(before) +
                                       " and is now " + shown(record));
}

Result<void> ManifestWriter::flush() {
  // Data before index, so that the index never names bytes that are not there.
  BM_TRY(data_file_->write(data_buffer_));
  BM_TRY(index_file_->write(index_buffer_));
  data_buffer_.clear();
  index_buffer_.clear();
  return {};
}

Result<void> ManifestWriter::sync() {
  BM_TRY(flush());
  BM_TRY(data_file_->sync());
  return index_file_->sync();
}

Result<void> ManifestWriter::finish() {
  if (earlier_) {
    return fail(ErrorKind::kInvalid, "the input changed since it was planned: " +
                                         shown(earlier_->record(records_)) + " is gone");
  }
  finished_ = true;
  return flush();
}

std::uint64_t ManifestWriter::mini_batches() const {
  const std::uint64_t size = header_.per_mini_batch;
  return finished_ ? (records_ + size - 1) / size : records_ / size;
}

}  // namespace batchmill::data

#include "rows/gather.h"

#include "base/hash.h"

namespace batchmill::rows {

namespace {

Error mismatch(const OpenSpool& spool, const CommittedExtent& extent, const char* what) {
  return Error{ErrorKind::kProtocol, spool.file->path() + ": the rows of mini-batch " +
                                         std::to_string(extent.mini_batch.value) + ", bytes " +
                                         std::to_string(extent.rows.offset) + " to " +
                                         std::to_string(extent.rows.offset + extent.rows.length) +
                                         ", " + what};
}

}  // namespace

Result<void> Gatherer::check(const CommittedExtent& extent) {
  const SpoolExtent& rows = extent.rows;
  BM_ASSIGN(const OpenSpool* spool, spools_.get(rows.spool));
  const std::uint64_t size = spool->bytes.size();
  if (rows.offset > size || rows.length > size - rows.offset) {
    return tl::unexpected(mismatch(*spool, extent, "were committed but lie behind its end"));
  }
  if (rows.length < kShort && crc32(spool->bytes.substr(rows.offset, rows.length)) != rows.crc) {
    return tl::unexpected(mismatch(*spool, extent, "are not those that were committed"));
  }
  return {};
}

Result<void> Gatherer::add(const CommittedExtent& extent) {
  const SpoolExtent& rows = extent.rows;
  if (rows.length == 0) return {};
  BM_TRY(check(extent));
  if (run_.length > 0 && run_.spool == rows.spool && run_.end() == rows.offset &&
      run_.length < kLongestRun) {
    run_.length += rows.length;
    return {};
  }
  BM_TRY(end_run());
  run_ = {rows.spool, rows.offset, rows.length};
  return {};
}

Result<void> Gatherer::add_text(std::string_view bytes) {
  BM_TRY(end_run());
  buffer_.append(bytes);
  return {};
}

Result<void> Gatherer::end_run() {
  if (run_.length == 0) return {};
  BM_ASSIGN(const OpenSpool* spool, spools_.get(run_.spool));
  if (run_.length < kShort) {
    buffer_.append(spool->bytes.substr(run_.offset, run_.length));
    if (buffer_.size() >= kWriteBytes) BM_TRY(write_buffer());
  } else {
    BM_TRY(write_buffer());
    BM_TRY(target_.copy_from(*spool->file, run_.offset, run_.length));
  }
  run_ = {};
  return {};
}

Result<void> Gatherer::write_buffer() {
  if (buffer_.empty()) return {};
  BM_TRY(target_.write(buffer_));
  buffer_.clear();
  return {};
}

Result<void> Gatherer::finish() {
  BM_TRY(end_run());
  return write_buffer();
}

}  // namespace batchmill::rows

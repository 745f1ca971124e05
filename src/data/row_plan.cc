#include "data/row_plan.h"

#include <cstring>

namespace batchmill::data {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;  // fits a core's cache
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Cuts the files of an input, one after the other.
class RowCutter {
 public:
  RowCutter(std::uint64_t rows_per_mini_batch, PlanOutput& output)
      : rows_per_mini_batch_(rows_per_mini_batch), output_(output) {}

  void begin_file(std::string_view path) {
    slice_ = RowsRecord{};
    slice_.path = path;
    in_row_ = false;
  }
  // The next piece of the file, which begins at byte `offset` of it.
  Result<void> piece(std::uint64_t offset, std::string_view bytes);
  Result<void> end_file(std::uint64_t size) {
    return slice_.rows == 0 ? Result<void>{} : cut(size);
  }

  void begin_text(std::uint64_t offset) { line_begin_ = offset; }

 private:
  Result<void> begin_row();
  Result<void> cut(std::uint64_t end);

  std::uint64_t rows_per_mini_batch_;
  PlanOutput& output_;
  RowsRecord slice_;  // that is being filled; its end is known when the next one begins
  std::uint64_t line_begin_ = 0;
  bool in_row_ = false;  // the present line has more than blanks
  std::uint64_t rows_before_ = 0;
};

Result<void> RowCutter::piece(std::uint64_t offset, std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (!in_row_) {
      while (at < bytes.size() && is_blank(bytes[at])) ++at;
      if (at == bytes.size()) break;
      if (bytes[at] != '\n') BM_TRY(begin_row());
    }
    const void* found = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1;
    line_begin_ = offset + at;
    in_row_ = false;
  }
  return {};
}

Result<void> RowCutter::begin_row() {
  in_row_ = true;
  if (slice_.rows == rows_per_mini_batch_) BM_TRY(cut(line_begin_));
  if (slice_.rows++ == 0) {
    slice_.begin = line_begin_;
    slice_.first_row = rows_before_;
  }
  return {};
}

Result<void> RowCutter::cut(std::uint64_t end) {
  slice_.end = end;
  rows_before_ += slice_.rows;
  BM_TRY(output_.add_rows(slice_));
  slice_.rows = 0;
  return {};
}

Result<void> cut_file(const ReadableFile& file, std::string_view path, std::string& buffer,
                      RowCutter& cutter) {
  cutter.begin_file(path);
  std::uint64_t offset = 0;
  while (offset < file.size()) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), file.size() - offset);
    BM_ASSIGN(const std::size_t got, file.read_at(offset, buffer.data(), wanted));
    if (got < wanted) {
      return fail(ErrorKind::kInvalid, file.path() + ": became shorter while it was read");
    }
    std::string_view bytes(buffer.data(), got);
    std::uint64_t begin = offset;
    if (offset == 0) {
      if (bytes.starts_with(kByteOrderMark)) begin = kByteOrderMark.size();
      bytes.remove_prefix(begin);
      cutter.begin_text(begin);
    }
    BM_TRY(cutter.piece(begin, bytes));
    offset += got;
  }
  return cutter.end_file(file.size());
}

}  // namespace

Result<void> plan_rows(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output) {
  const std::string root = common_folder(request.sources);
  std::string buffer(kPieceBytes, '\0');
  RowCutter cutter(request.rows_per_mini_batch, output);
  return visit_sources(bulk, request.sources,
                       [&](std::string_view path, std::size_t) -> Result<void> {
                         BM_ASSIGN(const auto file, bulk.open(root + "/" + std::string(path)));
                         return cut_file(*file, path, buffer, cutter);
                       });
}

}  // namespace batchmill::data

#include "data/line_file.h"

#include <algorithm>

namespace batchmill::data {

namespace {
constexpr std::size_t kSmallRead = std::size_t{1} << 10;
constexpr std::size_t kLargeRead = std::size_t{256} << 10;
constexpr std::size_t kLargestRead = std::size_t{1} << 20;
constexpr std::uint64_t kFar = std::uint64_t{64} << 10;
}  // namespace

LineFile::LineFile(const ReadableFile& file, std::uint64_t stride)
    : file_(file), first_read_(stride >= kFar ? kSmallRead : kLargeRead) {}

Result<void> LineFile::read(std::uint64_t from, std::size_t bytes) {
  const std::uint64_t left = file_.size() - from;
  buffer_.resize(std::min<std::uint64_t>(bytes, left));
  BM_ASSIGN(const std::size_t got, file_.read_at(from, buffer_.data(), buffer_.size()));
  if (got < buffer_.size()) {
    return fail(ErrorKind::kInvalid, file_.path() + ": became shorter while it was read");
  }
  buffer_begin_ = from;
  return {};
}

Result<std::string_view> LineFile::window(std::uint64_t from) {
  if (from < buffer_begin_ || from >= buffer_begin_ + buffer_.size()) {
    if (from >= file_.size()) return std::string_view{};
    BM_TRY(read(from, first_read_));
  }
  return std::string_view(buffer_).substr(from - buffer_begin_);
}

Result<std::uint64_t> LineFile::after_break(std::uint64_t from) {
  std::size_t next_read = first_read_;
  while (from < size()) {
    BM_ASSIGN(const std::string_view bytes, window(from));
    const std::size_t found = bytes.find('\n');
    if (found != std::string_view::npos) return from + found + 1;
    from += bytes.size();
    next_read = std::min(next_read * 4, kLargestRead);
    if (from < size()) BM_TRY(read(from, next_read));
  }
  return size();
}

Result<std::uint64_t> LineFile::skip_blank(std::uint64_t from) {
  while (from < size()) {
    BM_ASSIGN(const std::string_view bytes, window(from));
    if (bytes[0] == '\n') {
      ++from;
      continue;
    }
    if (bytes[0] != '\r') return from;
    if (from + 1 == size()) return size();
    BM_ASSIGN(const std::string_view behind, window(from + 1));
    if (behind[0] != '\n') return from;
    from += 2;
  }
  return size();
}

Result<std::string_view> LineFile::line(std::uint64_t from, std::uint64_t& next) {
  BM_ASSIGN(next, after_break(from));
  if (from < buffer_begin_ || next > buffer_begin_ + buffer_.size()) {
    BM_TRY(read(from, std::max<std::size_t>(next - from, first_read_)));
  }
  std::string_view text = std::string_view(buffer_).substr(from - buffer_begin_, next - from);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Result<std::uint64_t> LineFile::text_begin() {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  BM_ASSIGN(const std::string_view bytes, window(0));
  return bytes.starts_with(kMark) ? kMark.size() : 0;
}

Result<std::uint64_t> LineFile::count_breaks(std::uint64_t from, std::uint64_t to) {
  std::uint64_t count = 0;
  while (from < to) {
    BM_ASSIGN(std::string_view bytes, window(from));
    bytes = bytes.substr(0, to - from);
    count += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    from += bytes.size();
  }
  return count;
}

}  // namespace batchmill::data

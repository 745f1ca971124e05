#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/bulk_files.h"

namespace batchmill::data {

// Finds lines of a file without reading more than it must. LF and CRLF end a line, inside quotes
// too. One thread at a time.
class LineFile {
 public:
  // `stride`: how far apart the questions will be, in bytes. Far apart: small reads, growing while
  // no line break is found; near: large reads, as everything will be looked at anyway.
  LineFile(const ReadableFile& file, std::uint64_t stride);

  std::uint64_t size() const { return file_.size(); }

  // Where the first line break at or after `from` ends, which is where the next line begins;
  // size() when there is none.
  Result<std::uint64_t> after_break(std::uint64_t from);
  // The first beginning of a line that is not blank, from a beginning of a line on; size() when
  // there is none.
  Result<std::uint64_t> skip_blank(std::uint64_t from);
  // The line that begins at `from`, without its line break; `next` is where the next one begins.
  // Valid until the next call.
  Result<std::string_view> line(std::uint64_t from, std::uint64_t& next);
  // Where the text begins: 3 after a UTF-8 byte order mark, else 0.
  Result<std::uint64_t> text_begin();
  // Line breaks within [from, to).
  Result<std::uint64_t> count_breaks(std::uint64_t from, std::uint64_t to);

 private:
  // At least one byte from `from`, unless it is at the end of the file.
  Result<std::string_view> window(std::uint64_t from);
  Result<void> read(std::uint64_t from, std::size_t bytes);

  const ReadableFile& file_;
  std::size_t first_read_;
  std::string buffer_;
  std::uint64_t buffer_begin_ = 0;
};

}  // namespace batchmill::data

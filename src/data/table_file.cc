#include "data/table_file.h"

namespace batchmill::data {

Result<DataBegin> HeaderPlaces::next(LineFile& lines) {
  DataBegin data;
  BM_ASSIGN(const std::uint64_t text, lines.text_begin());
  BM_ASSIGN(data.first_record, lines.skip_blank(text));
  data.blocks_begin = text;
  if (data.first_record == lines.size()) return data;

  data.has_header = rule_ == HeaderRule::kAllFilesSameHeaders ||
                    rule_ == HeaderRule::kAllFilesDifferentHeaders ||
                    (rule_ == HeaderRule::kFromFirstFile && !seen_);
  seen_ = true;
  if (data.has_header) {
    BM_ASSIGN(const std::string_view line, lines.line(data.first_record, data.blocks_begin));
    data.header = line;
    BM_ASSIGN(data.first_record, lines.skip_blank(data.blocks_begin));
  }
  BM_ASSIGN(const std::uint64_t breaks, lines.count_breaks(text, data.first_record));
  data.first_line = breaks + 1;
  return data;
}

}  // namespace batchmill::data

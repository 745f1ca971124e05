#include "data/table_plan.h"

#include <algorithm>
#include <optional>

#include "data/line_file.h"
#include "data/table_file.h"

namespace batchmill::data {

namespace {

// The records of one file, cut into slices.
Result<void> cut_records(LineFile& lines, const DataBegin& data, std::uint64_t size,
                         std::string_view path, PlanOutput& output) {
  size = std::min(size, lines.size());  // the same blocks, without overflow
  SliceRecord slice;
  slice.path = path;
  slice.first_line = data.first_line;
  slice.begin = data.first_record;
  while (slice.begin < lines.size()) {
    const std::uint64_t block = (slice.begin - data.blocks_begin) / size;
    const std::uint64_t limit = data.blocks_begin + (block + 1) * size;
    slice.end = lines.size();
    if (limit < lines.size()) {
      BM_ASSIGN(slice.end, lines.after_break(limit - 1));
      // Blank lines are no records; they stay with the slice before.
      BM_ASSIGN(slice.end, lines.skip_blank(slice.end));
    }
    BM_TRY(output.add_slice(slice));
    slice.begin = slice.end;
    slice.first_line = 0;
  }
  return {};
}

// Collects files whose header line is not the first file's.
class HeaderCheck {
 public:
  void see(std::string_view path, const std::string& header) {
    if (!first_) {
      first_ = header;
      first_path_ = path;
    } else if (header != *first_ && different_++ == 0) {
      example_ = path;
    }
  }
  void warn(std::vector<std::string>& warnings) const {
    if (different_ == 0) return;
    std::string text = "the header line of '" + example_ + "'";
    if (different_ > 1) text += " and of " + std::to_string(different_ - 1) + " more files";
    warnings.push_back(text + " differs from that of '" + first_path_ +
                       "', whose names are used for all files");
  }

 private:
  std::optional<std::string> first_;
  std::string first_path_;
  std::string example_;
  std::uint64_t different_ = 0;
};

}  // namespace

Result<void> plan_table(const BulkFiles& bulk, const PlanRequest& request, PlanOutput& output,
                        std::vector<std::string>& warnings) {
  const std::string root = common_folder(request.sources);
  HeaderCheck headers;
  HeaderPlaces places(request.table->header);
  BM_TRY(
      visit_sources(bulk, request.sources, [&](std::string_view path, std::size_t) -> Result<void> {
        BM_ASSIGN(const auto file, bulk.open(root + "/" + std::string(path)));
        LineFile lines(*file, request.mini_batch_size);
        BM_ASSIGN(const DataBegin data, places.next(lines));
        if (data.has_header) headers.see(path, data.header);
        return cut_records(lines, data, request.mini_batch_size, path, output);
      }));
  headers.warn(warnings);
  return {};
}

}  // namespace batchmill::data

#include "data/infer_table.h"

#include "base/text.h"
#include "data/delimited_record.h"
#include "data/header_names.h"
#include "data/line_file.h"
#include "data/table_file.h"
#include "data/type_inference.h"

namespace batchmill::data {

namespace {

constexpr std::uint64_t kSampleBytes = std::uint64_t{64} << 20;

class TableInference {
 public:
  explicit TableInference(const TableFormat& format)
      : format_(format), places_(format.header), splitter_(format.delimiter) {}

  bool is_done() const {
    if (!names_known_) return false;
    if (!format_.infer_column_types) return true;
    return format_.sample_size ? rows_ >= *format_.sample_size : bytes_ >= kSampleBytes;
  }

  Result<void> read_file(const ReadableFile& file) {
    LineFile lines(file, 0);
    BM_ASSIGN(const DataBegin data, places_.next(lines));
    if (data.has_header && !names_known_) BM_TRY(take_header(file, data.header));
    std::uint64_t next = 0;
    for (std::uint64_t at = data.first_record; at < lines.size() && !is_done(); at = next) {
      BM_ASSIGN(const std::string_view line, lines.line(at, next));
      if (!line.empty()) take_row(line);
      bytes_ += next - at;
    }
    return {};
  }

  InferredTable finish() {
    InferredTable result;
    result.schema.delimiter = format_.delimiter;
    result.schema.empty_as_string = format_.empty_as_string;
    result.warnings = std::move(warnings_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      result.schema.columns.push_back(column(i, result.warnings));
    }
    return result;
  }

 private:
  Result<void> take_header(const ReadableFile& file, const std::string& header) {
    if (!is_valid_utf8(header)) {
      return fail(ErrorKind::kInvalid, file.path() + ": its header line is not valid UTF-8");
    }
    set_names(column_names(splitter_.split(header), warnings_));
    return {};
  }

  void set_names(std::vector<std::string> names) {
    names_ = std::move(names);
    typers_.resize(names_.size());
    names_known_ = true;
  }

  void take_row(std::string_view line) {
    const auto& fields = splitter_.split(line);
    if (!names_known_) set_names(numbered_columns(fields.size()));
    if (fields.size() > typers_.size()) return;
    ++rows_;
    if (!format_.infer_column_types) return;
    for (std::size_t i = 0; i < fields.size(); ++i) typers_[i].add(fields[i]);
  }

  Column column(std::size_t i, std::vector<std::string>& warnings) const {
    Column column;
    column.name = names_[i];
    if (!format_.infer_column_types) return column;
    column.type = typers_[i].type();
    column.datetime_format = typers_[i].datetime_format();
    if (typers_[i].has_leading_zeros()) {
      warnings.push_back("column '" + column.name +
                         "' has numbers with leading zeros; they are read as int");
    }
    if (typers_[i].day_and_month_ambiguous()) {
      warnings.push_back("the dates of column '" + column.name +
                         "' fit month/day and day/month; they are read as month/day");
    }
    return column;
  }

  TableFormat format_;
  HeaderPlaces places_;
  RecordSplitter splitter_;
  std::vector<std::string> names_;
  std::vector<ColumnTyper> typers_;
  std::vector<std::string> warnings_;
  bool names_known_ = false;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<InferredTable> infer_table(const BulkFiles& bulk, const std::vector<Source>& sources,
                                  const TableFormat& format) {
  const std::string root = common_folder(sources);
  TableInference inference(format);
  const auto walked =
      visit_sources(bulk, sources, [&](std::string_view path, std::size_t) -> Result<void> {
        BM_ASSIGN(const auto file, bulk.open(root + "/" + std::string(path)));
        BM_TRY(inference.read_file(*file));
        if (inference.is_done()) return fail(ErrorKind::kCanceled, "enough was read");
        return {};
      });
  if (!walked && !inference.is_done()) return tl::unexpected(walked.error());
  return inference.finish();
}

}  // namespace batchmill::data

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/formats.h"

namespace batchmill::cli {

using Json = nlohmann::ordered_json;

namespace {

using Row = std::vector<std::pair<std::string, std::string>>;  // column -> text

bool is_dropped_key(const std::string& key) {
  return key == "id" || key == "type" || key == "etag";
}

std::string with_first_letter_upper(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

Row row_of(const Json& item) {
  Row row;
  if (item.is_array()) {
    for (std::size_t i = 0; i < item.size(); ++i) {
      row.emplace_back("Column" + std::to_string(i + 1),
                       item[i].is_structured() ? item[i].dump() : python_text_of(item[i]));
    }
  } else if (item.is_object()) {
    for (const auto& [key, value] : item.items()) {
      if (is_dropped_key(key) || value.is_null() || value.is_structured()) continue;
      row.emplace_back(with_first_letter_upper(key), python_text_of(value));
    }
  } else {
    row.emplace_back("Result", python_text_of(item));
  }
  return row;
}

// A cell is one line whatever it holds.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  return text;
}

std::string aligned(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += "  ";
    line += cells[i];
    line.append(widths[i] - std::min(widths[i], display_width(cells[i])), ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string format_table(const Json& value) {
  std::vector<Row> rows;
  if (value.is_array()) {
    for (const Json& item : value) rows.push_back(row_of(item));
  } else {
    rows.push_back(row_of(value));
  }

  std::vector<std::string> columns;
  for (const Row& row : rows) {
    for (const auto& [column, text] : row) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }
  if (columns.empty()) return "";

  std::vector<std::vector<std::string>> lines;
  std::vector<std::size_t> widths;
  // Two more than the header, as tabulate does and az therefore shows.
  for (const std::string& column : columns) widths.push_back(display_width(column) + 2);
  for (const Row& row : rows) {
    std::vector<std::string> cells(columns.size());
    for (const auto& [column, text] : row) {
      const auto at = static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) -
                                               columns.begin());
      cells[at] = one_line(text);
      widths[at] = std::max(widths[at], display_width(cells[at]));
    }
    lines.push_back(std::move(cells));
  }

  std::vector<std::string> dashes;
  for (const std::size_t width : widths) dashes.emplace_back(width, '-');
  std::string out = aligned(columns, widths) + aligned(dashes, widths);
  for (const auto& cells : lines) out += aligned(cells, widths);
  return out;
}

}  // namespace batchmill::cli

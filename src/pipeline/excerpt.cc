#include "pipeline/excerpt.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"

namespace batchmill::pipeline {
namespace {

constexpr std::string_view kCut = "...";

struct Cell {
  std::string text;
  std::size_t width = 0;
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  while (!line.empty()) {
    const std::string_view before = line;
    take_code_point(line);
    std::string text = printable(before.substr(0, before.size() - line.size()));
    const std::size_t width = display_width(text);
    cells.push_back({std::move(text), width});
  }
  return cells;
}

std::size_t width_between(const std::vector<Cell>& cells, std::size_t begin, std::size_t end) {
  std::size_t width = 0;
  for (std::size_t i = begin; i < std::min(end, cells.size()); ++i) width += cells[i].width;
  return width;
}

// Code points of a line, from 0.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

// A line may have millions of characters; what is further than a width away from the span is cut
// off beforehand, and the span with it.
std::string_view near_span(std::string_view line, std::size_t width, Span& span) {
  span.last = std::min(span.last, span.first + width);
  const std::size_t begin = span.first > width ? span.first - width : 0;
  line.remove_prefix(byte_offset(line, begin));
  span.first -= begin;
  span.last = std::max(span.last, span.first + begin) - begin;
  return line.substr(0, byte_offset(line, std::max(span.last, span.first) + width + 1));
}

struct Window {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A third of the width before the span, the rest for the span and what follows.
Window window_around(const std::vector<Cell>& cells, std::size_t first, std::size_t last,
                     std::size_t width) {
  const std::size_t total = width_between(cells, 0, cells.size());
  if (total <= width) return {0, cells.size()};
  Window window;
  if (width_between(cells, 0, last) + kCut.size() > width) {
    window.begin = first;
    std::size_t before = 0;
    while (window.begin > 0 && before + cells[window.begin - 1].width <= width / 3) {
      before += cells[--window.begin].width;
    }
  }
  std::size_t room = width - kCut.size() - (window.begin > 0 ? kCut.size() : 0);
  if (width_between(cells, window.begin, cells.size()) <= room + kCut.size()) {
    return {window.begin, cells.size()};
  }
  window.end = window.begin;
  while (window.end < cells.size() && cells[window.end].width <= room) {
    room -= cells[window.end++].width;
  }
  return window;
}

}  // namespace

Excerpt make_excerpt(std::string_view source_line, int column, int end_column, std::size_t width) {
  width = std::max<std::size_t>(width, 20);
  Span span{static_cast<std::size_t>(std::max(column, 1) - 1),
            static_cast<std::size_t>(std::max(end_column, 1) - 1)};
  const std::vector<Cell> cells = cells_of(near_span(source_line, width, span));
  const std::size_t first = std::min(span.first, cells.size());
  const std::size_t last = std::clamp(span.last, first, cells.size());
  const Window window = window_around(cells, first, last, width);

  Excerpt excerpt;
  if (window.begin > 0) excerpt.line += kCut;
  for (std::size_t i = window.begin; i < window.end; ++i) excerpt.line += cells[i].text;
  if (window.end < cells.size()) excerpt.line += kCut;
  excerpt.line.erase(excerpt.line.find_last_not_of(' ') + 1);
  if (column < 1) return excerpt;

  const std::size_t lead = window.begin > 0 ? kCut.size() : 0;
  const std::size_t seen_end = std::min(last, window.end);
  const std::size_t length = first < seen_end ? width_between(cells, first, seen_end) : 0;
  excerpt.carets = std::string(lead + width_between(cells, window.begin, first), ' ') +
                   std::string(std::max<std::size_t>(length, 1), '^');
  return excerpt;
}

}  // namespace batchmill::pipeline

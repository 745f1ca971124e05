#include "pipeline/diagnostic_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/catalogue.h"
#include "model/diagnostic_value.h"
#include "pipeline/excerpt.h"

namespace batchmill::pipeline {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::size_t kLabelWidth = 9;  // "allowed: "

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kError:
      return "error";
    case Level::kWarning:
      return "warning";
    case Level::kNotice:
      return "notice";
  }
  return "error";
}

std::string_view colour_of(Level level) {
  switch (level) {
    case Level::kError:
      return "\x1b[1;31m";
    case Level::kWarning:
      return "\x1b[1;33m";
    case Level::kNotice:
      return "\x1b[1;36m";
  }
  return kBold;
}

std::string painted(std::string_view text, std::string_view colour, const TextOptions& options) {
  if (!options.colour) return std::string(text);
  return fmt::format("{}{}{}", colour, text, kReset);
}

std::string place_text(const SourcePlace& place) {
  std::string text = printable(place.file);
  if (place.line > 0) text += fmt::format(":{}", place.line);
  if (place.column > 0) text += fmt::format(":{}", place.column);
  return text;
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  return std::string(clip_to_width(text, width - 3)) + "...";
}

std::string first_line(std::string_view text, std::size_t width) {
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  const std::size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return cut(printable(text), width);
  return cut(printable(text.substr(0, end)) + "...", width);
}

std::string source_line(const Diagnostic& d, const SourceTexts& sources) {
  if (d.place.line <= 0) return "";
  std::string line = d.excerpt;
  if (line.empty()) {
    const auto source = sources.find(d.place.file);
    if (source == sources.end()) return "";
    line = line_at(source->second, static_cast<std::size_t>(d.place.line));
  }
  const std::size_t colon = line.find(':');
  if (is_secret_path(d.path) && colon != std::string::npos) return line.substr(0, colon) + ": ***";
  return mask_secrets(line);
}

std::size_t gutter_width(const SourcePlace& place) {
  return std::max<std::size_t>(2, std::to_string(place.line).size()) + 1;
}

std::string excerpt_text(const Diagnostic& d, const SourceTexts& sources,
                         const TextOptions& options) {
  const std::string line = source_line(d, sources);
  if (line.empty()) return "";
  const std::size_t gutter = gutter_width(d.place);
  const Excerpt excerpt =
      make_excerpt(line, d.place.column, d.place.end_column, options.width - gutter - 2);
  std::string text = fmt::format("{:>{}}|\n", "", gutter);
  text += fmt::format("{:>{}} | {}\n", d.place.line, gutter - 1, excerpt.line);
  if (excerpt.carets.empty()) return text;
  const std::size_t first = excerpt.carets.find('^');
  return text + fmt::format("{:>{}}| {}{}\n", "", gutter, excerpt.carets.substr(0, first),
                            painted(excerpt.carets.substr(first), colour_of(d.level), options));
}

// Keys and choices stand in the key table; other names depend on the file at hand.
bool is_explained(const Diagnostic& d) { return d.code == 105 || d.code == 109; }

// All names where they fit on the line; else the suggestions, or without any as many as fit.
std::string allowed_text(const Diagnostic& d, std::size_t width) {
  const std::string all = printable(join(d.allowed, ", "));
  if (display_width(all) <= width) return all;
  const std::string where =
      is_explained(d) ? "batchmill explain " + code_name(d.code) : "-o json lists them";
  const std::string rest = fmt::format("... ({}: {})", d.allowed.size(), where);
  std::string text;
  if (!d.suggestions.empty()) return printable(join(d.suggestions, ", ")) + ", " + rest;
  for (const std::string& name : d.allowed) {
    const std::string more = text + printable(name) + ", ";
    if (display_width(more) + rest.size() > width) break;
    text = more;
  }
  return text + rest;
}

class Details {
 public:
  Details(std::size_t indent, std::size_t width) : indent_(indent), width_(width) {}
  std::size_t room() const { return width_ - std::min(width_, indent_ + kLabelWidth); }
  void add(std::string_view label, std::string_view value) {
    if (value.empty()) return;
    text_ +=
        fmt::format("{:{}}{:<{}}{}\n", "", indent_, fmt::format("{}:", label), kLabelWidth, value);
  }
  const std::string& text() const { return text_; }

 private:
  std::size_t indent_;
  std::size_t width_;
  std::string text_;
};

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string render_text(const Diagnostic& d, const SourceTexts& sources,
                        const TextOptions& asked_for) {
  TextOptions options = asked_for;
  options.width = std::max<std::size_t>(options.width, 40);
  const std::string place = place_text(d.place);
  std::string text = place.empty() ? "" : painted(place + ":", kBold, options) + " ";
  text += painted(fmt::format("{}[{}]:", name_of(d.level), code_name(d.code)), colour_of(d.level),
                  options);
  text += " " + painted(printable(d.message), kBold, options) + "\n";
  text += excerpt_text(d, sources, options);
  Details details(gutter_width(d.place), options.width);
  details.add("at", cut(printable(d.path), details.room()));
  details.add("found", first_line(d.found, details.room()));
  if (!d.allowed.empty()) details.add("allowed", allowed_text(d, details.room()));
  details.add("help", printable(d.help));
  for (const Note& note : d.notes) {
    const std::string at = place_text(note.place);
    details.add("note", at.empty() ? printable(note.text) : at + ": " + printable(note.text));
  }
  return text + details.text();
}

std::string render_text(const std::vector<Diagnostic>& diagnostics, const SourceTexts& sources,
                        const TextOptions& options) {
  std::string text;
  const std::size_t shown = std::min(diagnostics.size(), kMostDiagnosticsAsText);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += "\n";
    text += render_text(diagnostics[i], sources, options);
  }
  if (shown < diagnostics.size()) {
    text += fmt::format("\n... and {} more; batchmill job validate -o json shows all\n",
                        diagnostics.size() - shown);
  }
  return text;
}

std::string summary_line(std::string_view file, const std::vector<Diagnostic>& diagnostics,
                         std::string_view effect, const TextOptions& options) {
  const auto count = [&](Level level) {
    return static_cast<std::size_t>(
        std::count_if(diagnostics.begin(), diagnostics.end(),
                      [&](const Diagnostic& d) { return d.level == level; }));
  };
  std::vector<std::string> counts;
  Level worst = Level::kNotice;
  for (const Level level : {Level::kError, Level::kWarning, Level::kNotice}) {
    const std::size_t number = count(level);
    if (number == 0) continue;
    if (counts.empty()) worst = level;
    if (level != Level::kNotice || counts.empty())
      counts.push_back(counted(number, name_of(level)));
  }
  if (counts.empty()) return "";
  std::string label(name_of(worst));
  for (char& c : label) c = static_cast<char>(c - 'a' + 'A');
  std::string text = painted(label + ":", colour_of(worst), options);
  text += fmt::format(" {}: {}", printable(file), join(counts, ", "));
  if (!effect.empty()) text += fmt::format("; {}", effect);
  return text + "\n";
}

}  // namespace batchmill::pipeline

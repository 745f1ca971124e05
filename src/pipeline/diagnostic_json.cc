#include "pipeline/diagnostic_json.h"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "model/catalogue.h"
#include "pipeline/diagnostic_text.h"

namespace batchmill::pipeline {
namespace {

using Json = nlohmann::ordered_json;

bool is_option(const std::string& file) { return file.starts_with("--"); }

std::string absolute(const std::string& file, std::string_view working_directory) {
  if (file.empty() || is_option(file)) return file;
  return (std::filesystem::path(working_directory) / file).lexically_normal().string();
}

void add_place(Json& object, const SourcePlace& place, std::string_view working_directory) {
  if (place.file.empty()) return;
  const std::string file = absolute(place.file, working_directory);
  object["location"] = place.line > 0 ? fmt::format("{}#line {}", file, place.line) : file;
  object["file"] = file;
  if (place.line > 0) object["line"] = place.line;
  if (place.column > 0) {
    object["column"] = place.column;
    object["end_column"] = place.end_column;
  }
}

Json value_of(const Diagnostic& d) {
  if (d.value.empty()) return d.found;
  Json value = Json::parse(d.value, nullptr, false);
  return value.is_discarded() ? Json(d.value) : value;
}

Json object_of(const Diagnostic& d, std::string_view working_directory) {
  Json object;
  object["code"] = code_name(d.code);
  object["message"] = d.message;
  object["path"] = d.path;
  object["value"] = value_of(d);
  add_place(object, d.place, working_directory);
  if (!d.allowed.empty()) object["allowed"] = d.allowed;
  if (!d.suggestions.empty()) object["suggestions"] = d.suggestions;
  if (!d.help.empty()) object["help"] = d.help;
  for (const Note& note : d.notes) {
    Json entry{{"message", note.text}};
    add_place(entry, note.place, working_directory);
    object["notes"].push_back(std::move(entry));
  }
  return object;
}

const char* list_of(Level level) {
  switch (level) {
    case Level::kError:
      return "errors";
    case Level::kWarning:
      return "warnings";
    case Level::kNotice:
      return "notices";
  }
  return "errors";
}

}  // namespace

std::string render_json(const std::vector<Diagnostic>& diagnostics,
                        std::string_view working_directory) {
  Json result{{"result", has_errors(diagnostics) ? "Failed" : "Succeeded"}};
  for (const Level level : {Level::kError, Level::kWarning, Level::kNotice}) {
    for (const Diagnostic& d : diagnostics) {
      if (d.level == level) result[list_of(level)].push_back(object_of(d, working_directory));
    }
  }
  return result.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace batchmill::pipeline

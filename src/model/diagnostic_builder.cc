#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "model/catalogue.h"
#include "model/diagnostic_value.h"
#include "model/template.h"

namespace batchmill {
namespace {

const CatalogueEntry& entry_of(int code) {
  static const CatalogueEntry unknown{0, Level::kError, "unknown", "unknown problem", "", "", "",
                                      ""};
  const CatalogueEntry* entry = find_entry(code);
  return entry != nullptr ? *entry : unknown;
}

}  // namespace

DiagnosticBuilder::DiagnosticBuilder(int code, SourcePlace place) {
  diagnostic_.code = code;
  diagnostic_.level = entry_of(code).level;
  diagnostic_.place = std::move(place);
}

DiagnosticBuilder& DiagnosticBuilder::with(std::string name, std::string value) {
  arguments_.emplace_back(std::move(name), std::move(value));
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::at(std::string path) {
  diagnostic_.path = std::move(path);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::found(std::string text) {
  diagnostic_.found = std::move(text);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::value(const yaml::Value& value) {
  diagnostic_.value = json_text(value);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::allowed(std::vector<std::string> names) {
  diagnostic_.allowed = std::move(names);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::suggest(std::vector<std::string> names) {
  diagnostic_.suggestions = std::move(names);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::near(const std::vector<std::string>& names) {
  return suggest(nearest(diagnostic_.found, names));
}

DiagnosticBuilder& DiagnosticBuilder::note(SourcePlace place, std::string text) {
  diagnostic_.notes.push_back({std::move(place), std::move(text)});
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::note_anchor(const yaml::Value& value) {
  if (value.anchor() != nullptr) note(*value.anchor(), "written here");
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::help(std::string text) {
  own_help_ = std::move(text);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::level(Level level) {
  diagnostic_.level = level;
  return *this;
}

std::vector<std::string> DiagnosticBuilder::missing() const {
  std::vector<std::string> names = placeholders(entry_of(diagnostic_.code).message);
  std::erase_if(names, [&](const std::string& name) {
    return std::any_of(arguments_.begin(), arguments_.end(),
                       [&](const auto& argument) { return argument.first == name; });
  });
  return names;
}

Diagnostic DiagnosticBuilder::build() const {
  Diagnostic diagnostic = diagnostic_;
  const CatalogueEntry& entry = entry_of(diagnostic.code);
  const PlaceholderValue value_of = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "near") {
      if (diagnostic.suggestions.empty()) return std::nullopt;
      return write_one_of(diagnostic.suggestions);
    }
    for (const auto& [known, value] : arguments_) {
      if (known == name) return value;
    }
    return std::nullopt;
  };
  diagnostic.message = fill_template(entry.message, value_of).text;
  const FilledTemplate help = fill_template(entry.help, value_of);
  diagnostic.help = help.complete ? help.text : "";
  if (!own_help_.empty()) diagnostic.help = own_help_;
  mask_secrets(diagnostic);
  return diagnostic;
}

DiagnosticBuilder diagnose(int code, SourcePlace place) {
  return DiagnosticBuilder(code, std::move(place));
}

DiagnosticBuilder diagnose(int code, const yaml::Value& value) {
  DiagnosticBuilder builder(code, value.place());
  return builder.note_anchor(value);
}

Diagnostic diagnose(const yaml::Problem& problem) {
  switch (problem.kind) {
    case yaml::ProblemKind::kDuplicateKey:
      return diagnose(103, problem.place)
          .with("k", problem.text)
          .with("line", std::to_string(problem.other.line))
          .at(yaml::join_path(problem.path, problem.text))
          .found(problem.text);
    case yaml::ProblemKind::kSecondDocument:
      return diagnose(104, problem.place);
    case yaml::ProblemKind::kSyntax:
      break;
  }
  DiagnosticBuilder builder = diagnose(102, problem.place).with("problem", problem.text);
  if (!problem.hint.empty()) {
    builder.with("context", problem.hint);
  } else if (!problem.context.empty()) {
    builder.with("context", problem.context).with("line", std::to_string(problem.other.line));
  }
  return builder;
}

Diagnostic diagnose(const yaml::SetProblem& problem) {
  return diagnose(113, problem.place)
      .with("path", problem.path)
      .with("reference", problem.text)
      .with("prefix", problem.prefix)
      .at(problem.path);
}

std::string write_one_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += fmt::format("'{}'", names[i]);
  }
  return text.empty() ? "" : "write " + text;
}

}  // namespace batchmill

#include "data/mltable_paths.h"

#include <algorithm>

#include "base/text.h"
#include "base/yaml/scalar.h"
#include "data/glob.h"

namespace batchmill::data {

namespace {

const std::vector<std::string> kKinds = {"file", "folder", "pattern"};

bool is_remote(std::string_view text) {
  for (const char* scheme : {"azureml:", "http://", "https://", "wasb://", "wasbs://", "abfs://",
                             "abfss://", "adl://", "s3://", "gs://", "dbfs:"}) {
    if (starts_with_ignoring_case(text, scheme)) return true;
  }
  return false;
}

std::string without_file_scheme(const std::string& text) {
  constexpr std::string_view kScheme = "file://";
  return starts_with_ignoring_case(text, kScheme) ? text.substr(kScheme.size()) : text;
}

// Splits before the first part that has a wildcard.
std::pair<std::string, std::string> split_pattern(const std::string& pattern) {
  std::size_t fixed = 0;
  while (true) {
    const std::size_t slash = std::min(pattern.find('/', fixed), pattern.size());
    if (has_wildcard(std::string_view(pattern).substr(fixed, slash - fixed))) break;
    if (slash == pattern.size()) break;
    fixed = slash + 1;
  }
  return {pattern.substr(0, fixed), pattern.substr(fixed)};
}

std::string join_names(std::vector<std::string> names, std::size_t most) {
  if (names.size() > most) names.resize(most);
  return join(names, ", ");
}

}  // namespace

std::vector<Source> MltablePaths::read(const yaml::Value& paths) {
  if (!paths.is_sequence() || paths.size() == 0) {
    problems_.wrong_type("paths", "a list of files, folders or patterns", paths, "paths");
    return {};
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    read_entry(paths.item(i), yaml::join_path("paths", i));
  }
  return std::move(sources_);
}

void MltablePaths::read_entry(const yaml::Value& entry, const std::string& path) {
  const auto entries = entry.entries();
  const bool is_one = entries.size() == 1 && std::find(kKinds.begin(), kKinds.end(),
                                                       entries[0].key.text()) != kKinds.end();
  if (!is_one) {
    std::vector<std::string> keys;
    for (const auto& [key, value, merged] : entries) keys.push_back(key.text());
    const yaml::Value place = entries.size() == 1 ? entries[0].key : entry;
    auto builder = diagnose(602, place)
                       .with("keys", keys.empty() ? described(entry) : join(keys, ", "))
                       .at(path)
                       .allowed(kKinds)
                       .value(entry);
    if (entries.size() == 1) {
      builder.found(keys.front()).near(kKinds);
    } else {
      builder.found(join(keys, ", "));
    }
    problems_.add(builder);
    return;
  }
  const std::string& kind = entries[0].key.text();
  read_location(kind, entries[0].value, yaml::join_path(path, kind));
}

void MltablePaths::read_location(const std::string& kind, const yaml::Value& value,
                                 const std::string& path) {
  if (!value.is_scalar() || yaml::is_null(value) || trim(value.text()).empty()) {
    problems_.wrong_type(kind, "a path", value, path);
    return;
  }
  const std::string text = without_file_scheme(std::string(trim(value.text())));
  if (is_remote(text)) {
    problems_.later(text.substr(0, text.find(':') + 1) + " in paths",
                    "copy the data here and write its local path", value, path);
    return;
  }
  const std::string full = text.starts_with('/') ? text : folder_ + "/" + text;
  if (kind == "pattern") {
    read_pattern(full, value, path);
    return;
  }
  const auto absolute = files_.absolute(full);
  const std::string location = absolute.value_or(full);
  if (kind == "folder") {
    take_folder(location, value, path);
    return;
  }
  if (const auto status = files_.status(location)) {
    // Published files name a folder under 'file' and mean all that is in it.
    if (status->kind == FileKind::kFolder) return take_folder(location, value, path);
    return take(file_source(location), value, path);
  }
  if (!has_wildcard(text)) return report_missing("file", location, value, path);
  problems_.add(diagnose(608, value).with("glob", value.text()).at(path).found(value.text()));
  read_pattern(full, value, path);
}

void MltablePaths::read_pattern(const std::string& pattern, const yaml::Value& value,
                                const std::string& path) {
  const auto [fixed, rest] = split_pattern(pattern);
  Source source;
  source.kind = SourceKind::kPattern;
  source.folder = files_.absolute(fixed).value_or(fixed);
  source.rest = rest;
  source.left_out = own_name_below(source.folder);
  if (!files_.exists(source.folder)) return report_missing("folder", source.folder, value, path);
  take(std::move(source), value, path);
}

void MltablePaths::take_folder(const std::string& folder, const yaml::Value& value,
                               const std::string& path) {
  const auto status = files_.status(folder);
  if (!status || status->kind != FileKind::kFolder) {
    return report_missing("folder", folder, value, path);
  }
  Source source = folder_source(folder);
  source.skip_hidden = has_read_step_;
  source.left_out = own_name_below(source.folder);
  take(std::move(source), value, path);
}

// "MLTable" as the walk of `folder` names the MLTable file itself, or "".
std::string MltablePaths::own_name_below(const std::string& folder) const {
  if (folder_ == folder) return "MLTable";
  const std::string prefix = folder == "/" ? "/" : folder + "/";
  return folder_.starts_with(prefix) ? folder_.substr(prefix.size()) + "/MLTable" : "";
}

void MltablePaths::take(Source source, const yaml::Value& value, const std::string& path) {
  bool found = false;
  const auto walked =
      visit_sources(bulk_, {source}, [&](std::string_view, std::size_t) -> Result<void> {
        found = true;
        return fail(ErrorKind::kCanceled, "one is enough");
      });
  if (found) {
    sources_.push_back(std::move(source));
  } else if (walked) {
    report_no_match(source, value, path);
  } else {
    problems_.add(diagnose(101, value)
                      .with("file", source.folder)
                      .with("reason", walked.error().message)
                      .at(path)
                      .found(value.text()));
  }
}

void MltablePaths::report_missing(const char* kind, const std::string& missing,
                                  const yaml::Value& value, const std::string& path) {
  auto builder =
      diagnose(402, value).with("kind", kind).with("path", missing).at(path).found(value.text());
  const Source source = file_source(missing);
  std::vector<std::string> names;
  if (const auto entries = files_.list(source.folder)) {
    for (const FolderEntry& entry : *entries) names.push_back(entry.name);
    std::sort(names.begin(), names.end());
  }
  const auto near = nearest(source.rest, names);
  const std::string shown = join_names(near.empty() ? names : near, 3);
  if (!shown.empty()) builder.with("parent", source.folder).with("names", shown);
  problems_.add(builder);
}

void MltablePaths::report_no_match(const Source& source, const yaml::Value& value,
                                   const std::string& path) {
  constexpr std::uint64_t kMostCounted = 10'000;
  std::uint64_t count = 0;
  std::vector<std::string> names;
  // A failure here only makes the message poorer.
  static_cast<void>(visit_sources(bulk_, {folder_source(source.folder)},
                                  [&](std::string_view name, std::size_t) -> Result<void> {
                                    if (name == source.left_out) return {};
                                    if (names.size() < 3) names.emplace_back(name);
                                    if (++count == kMostCounted)
                                      return fail(ErrorKind::kCanceled, "enough was counted");
                                    return {};
                                  }));
  auto builder = diagnose(603, value)
                     .with("pattern", value.text())
                     .with("folder", source.folder)
                     .at(path)
                     .found(value.text());
  if (count > 0) {
    builder.with("count", (count == kMostCounted ? "at least " : "") + std::to_string(count))
        .with("names", join(names, ", "));
  }
  problems_.add(builder);
}

}  // namespace batchmill::data

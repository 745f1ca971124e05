#include "data/mltable.h"

#include <algorithm>

#include "base/yaml/document.h"
#include "base/yaml/scalar.h"
#include "data/mltable_paths.h"
#include "data/mltable_problems.h"
#include "data/mltable_steps.h"

namespace batchmill::data {

namespace {

const std::vector<std::string> kKeys = {"$schema",         "type",   "paths",
                                        "transformations", "traits", "metadata"};
const std::vector<std::string> kTraits = {"index_columns", "timestamp_column"};
constexpr const char* kKind = "an MLTable file";

SourcePlace whole_file(const std::string& shown) { return SourcePlace{shown, 0, 0, 0}; }

void check_keys(const yaml::Value& root, MltableProblems& problems) {
  for (const yaml::Entry& entry : root.entries()) {
    const std::string& key = entry.key.text();
    if (key == "query_source") {
      problems.add(diagnose(111, entry.key)
                       .with("kind", "the key")
                       .with("v", key)
                       .with("alternative", "name the files under 'paths'")
                       .at(key)
                       .found(key));
    } else if (!key.starts_with("x-") &&
               std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      problems.unknown_key(entry, kKind, kKeys, key);
    }
  }
}

void check_type(const yaml::Value& type, MltableProblems& problems) {
  if (yaml::is_null(type)) return;
  if (!type.is_scalar()) {
    problems.wrong_type("type", "a string", type, "type");
  } else if (type.text() != "mltable") {
    problems.no_choice("type", type, {"mltable"}, "type");
  }
}

void check_mapping(const std::string& key, const yaml::Value& value, MltableProblems& problems) {
  if (!yaml::is_null(value) && !value.is_mapping()) {
    problems.wrong_type(key, "a mapping", value, key);
  }
}

void check_traits(const yaml::Value& traits, MltableProblems& problems) {
  check_mapping("traits", traits, problems);
  for (const yaml::Entry& entry : traits.entries()) {
    if (std::find(kTraits.begin(), kTraits.end(), entry.key.text()) == kTraits.end()) {
      problems.unknown_key(entry, "traits", kTraits, yaml::join_path("traits", entry.key.text()));
    }
  }
}

void check_document(const Files& files, const BulkFiles& bulk, const std::string& folder,
                    const yaml::Document& document, MltableProblems& problems,
                    MltableCheck& check) {
  for (const yaml::Problem& problem : document.problems()) problems.add(diagnose(problem));
  if (document.has_syntax_problem()) return;
  const yaml::Value root = document.root();
  if (!root.is_mapping()) {
    problems.add(diagnose(108, root ? root.place() : whole_file(document.file()))
                     .with("k", "MLTable")
                     .with("type", "a mapping with 'paths'")
                     .with("actual", described(root)));
    return;
  }
  check_keys(root, problems);
  check_type(root.find("type"), problems);
  check_traits(root.find("traits"), problems);
  check_mapping("metadata", root.find("metadata"), problems);

  MltableSpec spec;
  const MltableSteps steps = read_mltable_steps(root.find("transformations"), problems);
  spec.is_table = steps.is_table;
  spec.format = steps.format;
  if (steps.is_table || !steps.has_unknown) check.is_table = steps.is_table;
  if (const yaml::Value paths = root.find("paths")) {
    spec.sources =
        MltablePaths(files, bulk, files.absolute(folder).value_or(folder), steps.is_table, problems)
            .read(paths);
  } else if (!root.find("query_source")) {
    problems.add(diagnose(107, whole_file(document.file()))
                     .with("k", "paths")
                     .with("kind", kKind)
                     .with("example", "[{file: ./data.csv}]"));
  }
  check.spec = std::move(spec);
}

}  // namespace

MltableCheck check_mltable(const Files& files, const BulkFiles& bulk, const std::string& folder,
                           const std::string& shown) {
  const std::string path = folder + "/MLTable";
  const std::string name = shown.empty() ? path : shown;
  MltableCheck check;
  const auto text = files.read(path);
  if (!text) {
    const bool missing = text.error().kind == ErrorKind::kNotFound;
    check.diagnostics.push_back(missing ? diagnose(601, whole_file(name)).with("folder", folder)
                                        : diagnose(101, whole_file(name))
                                              .with("file", path)
                                              .with("reason", text.error().message));
    return check;
  }
  MltableProblems problems;
  const yaml::Document document = yaml::parse(name, *text);
  check_document(files, bulk, folder, document, problems, check);
  if (problems.has_errors()) check.spec.reset();
  check.diagnostics = problems.finish(document.text());
  return check;
}

}  // namespace batchmill::data

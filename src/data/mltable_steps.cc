#include "data/mltable_steps.h"

#include <algorithm>

#include "base/yaml/scalar.h"

namespace batchmill::data {

namespace {

struct LaterStep {
  const char* name;
  bool reads;  // makes the MLTable tabular
  bool may_be_bare;
  const char* workaround;
};

constexpr const char* kUseDelimited = "convert the files to CSV and use read_delimited";
constexpr const char* kInRun = "do it in run()";
constexpr const char* kFewerFiles = "name only the wanted files under 'paths'";

constexpr LaterStep kLaterSteps[] = {
    {"read_parquet", true, true, kUseDelimited},
    {"read_json_lines", true, true, kUseDelimited},
    {"read_delta_lake", true, true, kUseDelimited},
    {"read_files", true, true, "remove it; 'paths' alone lists files"},
    {"convert_column_types", false, false, kInRun},
    {"keep_columns", false, false, kInRun},
    {"drop_columns", false, false, kInRun},
    {"filter", false, false, kInRun},
    {"take", false, false, kFewerFiles},
    {"skip", false, false, kFewerFiles},
    {"take_random_sample", false, false, kFewerFiles},
    {"sample", false, false, kFewerFiles},
    {"select_partitions", false, false, kFewerFiles},
    {"extract_columns_from_partition_format", false, true,
     "split the folder as files (uri_folder) and read the keys from the path in run()"},
};

constexpr const char* kReadDelimited = "read_delimited";

const std::vector<std::string>& step_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = {kReadDelimited};
    for (const LaterStep& step : kLaterSteps) all.emplace_back(step.name);
    return all;
  }();
  return names;
}

class StepReader {
 public:
  explicit StepReader(MltableProblems& problems) : problems_(problems) {}

  MltableSteps read(const yaml::Value& transformations) {
    for (std::size_t i = 0; i < transformations.size(); ++i) {
      read_item(transformations.item(i), yaml::join_path("transformations", i));
    }
    return steps_;
  }

 private:
  void read_item(const yaml::Value& item, const std::string& path) {
    if (item.is_mapping() && item.size() == 1) {
      const yaml::Entry entry = item.entries().front();
      read_step(entry.key, entry.value, yaml::join_path(path, entry.key.text()));
    } else if (item.is_scalar() && !yaml::is_null(item)) {
      read_step(item, {}, path);
    } else {
      problems_.wrong_type(path, "one step with its options", item, path);
    }
  }

  // `options` is nothing for a bare name.
  void read_step(const yaml::Value& name, const yaml::Value& options, const std::string& path) {
    if (name.text() == kReadDelimited) {
      const TableFormat format = read_delimited_options(options, path, problems_);
      if (steps_.is_table) {
        problems_.later("a second read step", "keep one of them", name, path);
      }
      steps_.is_table = true;
      steps_.format = format;
      return;
    }
    const auto* later =
        std::find_if(std::begin(kLaterSteps), std::end(kLaterSteps),
                     [&](const LaterStep& step) { return name.text() == step.name; });
    if (later == std::end(kLaterSteps)) {
      steps_.has_unknown = true;
      problems_.add(diagnose(604, name)
                        .with("t", name.text())
                        .at(path)
                        .found(name.text())
                        .allowed(step_names())
                        .near(step_names()));
      return;
    }
    steps_.is_table = steps_.is_table || later->reads;
    if (!options && !later->may_be_bare) {
      problems_.wrong_type(name.text(), "a step with its argument", name, path);
      return;
    }
    problems_.later(name.text(), later->workaround, name, path);
  }

  MltableProblems& problems_;
  MltableSteps steps_;
};

}  // namespace

MltableSteps read_mltable_steps(const yaml::Value& transformations, MltableProblems& problems) {
  if (yaml::is_null(transformations)) return {};
  if (!transformations.is_sequence()) {
    problems.wrong_type("transformations", "a list of steps", transformations, "transformations");
    return {};
  }
  return StepReader(problems).read(transformations);
}

}  // namespace batchmill::data

#include "engine/step_definition.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/effective_settings.h"
#include "pipeline/plan_json.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;

// Where a value stands in a file says nothing about what it is.
void drop_places(json& value) {
  if (value.is_object()) {
    for (const char* key : {"place", "origin"}) value.erase(key);
  }
  if (!value.is_structured()) return;
  for (json& inner : value) drop_places(inner);
}

const char* yes_or_no(bool value) { return value ? "true" : "false"; }

const ParallelSpec& spec_of(const StepInWords& step) {
  return std::get<ParallelSpec>(step.plan.spec);
}

class Differences {
 public:
  void compare(const std::string& what, const std::string& before, const std::string& now) {
    if (before == now) return;
    found_.push_back(fmt::format("{} was {}, is {}", what, shown(before), shown(now)));
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  static std::string shown(const std::string& value) { return value.empty() ? "none" : value; }
  std::vector<std::string> found_;
};

std::string path_of(const StepInput* input) {
  if (input == nullptr) return "";
  if (const auto* path = std::get_if<PathInput>(&input->source)) return path->path;
  if (const auto* edge = std::get_if<StepOutputInput>(&input->source))
    return fmt::format("output '{}' of step '{}'", edge->output, edge->step);
  return "";
}

const StepInput* input_named(const StepPlan& plan, const std::string& name) {
  const auto found = plan.inputs.find(name);
  return found == plan.inputs.end() ? nullptr : &found->second;
}

void compare_inputs(const StepInWords& before, const StepInWords& now, Differences& differences) {
  for (const auto& [name, input] : before.plan.inputs) {
    if (input.is_literal()) continue;
    differences.compare(fmt::format("input '{}'", name), path_of(&input),
                        path_of(input_named(now.plan, name)));
  }
  for (const auto& [name, input] : now.plan.inputs) {
    if (input.is_literal() || input_named(before.plan, name) != nullptr) continue;
    differences.compare(fmt::format("input '{}'", name), "", path_of(&input));
  }
}

// Bytes and files, however they were written: 1mb is 1024kb.
std::string size_text(const StepInWords& step, const StepInWords& other) {
  const auto amount = [](const StepInWords& one) {
    const auto& size = spec_of(one).mini_batch_size;
    if (size) return size->value.amount;
    return one.kind == "table" ? std::uint64_t{1} << 20 : std::uint64_t{1};
  };
  if (amount(step) == amount(other)) return "the same";
  return mini_batch_size_text(spec_of(step), step.kind);
}

void compare_cuts(const StepInWords& before, const StepInWords& now, Differences& differences) {
  differences.compare("the kind of the split input", before.kind, now.kind);
  if (before.kind != now.kind) return;
  differences.compare("input_data", spec_of(before).input_data, spec_of(now).input_data);
  if (now.kind == "jsonl") {
    differences.compare("mini_batch_rows", fmt::to_string(rows_per_mini_batch(spec_of(before))),
                        fmt::to_string(rows_per_mini_batch(spec_of(now))));
  } else if (now.kind == "ranks") {
    differences.compare("rank_mini_batch_count",
                        fmt::to_string(spec_of(before).rank_mini_batch_count.value),
                        fmt::to_string(spec_of(now).rank_mini_batch_count.value));
  } else {
    differences.compare("mini_batch_size", size_text(before, now), size_text(now, before));
  }
}

// The options of to_csv one by one, so that the one that differs is named.
void compare_rows(const StepInWords& before, const StepInWords& now, Differences& differences) {
  const json was = json::parse(before.append, nullptr, false);
  const json is = json::parse(now.append, nullptr, false);
  if (was.is_object() != is.is_object()) {
    differences.compare("output_action", was.is_object() ? "append_row" : "summary_only",
                        is.is_object() ? "append_row" : "summary_only");
    return;
  }
  if (!is.is_object()) return;
  differences.compare("append_row_format", was.value("format", ""), is.value("format", ""));
  differences.compare("append_row_provenance", yes_or_no(was.value("provenance", false)),
                      yes_or_no(is.value("provenance", false)));
  differences.compare("pf_output_only", yes_or_no(was.value("output_field_only", false)),
                      yes_or_no(is.value("output_field_only", false)));
  json options = was.value("to_csv", json::object());
  const json options_now = is.value("to_csv", json::object());
  options.update(options_now);
  for (const auto& [name, value] : options.items()) {
    const auto text = [&](const json& append) {
      const json all = append.value("to_csv", json::object());
      return all.contains(name) ? all[name].dump() : "";
    };
    differences.compare("option " + name + " of to_csv", text(was), text(is));
  }
}

void compare_schemas(const StepInWords& before, const StepInWords& now, Differences& differences) {
  if (before.schema == now.schema) return;
  const json was = json::parse(before.schema, nullptr, false);
  const json is = json::parse(now.schema, nullptr, false);
  const auto columns = [](const json& schema) {
    return schema.is_object() ? schema.value("columns", json::array()) : json::array();
  };
  const json old_columns = columns(was);
  const json new_columns = columns(is);
  for (std::size_t i = 0; i < std::max(old_columns.size(), new_columns.size()); ++i) {
    const auto text = [i](const json& all) {
      if (i >= all.size()) return std::string();
      return fmt::format("{} ({})", all[i].value("name", "?"), all[i].value("type", "?"));
    };
    if (text(old_columns) == text(new_columns)) continue;
    differences.compare(fmt::format("column {} of the table", i + 1), text(old_columns),
                        text(new_columns));
    return;
  }
  if (was != is) differences.compare("the table's format", "another", "this one");
}

}  // namespace

std::string definition_of(const StepPlan& step) {
  PipelinePlan plan;
  plan.steps = {step};
  StepPlan& only = plan.steps.front();
  only.code.clear();
  only.environment = {};
  only.base_dir.clear();
  only.display_name.clear();
  only.description.clear();
  only.tags.clear();
  if (auto* spec = std::get_if<ParallelSpec>(&only.spec)) spec->resume_from = {};
  json document = json::parse(pipeline::plan_to_json(plan));
  drop_places(document);
  return document["steps"].dump();
}

std::vector<std::string> differences(const StepInWords& before, const StepInWords& now) {
  Differences differences;
  compare_inputs(before, now, differences);
  compare_cuts(before, now, differences);
  compare_schemas(before, now, differences);
  compare_rows(before, now, differences);
  return differences.take();
}

}  // namespace batchmill::engine

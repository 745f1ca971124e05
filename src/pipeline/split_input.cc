#include "pipeline/split_input.h"

#include <algorithm>

#include "pipeline/check_inputs.h"

namespace batchmill::pipeline {

namespace {

// What is known of the split input before anything is listed.
enum class SplitKind { kFiles, kTable, kUnknown };

SplitKind kind_of(const CheckContext& context, const StepInput& input) {
  if (input.type != DataType::kMltable) return SplitKind::kFiles;
  if (const auto* data = std::get_if<PathInput>(&input.source)) {
    const auto finding = context.tables.find(data->path);
    if (finding != context.tables.end() && finding->second.is_table) {
      return *finding->second.is_table ? SplitKind::kTable : SplitKind::kFiles;
    }
  }
  return SplitKind::kUnknown;
}

std::vector<std::string> split_modes(DataType type, SplitKind kind) {
  if (kind == SplitKind::kTable) return {"direct"};
  if (type != DataType::kMltable) return {"ro_mount", "download"};
  if (kind == SplitKind::kFiles) return {"ro_mount", "download", "eval_mount"};
  return {"direct", "ro_mount", "download", "eval_mount"};
}

std::string split_words(DataType type, SplitKind kind) {
  if (kind == SplitKind::kTable) return "a table (mltable) that is split";
  return std::string(name_of(type)) + " that is split by files";
}

// Where the mode or type of an input stands, or else the input itself.
yaml::Value where(const StepOutline& step, const std::string& input, std::string_view key) {
  const auto entry = step.mapping.find("inputs").find_entry(input);
  if (!entry) return step.mapping;
  if (entry->value.is_mapping()) {
    if (const yaml::Value value = entry->value.find(key); value.is_scalar()) return value;
  }
  return entry->key;
}

void check_mode(CheckContext& context, const StepOutline& step, const std::string& name,
                const StepInput& input, SplitKind kind) {
  const auto modes = split_modes(input.type, kind);
  const std::string mode = name_of(input.mode);
  if (std::find(modes.begin(), modes.end(), mode) != modes.end()) return;
  context.report(diagnose(404, where(step, name, "mode"))
                     .with("m", mode)
                     .with("type", split_words(input.type, kind))
                     .with("modes", modes.size() == 1 ? "mode: " + modes.front()
                                                      : modes.front() + ", " + modes.back())
                     .at(step.path + ".inputs." + name + ".mode")
                     .found(mode)
                     .allowed(modes)
                     .suggest({modes.front()}));
}

void check_unit(CheckContext& context, const StepOutline& step, const std::string& input,
                const ParallelSpec& spec) {
  const auto& size = spec.mini_batch_size;
  if (!size || !size->value.bytes) return;
  const bool is_argument = size->origin == SettingOrigin::kArgument;
  context.report(diagnose(504, size->place)
                     .with("v", size->value.text)
                     .with("x", input)
                     .at(step.path + (is_argument ? ".task.program_arguments" : ".mini_batch_size"))
                     .found(size->value.text));
}

void report_type(CheckContext& context, const StepOutline& step, const std::string& name,
                 DataType type, const std::vector<std::string>& types, const std::string& what) {
  context.report(diagnose(109, where(step, name, "type"))
                     .with("v", name_of(type))
                     .with("k", what)
                     .at(step.path + ".inputs." + name + ".type")
                     .found(name_of(type))
                     .allowed(types)
                     .suggest({"uri_folder"}));
}

bool is_evaluated(InputMode mode) {
  return mode == InputMode::kEvalMount || mode == InputMode::kEvalDownload;
}

}  // namespace

void check_split_input(CheckContext& context, const StepOutline& step, const NamedScalar& at,
                       const StepPlan& plan, const ParallelSpec& spec) {
  const auto found = plan.inputs.find(spec.input_data);
  if (found == plan.inputs.end()) return;  // reported where it stands
  const StepInput& input = found->second;
  if (input.is_literal()) {
    context.report(
        diagnose(502, at.value).with("x", spec.input_data).at(at.path).found(at.value.text()));
    return;
  }
  const bool can_be_split = input.type == DataType::kUriFile ||
                            input.type == DataType::kUriFolder || input.type == DataType::kMltable;
  if (!can_be_split) {
    report_type(context, step, spec.input_data, input.type, {"uri_folder", "mltable", "uri_file"},
                "type of the split input");
    return;
  }
  const SplitKind kind = kind_of(context, input);
  if (kind == SplitKind::kTable && !spec.file_format.value.empty()) {
    report_type(context, step, spec.input_data, input.type, {"uri_folder", "uri_file"},
                "type of a split input of JSON lines");
    return;
  }
  check_mode(context, step, spec.input_data, input, kind);
  const bool counts_files = kind == SplitKind::kFiles && spec.file_format.value.empty();
  if (counts_files) check_unit(context, step, spec.input_data, spec);
}

void check_side_inputs(CheckContext& context, const StepOutline& step, const StepPlan& plan,
                       const std::string& split_input) {
  for (const auto& [name, input] : plan.inputs) {
    if (name == split_input || input.is_literal() || !is_evaluated(input.mode)) continue;
    const std::string mode = name_of(input.mode);
    context.report(diagnose(112, where(step, name, "mode"))
                       .with("k", "mode: " + mode)
                       .with("workaround", "write 'mode: ro_mount' and read the MLTable file")
                       .at(step.path + ".inputs." + name + ".mode")
                       .found(mode));
  }
}

}  // namespace batchmill::pipeline

#include "pipeline/check_setting_pairs.h"

#include "model/parallel_settings.h"

namespace batchmill::pipeline {

namespace {

std::string arguments_path(const Fields& step) { return step.path("task") + ".program_arguments"; }

// What the key output_action and task.append_row_to say must go together: without rows there is
// nothing to append to, and rows that are not wanted are not written.
void check_output_action(CheckContext& context, const Fields& step, const ParallelSpec& spec,
                         bool has_target) {
  const auto& action = spec.output_action;
  const bool is_argument = action.origin == SettingOrigin::kArgument;
  const std::string path = is_argument ? arguments_path(step) : step.path("output_action");
  const std::string written = is_argument ? "--output_action" : "output_action:";
  if (action.value == "append_row" && !has_target) {
    context.report(diagnose(107, action.place)
                       .with("kind", "'" + written + " append_row'")
                       .with("k", "task.append_row_to")
                       .with("example", "${{outputs.rows}}")
                       .at(path)
                       .found(action.value));
  } else if (action.value == "summary_only" && !spec.append_row_to.empty()) {
    context.report(diagnose(512, action.place)
                       .with("argument", written)
                       .with("v", action.value)
                       .with("k", "task.append_row_to")
                       .with("w", "${{outputs." + spec.append_row_to + "}}")
                       .at(path)
                       .found(action.value));
  }
}

// What decides whether a setting has an effect.
struct Others {
  const ParallelSpec& spec;
  bool has_target;
  bool appends_to_file;  // append_row_to is one file, not a folder
};

struct Useless {
  std::string_view key;
  bool (*is_useless)(const Others&);
  std::string_view why;
  std::string_view help;
  Level level = Level::kWarning;
};

bool has_json_lines(const Others& others) { return !others.spec.file_format.value.empty(); }
bool has_ranks(const Others& others) { return others.spec.rank_mini_batch_count.value > 0; }
bool has_no_target(const Others& others) { return !others.has_target; }

constexpr std::string_view kAddTarget = "add 'append_row_to', or remove it";
constexpr std::string_view kWithoutTarget = "without 'append_row_to'";

// Notices where published components have the pair, or where it may well be meant so.
constexpr Useless kUseless[] = {
    {"mini_batch_size", has_json_lines, "beside 'file_format: jsonl'", "mini_batch_rows counts",
     Level::kNotice},
    {"mini_batch_size", has_ranks, "beside 'rank_mini_batch_count'", "remove it", Level::kNotice},
    {"mini_batch_rows", [](const Others& others) { return !has_json_lines(others); },
     "without 'file_format: jsonl'", "add 'file_format: jsonl', or remove it"},
    {"async_window", [](const Others& others) { return !others.spec.async_mode.value; },
     "without 'async_mode: true'", "add 'async_mode: true', or remove it"},
    {"append_row_file_name", [](const Others& others) { return others.appends_to_file; },
     "where append_row_to is a file", "the output itself is the file", Level::kNotice},
    {"append_row_file_name", has_no_target, kWithoutTarget, kAddTarget, Level::kNotice},
    {"append_row_format", has_no_target, kWithoutTarget, kAddTarget, Level::kNotice},
    {"append_row_dataframe_header", has_no_target, kWithoutTarget, kAddTarget, Level::kNotice},
    {"append_row_dataframe_header",
     [](const Others& others) {
       return others.spec.append_row_dataframe_header.value &&
              others.spec.append_row_format.value == "jsonl";
     },
     "beside 'append_row_format: jsonl'", "each JSON line names its columns"},
    {"append_row_provenance", has_no_target, kWithoutTarget, kAddTarget, Level::kNotice},
};

void check_useless(CheckContext& context, const Fields& step, const Others& others) {
  for (const Useless& rule : kUseless) {
    const SettingView setting = view_of(others.spec, *find_parallel_setting(rule.key));
    if (!setting.is_explicit() || !rule.is_useless(others)) continue;
    const bool is_argument = setting.origin == SettingOrigin::kArgument;
    context.report(diagnose(506, setting.place)
                       .with("k", std::string(rule.key))
                       .with("why", std::string(rule.why))
                       .at(is_argument ? arguments_path(step) : step.path(rule.key))
                       .found(setting.text)
                       .help(std::string(rule.help))
                       .level(rule.level));
  }
}

}  // namespace

void check_setting_pairs(CheckContext& context, const Fields& step, const ParallelSpec& spec,
                         const std::map<std::string, StepOutput>& outputs, bool has_target) {
  const auto target = outputs.find(spec.append_row_to);
  const bool is_file = target != outputs.end() && !is_folder_like(target->second.type);
  check_output_action(context, step, spec, has_target);
  check_useless(context, step, {spec, has_target, is_file});
}

}  // namespace batchmill::pipeline

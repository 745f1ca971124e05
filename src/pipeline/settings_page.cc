#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/engine_arguments.h"
#include "pipeline/key_rules.h"
#include "pipeline/setting_docs.h"

namespace batchmill::pipeline {

namespace {

constexpr std::string_view kIntroduction = R"(# The settings of a parallel step

Every key of a step of `type: parallel`, with an example. `batchmill job validate -f FILE` checks them
all at once and names the nearest spelling of a misspelt one. This page is made from the table that
validation uses: change `src/pipeline/key_rules_parallel.cc` or `src/pipeline/setting_docs.cc`, then
run `scripts/generate-docs`.

```yaml
type: pipeline
inputs:
  images: {type: uri_folder, path: ./images}
outputs:
  scores: {type: uri_file, path: ./scores.txt}
jobs:
  score:
    type: parallel
    inputs:
      images: ${{parent.inputs.images}}
    outputs:
      rows: ${{parent.outputs.scores}}
    input_data: ${{inputs.images}}
    mini_batch_size: "20"
    mini_batch_error_threshold: 0
    retry_settings: {max_retries: 2, timeout: 120}
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      environment: azureml:scoring:1
      append_row_to: ${{outputs.rows}}
```

## Who decides

A setting can be given in up to three places. The later one in this list wins:

1. **default**: what stands below as its default;
2. **component**: a key in the component that the step names. It counts where the step says nothing;
   a step's `0`, `-1` or `false` is something. `retry_settings` and `resources` are put together key by
   key, `environment_variables` one by one, `task` is replaced as a whole;
3. **node**: a key of the step itself, in the file or by `--set jobs.score.error_threshold=5`;
4. **argument**: the same as a program argument of the script, `--error_threshold 5`. Where a key says
   something else, a warning (BM512) names both.

`batchmill job show -n JOB --settings` prints the effective value of each setting with its origin and
the line that gave it; so does the head of `logs/job_progress_overview.*.txt`.

**Bindings.** Every setting from the second chapter on may be `${{parent.inputs.x}}`, an input of the
pipeline with a literal value, so that one file serves several runs: `--set inputs.x=8`.

**Arguments** are `--name value` or `--name=value`. Booleans have a value: `True` or `False` in any case,
`1`, `0`, `yes`, `no`. The beginning of exactly one name, with at least 80 % of its letters, is taken for
it, with a warning (BM004). What the engine does not know is the script's, and the script gets all
arguments, known or not. `--order`, `--bisect`, `--prefetch` and `--speculation` are plain words that a
script may use for something else: with a value that is none of the setting's they are the script's.

`--append_row_safe_output` and `--amlbi_dataframe_mixed_types` are accepted and change nothing: rows are
always appended safely, and a column of mixed types is always read.
)";

// "an integer, at least 1": the bounds of the original say nothing to a reader.
std::string values_of(const KeyRule& rule) {
  if (!rule.allowed.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : rule.allowed) names.push_back("`" + name + "`");
    return join(names, ", ");
  }
  std::string text(describe(rule.kind));
  if (rule.kind == ValueKind::kReference) text = "one expression";
  if (!rule.range) return text;
  const bool has_least = rule.range->least > -kMostInteger;
  const bool has_most = rule.range->most < kMostInteger;
  if (has_least && has_most) {
    return fmt::format("{} from {:.0f} to {:.0f}", text, rule.range->least, rule.range->most);
  }
  if (has_least) text += fmt::format(", at least {:.0f}", rule.range->least);
  if (has_most) text += fmt::format(", at most {:.0f}", rule.range->most);
  return text;
}

std::string default_of(const KeyRule& rule) {
  if (rule.required) {
    return rule.unless.empty() ? "none, it is required"
                               : "none, it is required but for `" + rule.unless + "`";
  }
  return rule.default_text.empty() ? "none" : rule.default_text;
}

std::string arguments_for(std::string_view key) {
  std::vector<std::string> names;
  for (const EngineArgument& argument : engine_arguments()) {
    if (argument.key == key) names.push_back("`--" + std::string(argument.name) + "`");
  }
  return join(names, ", ");
}

std::string render(const SettingDoc& doc) {
  const KeyRule& rule = *find_key_at(MappingKind::kParallelStep, doc.key);
  std::string text = fmt::format("\n### `{}`\n\n{}\n\n```yaml\n{}```\n\nDefault: {}. Takes: {}.",
                                 doc.key, doc.text, doc.example, default_of(rule), values_of(rule));
  const std::string arguments = arguments_for(doc.key);
  if (!arguments.empty()) text += " Program argument: " + arguments + ".";
  return text + "\n";
}

}  // namespace

std::string render_settings_page() {
  std::string page(kIntroduction);
  for (const SettingChapter& chapter : setting_chapters()) {
    page += fmt::format("\n## {}\n", chapter.title);
    if (!chapter.text.empty()) page += fmt::format("\n{}\n", chapter.text);
    for (const SettingDoc& doc : chapter.keys) page += render(doc);
  }
  return page;
}

}  // namespace batchmill::pipeline

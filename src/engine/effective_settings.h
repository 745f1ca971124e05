#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/row_format.h"
#include "model/plan.h"
#include "parallel/scheduler.h"
#include "runlog/stop_reason.h"

namespace batchmill::engine {

// What decides about the values that nobody gave.
struct SettingFacts {
  parallel::StepRules rules;
  std::string input_kind;         // files, table, jsonl, ranks
  std::optional<RowFormat> rows;  // absent: summary only
};

// Effective value and origin of every setting of a parallel step (parallel-job.md 1.1, 2.1; cli.md
// 8), under the name of its key: kept with the job, printed by `job show --settings` and at the
// head of the logs. Pure.
std::vector<runlog::SettingUse> effective_settings(const ParallelSpec& spec,
                                                   const SettingFacts& facts);
// One of them by name; it must be there.
runlog::SettingUse setting_named(const std::vector<runlog::SettingUse>& settings,
                                 std::string_view name);
// As a JSON list of {name, value, origin, place}.
std::string settings_json(const std::vector<runlog::SettingUse>& settings);

// mini_batch_size as the user wrote it, or the default of the kind of input: "1" or "1mb".
std::string mini_batch_size_text(const ParallelSpec& spec, std::string_view input_kind);
std::uint64_t rows_per_mini_batch(const ParallelSpec& spec);  // of file_format jsonl

}  // namespace batchmill::engine

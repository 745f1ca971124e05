#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "model/plan.h"

// The one list of a parallel step's settings: each with the key that a user knows it by and its
// member of ParallelSpec. Reading keys and arguments, storing a plan and showing effective values
// all walk this list, so that none of them can forget a setting. Pure.
namespace batchmill {

using SettingMember =
    std::variant<Setting<std::int64_t> ParallelSpec::*, Setting<double> ParallelSpec::*,
                 Setting<bool> ParallelSpec::*, Setting<std::string> ParallelSpec::*,
                 Setting<LoggingLevel> ParallelSpec::*,
                 std::optional<Setting<MiniBatchSize>> ParallelSpec::*>;

struct ParallelSetting {
  std::string_view key;  // its path below the step: "error_threshold", "retry_settings.timeout"
  SettingMember member;
};

// In the order in which they are shown.
std::span<const ParallelSetting> parallel_settings();
const ParallelSetting* find_parallel_setting(std::string_view key);  // null: none

// One setting of a spec as it would be written: "10", "0.5", "true", "DEBUG", "10kb"; the text of a
// mini-batch size that is not given is empty.
struct SettingView {
  std::string text;
  SettingOrigin origin = SettingOrigin::kDefault;
  SourcePlace place;
  bool is_explicit() const { return origin != SettingOrigin::kDefault; }
};
SettingView view_of(const ParallelSpec& spec, const ParallelSetting& setting);

const char* name_of(LoggingLevel level);                                  // "DEBUG"
std::optional<LoggingLevel> logging_level_from(const std::string& text);  // any case; WARN too

}  // namespace batchmill

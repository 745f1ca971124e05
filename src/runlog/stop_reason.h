#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/setting.h"

// Why a step ended without finishing its work, in the words of messages.md 3.2. Pure.
namespace batchmill::runlog {

// A setting with its effective value as a user would write it.
struct SettingUse {
  std::string name, value;
  SettingOrigin origin = SettingOrigin::kDefault;
  SourcePlace place;
};

// "pipeline.yml:31:5" where a file says it, else "default", "component", "node", "argument".
std::string origin_text(const SettingUse& setting);

struct StopReason {
  int code = 0;
  std::string text;                      // one line
  std::optional<SettingUse> stopped_by;  // the setting that drew the line
  std::string help;
};

StopReason stopped_by_mini_batches(std::uint64_t failed, std::uint64_t total, SettingUse threshold);
StopReason stopped_by_items(std::uint64_t failed, std::uint64_t total, SettingUse threshold);
// `failed` of `total` mini-batches.
StopReason stopped_by_percent(std::uint64_t failed, std::uint64_t total, SettingUse threshold);
StopReason stopped_before_first_task(SettingUse timeout);
StopReason stopped_without_progress(Duration silence, SettingUse timeout);
StopReason stopped_without_rows(std::uint64_t mini_batches, const std::string& output);
StopReason stopped_by_empty_input(const std::string& input, const std::string& path);
StopReason stopped_by_full_disk(const std::string& path, const std::string& what);
StopReason stopped_by_unwritable(const std::string& path, const std::string& reason);
// Anything else, said in `text`: code 925 for the leader, 922 for nodes, 902 for init rules.
StopReason stopped_otherwise(int code, const std::string& text);

}  // namespace batchmill::runlog

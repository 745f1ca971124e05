#include "engine/effective_settings.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "data/planner.h"
#include "engine/parallel_rules.h"
#include "model/parallel_settings.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;
using runlog::SettingUse;

std::string seconds_text(Duration duration) {
  return fmt::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

const char* yes_or_no(bool value) { return value ? "true" : "false"; }

// Values that depend on more than what was written.
std::optional<std::string> computed(const ParallelSpec& spec, std::string_view key,
                                    const SettingFacts& facts) {
  if (key == "mini_batch_size") return mini_batch_size_text(spec, facts.input_kind);
  if (key == "mini_batch_rows") return fmt::to_string(rows_per_mini_batch(spec));
  if (key == "progress_update_timeout") return seconds_text(facts.rules.progress_timeout);
  if (key == "max_concurrency_per_instance") return fmt::to_string(facts.rules.workers_per_node);
  if (key == "resources.instance_count") return fmt::to_string(node_count(spec));
  if (key == "output_action") return facts.rows ? "append_row" : "summary_only";
  if (key == "append_row_dataframe_header") return yes_or_no(facts.rows && facts.rows->header);
  return std::nullopt;
}

}  // namespace

std::string mini_batch_size_text(const ParallelSpec& spec, std::string_view input_kind) {
  if (spec.mini_batch_size && !spec.mini_batch_size->value.text.empty())
    return spec.mini_batch_size->value.text;
  if (spec.mini_batch_size) return fmt::to_string(spec.mini_batch_size->value.amount);
  return input_kind == "table" ? "1mb" : "1";
}

std::uint64_t rows_per_mini_batch(const ParallelSpec& spec) {
  const std::int64_t rows = spec.mini_batch_rows.value;
  return rows > 0 ? static_cast<std::uint64_t>(rows) : data::kDefaultRowsPerMiniBatch;
}

std::vector<SettingUse> effective_settings(const ParallelSpec& spec, const SettingFacts& facts) {
  std::vector<SettingUse> all;
  for (const ParallelSetting& setting : parallel_settings()) {
    SettingView view = view_of(spec, setting);
    all.push_back({std::string(setting.key),
                   computed(spec, setting.key, facts).value_or(std::move(view.text)), view.origin,
                   std::move(view.place)});
  }
  return all;
}

SettingUse setting_named(const std::vector<SettingUse>& settings, std::string_view name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [name](const SettingUse& use) { return use.name == name; });
  return found == settings.end() ? SettingUse{std::string(name), "", {}, {}} : *found;
}

std::string settings_json(const std::vector<SettingUse>& settings) {
  json list = json::array();
  for (const SettingUse& setting : settings) {
    list.push_back({{"name", setting.name},
                    {"value", setting.value},
                    {"origin", origin_name(setting.origin)},
                    {"place", setting.place.file.empty() ? "" : runlog::origin_text(setting)}});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace batchmill::engine

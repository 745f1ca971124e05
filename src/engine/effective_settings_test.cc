#include "engine/effective_settings.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/parallel_rules.h"
#include "model/parallel_settings.h"

namespace batchmill::engine {
namespace {

std::string value_of(const ParallelSpec& spec, const char* name, const SettingFacts& facts = {}) {
  return setting_named(effective_settings(spec, facts), name).value;
}

TEST(Spec8Settings, ValuesThatNobodyGaveAreTheEffectiveOnes) {
  ParallelSpec spec;
  SettingFacts facts;
  facts.rules = step_rules(spec, {6, {}});
  EXPECT_EQ(value_of(spec, "max_concurrency_per_instance", facts), "6");
  EXPECT_EQ(value_of(spec, "progress_update_timeout", facts), "780");
  EXPECT_EQ(value_of(spec, "output_action", facts), "summary_only");
  EXPECT_EQ(value_of(spec, "mini_batch_size", facts), "1");
  EXPECT_EQ(value_of(spec, "mini_batch_rows", facts), "100");
  facts.input_kind = "table";
  facts.rows = RowFormat{.format = "csv", .to_csv = "{}", .header = true};
  EXPECT_EQ(value_of(spec, "mini_batch_size", facts), "1mb");
  EXPECT_EQ(value_of(spec, "output_action", facts), "append_row");
  EXPECT_EQ(value_of(spec, "append_row_dataframe_header", facts), "true");
}

TEST(Spec8Settings, OriginAndPlaceAreKept) {
  ParallelSpec spec;
  spec.max_retries = {7, SettingOrigin::kComponent, {"score.yml", 4, 3}};
  spec.bisect = {true, SettingOrigin::kArgument, {}};
  const auto json = nlohmann::json::parse(settings_json(effective_settings(spec, {})));
  ASSERT_EQ(json.size(), parallel_settings().size());
  const auto named = [&](const char* name) {
    for (const auto& entry : json) {
      if (entry["name"] == name) return entry;
    }
    return nlohmann::json();
  };
  EXPECT_EQ(named("retry_settings.max_retries"),
            nlohmann::json({{"name", "retry_settings.max_retries"},
                            {"value", "7"},
                            {"origin", "component"},
                            {"place", "score.yml:4:3"}}));
  EXPECT_EQ(named("bisect")["origin"], "argument");
  EXPECT_EQ(named("speculation")["origin"], "default");
}

}  // namespace
}  // namespace batchmill::engine

#include "pipeline/key_table.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::pipeline {
namespace {

using ::testing::ElementsAre;
using enum MappingKind;

TEST(KeyTable, IsWhole) {
  for (int index = 0; index < kMappingKinds; ++index) {
    const auto kind = static_cast<MappingKind>(index);
    std::set<std::string> names;
    EXPECT_FALSE(keys_of(kind).empty());
    for (const KeyRule& rule : keys_of(kind)) {
      SCOPED_TRACE(std::string(describe(kind)) + "." + rule.name);
      EXPECT_TRUE(names.insert(rule.name).second) << "twice";
      EXPECT_FALSE(rule.help.empty());
      EXPECT_TRUE(rule.help.ends_with("."));
      EXPECT_EQ(rule.kind == ValueKind::kMapping, rule.child.has_value());
      EXPECT_EQ(rule.kind == ValueKind::kChoice, !rule.allowed.empty());
      EXPECT_EQ(rule.effect == KeyEffect::kLater, !rule.workaround.empty());
      if (rule.required) {
        EXPECT_FALSE(rule.example.empty()) << "a missing key shows an example";
      }
      if (rule.kind == ValueKind::kInteger || rule.kind == ValueKind::kNumber) {
        EXPECT_TRUE(rule.range.has_value());
        EXPECT_FALSE(safe_value_of(rule).empty());
      }
    }
  }
}

TEST(KeyTable, KnowsWhereAMisplacedKeyBelongs) {
  EXPECT_EQ(belongs_at("entry_script", kParallelStep, kPipelineJob), "task.entry_script");
  EXPECT_EQ(belongs_at("timeout", kCommandStep, kPipelineJob), "limits.timeout");
  EXPECT_EQ(belongs_at("error_threshold", kTask, kParallelStep), "../error_threshold");
  EXPECT_EQ(belongs_at("max_retries", kTask, kParallelStep), "../retry_settings.max_retries");
  EXPECT_EQ(belongs_at("default_compute", kPipelineJob, std::nullopt), "settings.default_compute");
  EXPECT_EQ(belongs_at("nonsense", kTask, kParallelStep), "");
  EXPECT_EQ(belongs_at("version", kParallelStep, kPipelineJob), "") << "says nothing";
}

TEST(KeyTable, SuggestsTheNearestAndTheOtherNames) {
  EXPECT_THAT(suggest_keys("mini_batch_sise", kParallelStep), ElementsAre("mini_batch_size"));
  EXPECT_THAT(suggest_keys("item_error_threshold", kParallelStep), ElementsAre("error_threshold"));
  EXPECT_THAT(suggest_keys("item_error_treshold", kParallelStep), ElementsAre("error_threshold"));
  EXPECT_THAT(suggest_keys("mini_batch_timeout", kParallelStep),
              ElementsAre("retry_settings.timeout"));
  EXPECT_THAT(suggest_keys("mini_batch_max_retries", kParallelStep),
              ElementsAre("retry_settings.max_retries"));
  EXPECT_THAT(suggest_keys("overhead_timeout", kParallelStep),
              ElementsAre("task_overhead_timeout"));
  EXPECT_THAT(suggest_keys("amlbi_async_mode", kParallelStep), ElementsAre("async_mode"));
  EXPECT_THAT(suggest_keys("args", kTask), ElementsAre("program_arguments"));
  EXPECT_THAT(suggest_keys("qwertz", kParallelStep), ElementsAre());
}

TEST(KeyTable, OffersNoKeyThatItWouldRefuse) {
  for (int index = 0; index < kMappingKinds; ++index) {
    const auto kind = static_cast<MappingKind>(index);
    for (const std::string& name : key_names(kind)) {
      EXPECT_NE(find_key(kind, name)->effect, KeyEffect::kLater) << name;
    }
  }
}

// BATCHMILL_UPDATE_DOCS=1 writes the page instead.
TEST(KeyTable, IsThePageInTheDocuments) {
  constexpr const char* path = BATCHMILL_SOURCE_DIR "/docs/keys.md";
  if (std::getenv("BATCHMILL_UPDATE_DOCS") != nullptr) std::ofstream(path) << render_key_table();
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_TRUE(page.str() == render_key_table())
      << path << " is older than the key table: run scripts/generate-docs";
}

}  // namespace
}  // namespace batchmill::pipeline

#include "pipeline/setting_docs.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "base/text.h"
#include "model/parallel_settings.h"
#include "pipeline/check.h"
#include "pipeline/check_cases_for_tests.h"
#include "pipeline/diagnostic_text.h"
#include "pipeline/key_table.h"

namespace batchmill::pipeline {
namespace {

std::set<std::string> documented() {
  std::set<std::string> keys;
  for (const SettingChapter& chapter : setting_chapters()) {
    for (const SettingDoc& doc : chapter.keys) {
      EXPECT_TRUE(keys.emplace(doc.key).second) << doc.key << " twice";
      EXPECT_NE(find_key_at(MappingKind::kParallelStep, doc.key), nullptr) << doc.key;
    }
  }
  return keys;
}

TEST(SettingDocs, TellOfEverySetting) {
  const auto keys = documented();
  for (const ParallelSetting& setting : parallel_settings()) {
    EXPECT_TRUE(keys.contains(std::string(setting.key))) << setting.key;
  }
}

TEST(SettingDocs, TellOfEveryKeyButThoseThatDescribe) {
  const auto keys = documented();
  const std::set<std::string> left_out = {"type",      "display_name",  "description",
                                          "tags",      "properties",    "comment",
                                          "task.type", "task",          "retry_settings",
                                          "resources", "append_row_to", "allowed_failed_count"};
  for (const KeyRule& rule : keys_of(MappingKind::kParallelStep)) {
    if (rule.effect != KeyEffect::kHonoured || left_out.contains(rule.name)) continue;
    EXPECT_TRUE(keys.contains(rule.name)) << rule.name;
  }
  for (const KeyRule& rule : keys_of(MappingKind::kTask)) {
    const std::string key = "task." + rule.name;
    if (rule.effect != KeyEffect::kHonoured || left_out.contains(key)) continue;
    EXPECT_TRUE(keys.contains(key)) << key;
  }
}

// Top-level keys of a step with their lines.
using Blocks = std::vector<std::pair<std::string, std::string>>;

Blocks blocks_of(std::string_view text) {
  Blocks blocks;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    if (line.front() != ' ') blocks.emplace_back(line.substr(0, line.find(':')), "");
    blocks.back().second += "    " + std::string(line) + "\n";
  }
  return blocks;
}

const char kStep[] =
    "type: parallel\n"
    "input_data: ${{inputs.data}}\n"
    "inputs:\n"
    "  data: ${{parent.inputs.raw}}\n"
    "outputs:\n"
    "  rows:\n"
    "task:\n"
    "  type: run_function\n"
    "  code: ./src\n"
    "  entry_script: score.py\n"
    "  environment: azureml:scoring:1\n"
    "  append_row_to: ${{outputs.rows}}\n";

// The example with what it leaves open: what it says itself replaces the step's.
std::string step_of(std::string_view example) {
  Blocks blocks = blocks_of(kStep);
  for (const auto& [key, lines] : blocks_of(example)) {
    std::erase_if(blocks, [&](const auto& block) { return block.first == key; });
    if (key == "component") {
      std::erase_if(blocks, [](const auto& block) {
        return block.first == "task" || block.first == "input_data";
      });
    }
    blocks.emplace_back(key, lines);
  }
  std::string text =
      "type: pipeline\ninputs:\n  raw: {type: uri_folder, path: ./in}\njobs:\n  score:\n";
  for (const auto& [key, lines] : blocks) text += lines;
  return text;
}

TEST(SettingDocs, HaveExamplesThatPass) {
  for (const SettingChapter& chapter : setting_chapters()) {
    for (const SettingDoc& doc : chapter.keys) {
      SCOPED_TRACE(std::string(doc.key));
      const std::string text = step_of(doc.example);
      fakes::MemoryFiles files = files_with(text);
      files.put(
          "/w/score.yml",
          "type: parallel\n"
          "inputs: {data: {type: uri_folder}}\n"
          "outputs: {rows: {type: uri_folder}}\n"
          "input_data: ${{inputs.data}}\n"
          "task: {type: run_function, code: ./src, entry_script: score.py, environment: e}\n");
      const CheckResult result = check_pipeline(request_for_tests(), files);
      EXPECT_TRUE(result.plan.has_value());
      for (const Diagnostic& diagnostic : result.diagnostics) {
        EXPECT_EQ(diagnostic.level, Level::kNotice)
            << text << render_text(diagnostic, result.sources, {});
      }
      const auto dot = doc.key.rfind('.');
      const std::string name(dot == std::string_view::npos ? doc.key : doc.key.substr(dot + 1));
      EXPECT_NE(doc.example.find(name + ":"), std::string_view::npos) << "it shows the key";
    }
  }
}

// BATCHMILL_UPDATE_DOCS=1 writes the page instead.
TEST(SettingDocs, AreThePageInTheDocuments) {
  constexpr const char* path = BATCHMILL_SOURCE_DIR "/docs/settings.md";
  if (std::getenv("BATCHMILL_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << render_settings_page();
  }
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_TRUE(page.str() == render_settings_page())
      << path << " is older than its tables: run scripts/generate-docs";
}

}  // namespace
}  // namespace batchmill::pipeline
